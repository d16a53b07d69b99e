import svelte from 'eslint-plugin-svelte'
import tseslint from 'typescript-eslint'

/**
 * The folders of src-main in the order of the data (ARCHITECTURE.md, "Layers"). A folder may import
 * those of earlier rows and its own, so that dependencies point one way only.
 */
const layers = [
  ['errors.ts', 'installation.ts', 'random.ts', 'statistics.ts', 'vectors.ts', 'version.ts'],
  ['files'],
  ['jobs'],
  ['dataset'],
  ['tokens'],
  ['graph'],
  ['executors'],
  ['models'],
  ['checkpoints'],
  ['training'],
  ['gradients'],
  ['influence'],
  ['fix'],
  ['retrain'],
  ['export'],
  ['report'],
  ['project'],
  ['pipeline.ts', 'pipeline'],
  ['service'],
  ['ipc'],
  ['hosts'],
  ['commands'],
  ['cli.ts']
]

const isFile = (name) => name.endsWith('.ts')
const layerRules = layers.flatMap((names, index) => {
  const above = layers.slice(index + 1).flat()
  const patterns = above.map((name) => (isFile(name) ? `**/${name}` : `**/${name}/*`))
  if (patterns.length === 0) return []
  return [
    {
      files: names.map((name) => (isFile(name) ? `src-main/${name}` : `src-main/${name}/**/*.ts`)),
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: patterns,
                message: 'Dependencies point down the list in ARCHITECTURE.md ("Layers") only.'
              }
            ]
          }
        ]
      }
    }
  ]
})

/** The page reaches the core through its one door, and the preload script has no other way either. */
const boundaryRules = [
  {
    files: ['src-preload/**/*.ts'],
    rules: refuse(
      ['**/service/*', '**/ipc/*', '**/hosts/**', '**/pipeline/*', 'node:*'],
      'The contract is data: it takes schemas from src-main and nothing that works.'
    )
  },
  {
    files: ['src-renderer/**'],
    ignores: ['src-renderer/host/**'],
    rules: refuse(
      ['**/src-main/**', 'electron', 'node:*', '@trpc/*', '**/src-preload/bridge.ts'],
      'The page reaches the core through host/host.ts only.'
    )
  },
  {
    // Types of the contract are what host/host.ts derives its own from.
    files: ['src-renderer/host/**'],
    rules: refuse(['electron', 'node:*'], 'The page has no Node.')
  }
]

function refuse(group, message) {
  return { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] }
}

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.strict,
  {
    rules: {
      // Indices are checked by noUncheckedIndexedAccess; `!` states what a loop bound already proves.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-properties': [
        'error',
        {
          object: 'Number',
          property: 'MIN_VALUE',
          message: 'It is the smallest positive number; you mean -Infinity.'
        }
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 4 }]
    }
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // State is replaced, not mutated; a plain Map or Set here is bookkeeping that no view reads.
      'svelte/prefer-svelte-reactivity': 'off'
    }
  },
  { files: ['**/*.config.*'], rules: { 'no-restricted-exports': 'off' } },
  ...layerRules,
  ...boundaryRules
)
