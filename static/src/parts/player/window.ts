/* Full screen and the small window, the ways different browsers have them. */

type Box = HTMLElement & { webkitRequestFullscreen?(): void }
type Phone = HTMLVideoElement & { webkitEnterFullscreen?(): void }
interface Floating { requestWindow(size: { width: number, height: number }): Promise<Window> }

const floating = (): Floating | undefined => (window as { documentPictureInPicture?: Floating }).documentPictureInPicture

export const canFloat = (): boolean => Boolean(floating() ?? document.pictureInPictureEnabled)

/** The box around the player, so that captions and controls come along; on an iPhone only the video can. */
export function toggleFull(box: HTMLElement | null, video: HTMLVideoElement | null): void {
  if (document.fullscreenElement) return void document.exitFullscreen()
  const around = box as Box | null
  if (around?.requestFullscreen) void around.requestFullscreen().then(() => around.focus())
  else if (around?.webkitRequestFullscreen) around.webkitRequestFullscreen()
  else (video as Phone | null)?.webkitEnterFullscreen?.()
}

/** The whole box in a small window, where the browser can; else the video alone, which then has no captions. */
export async function toggleFloat(box: HTMLElement, video: HTMLVideoElement): Promise<void> {
  const way = floating()
  if (!way) {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await video.requestPictureInPicture()
    return
  }
  const home = box.parentElement
  const small = await way.requestWindow({ width: 480, height: 270 })
  const page = small.document
  page.documentElement.className = document.documentElement.className
  document.querySelectorAll('link[rel=stylesheet]').forEach((one) => page.head.append(one.cloneNode()))
  page.body.append(box)
  void video.play()
  small.addEventListener('pagehide', () => {
    home?.append(box)
    void video.play()
  })
}
