/* How the screens are built: one entry a folder of src/screens, for Chromium 86 and iOS 14. No markup is made here: pages are the server's. */
import { readdirSync, readFileSync, existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = import.meta.dirname
const screens = join(here, 'src/screens')
const locale = join(here, '../server/locale')
/* Newer syntax gives white screens in WeChat's older engines. */
const floor = ['chrome86', 'safari14']

/** What three screens share is one file, not ten small ones: on a slow line each request costs a round trip. */
const staffs = /src\/(words|halt\/|desk\/Sheet)/
const votes = /src\/(why|zone|digests|parts\/(tally|ballots)\/)/
const desks = /src\/((docket|admin|parts\/(homes|joining))\/|FullView)/
const shared = { name: 'base', minShareCount: 3, test: (id) => !/hls|player|\.css/.test(id) && !staffs.test(id) && !votes.test(id) && !desks.test(id) }
/** The same for what no first glance at the room needs: the table of words, the stop, sheets. */
const staff = { name: 'staff', minShareCount: 2, test: (id) => staffs.test(id) && !/\.css|Card/.test(id) }

/** What pages of owners' votes share among themselves; no meeting needs it. */
const voting = { name: 'votes', minShareCount: 3, test: (id) => votes.test(id) && !/\.css/.test(id) }

/** The view over a whole phone and one's homes: pages of votes need them at once, the room later. */
const view = { name: 'view', minShareCount: 2, test: (id) => /src\/(FullView|parts\/homes)/.test(id) && !/\.css/.test(id) }

/** One entry for every src/screens/<name>/main.ts; a new screen needs no line here. */
function entries() {
  const names = existsSync(screens) ? readdirSync(screens).sort() : []
  const mains = names.map((name) => [name, join(screens, name, 'main.ts')])
  return Object.fromEntries(mains.filter(([, main]) => existsSync(main)))
}

/** What every screen says besides its own words. */
const everywhere = ['common', 'refusals']

/**
 * `import text from 'catalogue:zh-CN/room'` gives that screen's words and the shared ones as one string, in a chunk
 * of its own; 'catalogue:zh-CN/room+studio' adds another area's, 'catalogue:zh-CN/+player' has its own words alone, for
 * a piece that comes later. Comments stay behind.
 * An area without a file adds nothing: `python3 -m server check` tells which words are missing.
 */
function catalogues() {
  const mark = '\0catalogue:'
  return {
    name: 'catalogues',
    resolveId: (id) => (id.startsWith('catalogue:') ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(mark)) return null
      const [language, areas] = id.slice(mark.length).split('/')
      const files = [...(areas.startsWith('+') ? [] : everywhere), ...areas.split('+').filter(Boolean)].map((area) => join(locale, language, `${area}.ftl`)).filter(existsSync)
      files.forEach((file) => this.addWatchFile(file))
      const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
      return `export default ${JSON.stringify(text.replace(/^#.*\n/gm, '').replace(/\n{2,}/g, '\n'))}`
    },
  }
}

/** Sockets are websocket only: the client's other transports, which it imports whether used or not, stay out. */
function websocketOnly() {
  const others = /(polling-xhr(\.node)?|polling-fetch|webtransport)\.js$/
  return {
    name: 'websocket-only',
    enforce: 'pre',
    resolveId: (id, importer) => (others.test(id) && /engine\.io-client/.test(importer ?? '') ? '\0no-transport' : null),
    load: (id) => (id === '\0no-transport' ? 'export class XHR {}\nexport class WT {}\nexport class Fetch {}' : null),
  }
}

/** A ready-made .gz and .br beside each text file, so that the server compresses nothing while people arrive. */
function readyMade() {
  return {
    name: 'ready-made',
    async writeBundle({ dir }, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css|svg|json)$/.test(name)) continue
        const text = file.type === 'chunk' ? file.code : file.source
        await writeFile(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }))
        await writeFile(join(dir, `${name}.br`), brotliCompressSync(text))
      }
    },
  }
}

export default defineConfig({
  root: here,
  base: '/static/',
  publicDir: false,
  plugins: [vue(), websocketOnly(), catalogues(), readyMade()],
  resolve: { alias: { '@': join(here, 'src') } },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    outDir: process.env._SUNNY_DIST ?? join(here, 'dist'),
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    target: floor,
    cssTarget: floor,
    rollupOptions: { input: entries(), checks: { pluginTimings: false }, output: { codeSplitting: { groups: [shared, staff, voting, view] } } },
  },
})
