/* What the screens may not do. Layout of the text is left to the writer; types are vue-tsc's. */
import { dirname, join, relative } from 'node:path'
import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import typescript from 'typescript-eslint'

const parts = join(import.meta.dirname, 'src/parts')

/** The part a file belongs to: the first name under src/parts, or null outside of it. */
function partOf(file) {
  const path = relative(parts, file)
  return path.startsWith('..') ? null : path.split('/')[0].replace(/\.(vue|ts|css)$/, '')
}

/** Parts meet in a screen or in the store, never in each other: each can then be read, and removed, alone. */
const partsApart = {
  create(context) {
    const mine = partOf(context.filename)
    const check = (node) => {
      if (mine === null || typeof node.source?.value !== 'string') return
      const name = node.source.value
      const target = name.startsWith('@/') ? join(import.meta.dirname, 'src', name.slice(2)) : name.startsWith('.') ? join(dirname(context.filename), name) : null
      const theirs = target && partOf(target)
      if (theirs && theirs !== mine) context.report({ node, message: `part "${mine}" imports part "${theirs}": let a screen join them` })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check }
  },
}

/** What nobody may import, and what parts and the store may not besides. */
const forAll = [{ regex: '^hls\\.js$', allowTypeImports: true, message: 'use hls.js/light: the full one is 65 KB larger' }]
const forParts = [
  ...forAll,
  { group: ['socket.io-client'], message: 'only link.ts holds the socket' },
  { group: ['reka-ui'], message: 'reka-ui needs Chromium 93: desk and administration only' },
  { group: ['**/screens/**'], message: 'a screen imports parts, not the other way' },
]
const refuse = (patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] })

export default typescript.config(
  { ignores: ['dist*/**', 'node_modules/**'] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  ...vue.configs['flat/essential'],
  {
    files: ['src/**/*.{ts,vue}'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    plugins: { house: { rules: { 'parts-apart': partsApart } } },
    rules: {
      'house/parts-apart': 'error',
      'no-undef': 'off', // vue-tsc knows the names of the browser, ESLint does not
      'vue/multi-word-component-names': 'off', // a part is called by its noun
      'vue/no-v-html': 'error', // Trusted Types would refuse it in the browser
      'vue/no-deprecated-filter': 'off', // Vue 3 has none: a | in a template is a union of types
      'no-irregular-whitespace': 'off', // the next line asks the same, and lets Chinese text have its wide spaces
      'vue/no-irregular-whitespace': ['error', { skipStrings: true, skipTemplates: true, skipHTMLTextContents: true }],
      'no-eval': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      ...refuse(forAll),
    },
  },
  { files: ['src/parts/**', 'src/store.ts', 'src/say.ts'], rules: refuse(forParts) },
  { files: ['src/**/*.d.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } }, // a declaration loads nothing
  { files: ['*.config.js'], languageOptions: { globals: { process: 'readonly' } } },
)
