/* The shape of what vite.config.js makes of the .ftl catalogues. */
declare module 'catalogue:*' {
  const text: string
  export default text
}
