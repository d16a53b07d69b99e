/** A worker for pool.test.ts that does whatever its task says. */
import { setImmediate } from 'node:timers/promises'
import { serveTasks } from '../../src-main/jobs/serve.ts'
import { throwIfCancelled, ErratumError } from '../../src-main/errors.ts'

export interface ExampleData {
  factor: number
  shared?: Float32Array
  failPrepare?: boolean
}

export type ExampleTask =
  | { do: 'multiply'; by: number }
  | { do: 'fill'; index: number }
  | { do: 'refuse' | 'fail' | 'exit' | 'eat-memory' | 'no-clone' | 'steps' | 'spin' | 'report' }
  | { do: 'sum'; numbers: Float32Array }

serveTasks<ExampleData, ExampleTask, unknown>((data) => {
  if (data.failPrepare) throw new ErratumError('bad-argument', 'Cannot prepare.')
  return async (task, context) => {
    switch (task.do) {
      case 'multiply':
        return task.by * data.factor
      case 'sum':
        return task.numbers.reduce((sum, each) => sum + each, data.shared?.[0] ?? 0)
      case 'fill':
        data.shared![task.index] = task.index
        return null
      case 'refuse':
        throw new ErratumError('training-failed', 'The loss is not a number.')
      case 'fail':
        throw new TypeError('a defect')
      case 'exit':
        return process.exit(7)
      case 'eat-memory': {
        const kept: number[][] = []
        for (;;) kept.push(Array.from({ length: 100_000 }, Math.random))
      }
      case 'no-clone':
        return () => undefined
      case 'steps':
        context.report(0, 'started', process.pid)
        for (;;) {
          throwIfCancelled(context.signal)
          // A process hears what it is told between two steps.
          if (process.send) await setImmediate()
        }
      case 'spin':
        context.report(0, 'started', process.pid)
        for (;;);
      case 'report':
        context.report(0.5, 'half way')
        return null
    }
  }
})
