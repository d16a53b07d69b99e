import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'
import { softwareGpu } from './test/support/software-gpu.ts'

const page = 'test/renderer/**/*.test.ts'
const gpu = ['test/executors/webgpu.test.ts', 'test/pipeline/webgpu.test.ts']
/** What is tried with a GPU and without. */
const both = ['test/service/devices.test.ts']
const commands = 'test/e2e/**/*.test.ts'

/** Begins with the GPU: it takes longest, and last would leave one of the workers with nothing to do. */
class GpuFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isOnGpu = ({ project }: TestSpecification) => project.name === 'gpu'
    return [...sorted.filter(isOnGpu), ...sorted.filter((file) => !isOnGpu(file))]
  }
}

export default defineConfig({
  test: {
    // Every test file is a process of its own: native sessions and signals stay apart.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: GpuFirst },
    // Machines differ; a test that hangs is what this is for, not a slow one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'out/tests.json' }]],
    projects: [
      {
        extends: true,
        test: { name: 'core', include: ['test/**/*.test.ts'], exclude: [page, commands, ...gpu] }
      },
      {
        extends: true,
        test: { name: 'commands', include: [commands], globalSetup: 'test/e2e/build.ts' }
      },
      { extends: true, test: { name: 'gpu', include: [...gpu, ...both], env: softwareGpu() } },
      {
        extends: true,
        plugins: [svelte({ configFile: false })],
        // Svelte for servers, which Node would be given, runs no effects.
        resolve: { conditions: ['browser'] },
        test: {
          name: 'page',
          include: [page],
          environment: 'happy-dom',
          setupFiles: 'test/renderer/page.ts'
        }
      }
    ]
  }
})
