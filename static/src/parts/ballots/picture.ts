/* A receipt to keep outside this browser: a picture for a phone's album, words to paste, and the whole proof as a file.
   Picture and words say that a ballot is in, never how it was cast. */
import { t } from '@/i18n'
import { instant } from '@/zone'
import type { KeptBallot } from './kept'

const WIDE = 720
const EDGE = 48
const QR = 264
const FONT = '"PingFang SC", "HarmonyOS Sans SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'

interface Piece { text: string, size: number, weight: number, colour: string, gap: number }

/** The lines of a text in a width, broken anywhere, as Chinese is. */
function folded(paint: CanvasRenderingContext2D, text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const sign of text) {
    if (line && paint.measureText(line + sign).width > WIDE - 2 * EDGE) {
      lines.push(line)
      line = ''
    }
    line += sign
  }
  return [...lines, line]
}

/** What a receipt is one of: nobody takes an opinion for a decision of the owners. */
const advisory = (one: KeptBallot): boolean => one.binding === 'advisory' || one.mode === 'anonymous'
const kind = (one: KeptBallot): string => t(advisory(one) ? 'ballot-picture-title-advisory' : 'ballot-picture-title')
const binding = (one: KeptBallot): string => (advisory(one) ? t('ballot-binding-advisory') : '')

function piecesOf(one: KeptBallot): Piece[] {
  const plain = { weight: 400, colour: '#5c4d3e' }
  return [
    { text: kind(one), size: 40, weight: 700, colour: '#17703a', gap: 20 },
    ...(advisory(one) ? [{ text: binding(one), size: 28, ...plain, gap: 14 }] : []),
    { text: one.title, size: 34, weight: 700, colour: '#2b2017', gap: 14 },
    { text: one.label, size: 28, ...plain, gap: 6 },
    { text: one.at ? instant(one.at) : '', size: 28, ...plain, gap: 26 },
    { text: t('ballot-code'), size: 28, ...plain, gap: 2 },
    { text: (one.code ?? '').replace(/-/g, ' '), size: 44, weight: 700, colour: '#2b2017', gap: 22 },
  ]
}

/** The picture as an address, PNG; empty where this browser cannot paint one. */
export function pictureOf(one: KeptBallot): string {
  const canvas = document.createElement('canvas')
  const paint = canvas.getContext('2d')
  if (!paint) return ''
  const font = (piece: Piece): string => `${piece.weight} ${piece.size}px ${FONT}`
  const note: Piece = { text: t(one.mode === 'anonymous' ? 'ballot-picture-note-anonymous' : 'ballot-picture-note'), size: 28, weight: 400, colour: '#5c4d3e', gap: 0 }
  const laid = [...piecesOf(one), note].map((piece) => {
    paint.font = font(piece)
    return { piece, lines: folded(paint, piece.text) }
  })
  const tall = laid.reduce((sum, { piece, lines }) => sum + lines.length * piece.size * 1.35 + piece.gap, 2 * EDGE) + (one.sign ? QR + 20 : 0)
  canvas.width = WIDE
  canvas.height = Math.ceil(tall)
  paint.fillStyle = '#fff9ee'
  paint.fillRect(0, 0, WIDE, canvas.height)
  paint.textBaseline = 'top'
  let y = EDGE
  laid.forEach(({ piece, lines }, n) => {
    if (one.sign && n === laid.length - 1) y = drawQr(paint, one.sign.rows, y)
    paint.font = font(piece)
    paint.fillStyle = piece.colour
    for (const line of lines) {
      paint.fillText(line, EDGE, y)
      y += piece.size * 1.35
    }
    y += piece.gap
  })
  return canvas.toDataURL('image/png')
}

function drawQr(paint: CanvasRenderingContext2D, rows: string[], y: number): number {
  const border = 4
  const unit = Math.floor(QR / (rows.length + 2 * border))
  const edge = Math.floor((QR - unit * rows.length) / 2)
  paint.fillStyle = '#fff'
  paint.fillRect(EDGE, y, QR, QR)
  paint.fillStyle = '#000'
  rows.forEach((row, down) => Array.from(row).forEach((sign, along) => {
    if (sign === '1') paint.fillRect(EDGE + edge + along * unit, y + edge + down * unit, unit, unit)
  }))
  return y + QR + 20
}

/** The same in words, to be pasted into a message to oneself. */
export function wordsOf(one: KeptBallot): string {
  return [
    kind(one), binding(one), one.title, one.label, one.at ? instant(one.at) : '', `${t('ballot-code')} ${one.code ?? ''}`, one.sign?.url ?? '',
  ].filter(Boolean).join('\n')
}

/** All that proves what this ballot says: the page that checks receipts reads it, offline as well. */
export function proofOf(one: KeptBallot): string {
  const { id: ballot, motion, digest, choice, nonce, code, at, title, label } = one
  const unit = one.mode === 'anonymous' ? {} : { unit: one.leaf }
  return JSON.stringify({ receipt: 1, motion, digest, ballot, ...unit, choice, nonce, code, at, title, label }, null, 1)
}
