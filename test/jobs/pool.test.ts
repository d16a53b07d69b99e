import { describe, expect, it } from 'vitest'
import { runPool } from '../../src-main/jobs/pool.ts'
import type { PoolOptions } from '../../src-main/jobs/pool.ts'
import type { Progress } from '../../src-main/jobs/progress.ts'
import type { ExampleData, ExampleTask } from './example-worker.ts'

type Options = PoolOptions<ExampleData, ExampleTask, unknown>

const worker = new URL('./example-worker.ts', import.meta.url)

function run(tasks: Options['tasks'], options: Partial<Options> = {}): Promise<void> {
  return runPool<ExampleData, ExampleTask, unknown>({
    worker,
    data: { factor: 2 },
    tasks,
    threads: 2,
    ...options
  })
}

/** A controller that cancels as soon as a worker says that it has started. */
function cancelOnceStarted(): Pick<Options, 'signal' | 'onProgress'> {
  const controller = new AbortController()
  return { signal: controller.signal, onProgress: () => controller.abort() }
}

const places = ['thread', 'process'] as const

const multiply = (by: number): ExampleTask => ({ do: 'multiply', by })

describe('runPool', () => {
  it.each(places)(
    'does every task once and hands each result over with its task: %s',
    async (place) => {
      const results = new Map<ExampleTask, unknown>()
      const tasks = Array.from({ length: 30 }, (_, by) => multiply(by))
      await run(tasks, { place, onResult: (result, task) => void results.set(task, result) })
      expect(tasks.map((task) => results.get(task))).toEqual(tasks.map((_, by) => 2 * by))
    }
  )

  it('takes tasks from a generator as workers become free', async () => {
    async function* generate(): AsyncGenerator<ExampleTask> {
      for (let by = 0; by < 5; by++) yield multiply(by)
    }
    const results: unknown[] = []
    await run(generate(), { onResult: (result) => void results.push(result) })
    expect(results.sort()).toEqual([0, 2, 4, 6, 8])
  })

  it('does nothing for no tasks', async () => {
    await run([])
    await run(new Set<ExampleTask>())
  })

  it('shares typed arrays over shared memory', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(40))
    const tasks = Array.from(shared, (_, index): ExampleTask => ({ do: 'fill', index }))
    await run(tasks, { data: { factor: 0, shared } })
    expect([...shared]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('sends a process copies of typed arrays, of shared ones too', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(8)).fill(1)
    const numbers = new Float32Array(new SharedArrayBuffer(16)).fill(2).subarray(1)
    const results: unknown[] = []
    const onResult = (result: unknown) => void results.push(result)
    await run([{ do: 'sum', numbers }], { place: 'process', data: { factor: 0, shared }, onResult })
    expect(results).toEqual([7])
  })

  it('works with more threads than listeners are usual for', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    await run(
      Array.from({ length: 12 }, (_, by) => multiply(by)),
      { threads: 12 }
    )
    process.off('warning', note)
    expect(warnings).toEqual([])
  }, 30_000)

  it.each(places)('counts tasks and fractions of tasks: %s', async (place) => {
    const seen: Progress[] = []
    const onProgress = (progress: Progress): void => void seen.push(progress)
    await run([{ do: 'report' }, multiply(1)], { place, threads: 1, onProgress })
    expect(seen.map(({ done, total, message }) => [done, total, message])).toEqual([
      [0.5, 2, 'half way'],
      [1, 2, 'half way'],
      [2, 2, 'half way']
    ])
  })
})

describe('errors in a pool', () => {
  it.each([
    ['refuse', 'training-failed', /^The loss is not a number\.$/],
    ['fail', 'internal', /TypeError: a defect\n.*example-worker\.ts/s],
    ['no-clone', 'internal', /could not be cloned/],
    ['exit', 'worker-ended', /ended in the middle of its task \(exit code 7\)/]
  ] as const)('passes on what went wrong: %s', async (what, code, message) => {
    for (const place of places) {
      await expect(run([{ do: what }, multiply(1)], { place })).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string
      })
    }
  })

  it('says that memory ran out', async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 32 }
    await expect(run([{ do: 'eat-memory' }], { resourceLimits })).rejects.toThrow(
      /ran out of memory.*fewer threads/
    )
  }, 30_000)

  it('passes on an error of the preparation, of the file and of the source of tasks', async () => {
    const failPrepare = run([multiply(1)], { data: { factor: 1, failPrepare: true } })
    await expect(failPrepare).rejects.toMatchObject({ code: 'bad-argument' })
    const noFile = run([multiply(1)], { worker: new URL('./no-such-worker.ts', import.meta.url) })
    await expect(noFile).rejects.toThrow(/no-such-worker/)
    function* source(): Generator<ExampleTask> {
      yield multiply(1)
      throw new Error('no more tasks')
    }
    await expect(run(source())).rejects.toThrow('no more tasks')
  })

  it('passes on an error of onResult, and stops the other workers', async () => {
    const onResult = (): void => {
      throw new Error('disk full')
    }
    await expect(run([multiply(1), { do: 'steps' }], { onResult })).rejects.toThrow('disk full')
  })
})

describe('cancelling a pool', () => {
  it('starts nothing when it was cancelled before', async () => {
    const options = { signal: AbortSignal.abort(), worker: new URL('file:///none.ts') }
    await expect(run([multiply(1)], options)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it.each(places)('lets the worker stop between two steps: %s', async (place) => {
    const start = performance.now()
    const options = { ...cancelOnceStarted(), place, graceMs: 60_000 }
    await expect(run([{ do: 'steps' }], options)).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  it.each(places)('ends a worker that does not stop: %s', async (place) => {
    const options = { ...cancelOnceStarted(), place, graceMs: 50 }
    await expect(run([{ do: 'spin' }], options)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('does not wait for a source of tasks that hangs', async () => {
    async function* source(): AsyncGenerator<ExampleTask> {
      yield { do: 'report' }
      await new Promise(() => undefined)
    }
    await expect(run(source(), cancelOnceStarted())).rejects.toMatchObject({ code: 'cancelled' })
  })
})
