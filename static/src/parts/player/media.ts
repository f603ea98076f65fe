/* Where the media of a record are. The one place in the browser that builds these addresses. */

export interface Places {
  /** Live: picture with sound, thin picture with sound, sound alone. */
  live: string
  thin: string
  sound: string
  recording: string
  recordingThin: string
  recordingSound: string
  download: string
  publish: string
  health: string
}

export function mediaOf(record: string): Places {
  const base = `/media/${record.replace(':', '-')}`
  return {
    live: `${base}/live.m3u8`,
    thin: `${base}/thin.m3u8`,
    sound: `${base}/sound.m3u8`,
    recording: `${base}/recording.m3u8`,
    recordingThin: `${base}/recording-thin.m3u8`,
    recordingSound: `${base}/recording-sound.m3u8`,
    download: `${base}/recording.mp4`,
    publish: `${base}/publish`,
    health: `${base}/health`,
  }
}
