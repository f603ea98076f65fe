/* The light build has the types of the whole one. */
declare module 'hls.js/light' {
  /* eslint-disable @typescript-eslint/no-restricted-imports -- types only, nothing of it is loaded */
  export * from 'hls.js'
  export { default } from 'hls.js'
}
