/** Runs a task in a process, whose id it prints; a line on standard input ends it at once. */
import { runPool } from '../../src-main/jobs/pool.ts'
import type { ExampleData, ExampleTask } from './example-worker.ts'

process.stdin.once('data', () => process.exit())
await runPool<ExampleData, ExampleTask, unknown>({
  worker: new URL('./example-worker.ts', import.meta.url),
  place: 'process',
  data: { factor: 1 },
  tasks: [{ do: process.argv[2] as 'spin' | 'steps' }],
  threads: 1,
  onDetail: (detail) => console.log(detail)
})
