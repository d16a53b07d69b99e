/** Runs a small pool and prints the results; started under tsx by checkout.test.ts. */
import { runPool } from '../../src-main/jobs/pool.ts'
import type { ExampleData, ExampleTask } from './example-worker.ts'

await runPool<ExampleData, ExampleTask, unknown>({
  worker: new URL('./example-worker.ts', import.meta.url),
  data: { factor: 10 },
  tasks: [{ do: 'multiply', by: 4 }],
  threads: 1,
  onResult: (result) => console.log(result)
})
