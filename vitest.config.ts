import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Every test file is a process of its own: native sessions and signals stay apart.
    pool: 'forks',
    maxWorkers: 2,
    // Machines differ; a test that hangs is what this is for, not a slow one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'out/tests.json' }]]
  }
})
