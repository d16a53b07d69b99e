import { describe, expect, it } from 'vitest'
import type { JobView } from '../../src-preload/contract/jobs.ts'
import { ErratumError } from '../../src-main/errors.ts'
import type { JobContext, JobRequest } from '../../src-main/service/jobs.ts'
import { JobCenter } from '../../src-main/service/jobs.ts'

const equipment = (threads: number) => ({
  threads: () => threads,
  devices: {
    choose: () => Promise.resolve({ device: 'webgpu' } as const),
    failed: () => undefined
  }
})

const nothing = { kind: 'nothing' } as const

const request = (work: JobRequest['work'], project = 'a'): JobRequest => ({
  kind: 'fix',
  project: { id: project.repeat(16), name: project },
  title: 'Trying',
  work
})

/** Work that ends when it is told to, or is cancelled. */
function held() {
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  const started: JobContext[] = []
  const work = async (job: JobContext) => {
    started.push(job)
    const cancelled = new Promise<never>((_, reject) =>
      job.signal.addEventListener('abort', () => reject(new ErratumError('cancelled', 'Stop.')))
    )
    await Promise.race([ended, cancelled])
    return nothing
  }
  return { work, end, started }
}

const stateOf = (jobs: JobCenter, id: string) => jobs.list().find((job) => job.id === id)?.state

/** Waits until the list is as wanted. */
async function until(jobs: JobCenter, wanted: (list: readonly JobView[]) => boolean) {
  const stop = new AbortController()
  for await (const list of jobs.watch(stop.signal)) if (wanted(list)) break
  stop.abort()
}

describe('JobCenter', () => {
  it('runs one job at a time, in their order', async () => {
    const jobs = new JobCenter(equipment(3))
    const first = held()
    const second = held()
    const a = jobs.start(request(first.work))
    const b = jobs.start(request(second.work))
    expect([stateOf(jobs, a), stateOf(jobs, b)]).toEqual(['running', 'waiting'])
    expect(jobs.list().map(({ id }) => id)).toEqual([b, a])
    first.end()
    expect(await jobs.result(a)).toEqual(nothing)
    await until(jobs, () => second.started.length === 1)
    expect(second.started[0]!.threads).toBe(3)
    second.end()
    await jobs.result(b)
    expect([stateOf(jobs, a), stateOf(jobs, b)]).toEqual(['done', 'done'])
  })

  it('tells of progress and of what was found', async () => {
    const jobs = new JobCenter(equipment(1))
    const work = held()
    const id = jobs.start(request(work.work))
    const progress = { done: 1, total: 4, secondsLeft: 3, message: 'Round 1' }
    work.started[0]!.onProgress!(progress)
    work.started[0]!.show({ kind: 'rounds', rounds: [], tallies: [], wanted: 8 })
    await until(jobs, ([job]) => job?.progress !== null)
    expect(jobs.list()[0]).toMatchObject({ progress, live: { wanted: 8 } })
    work.end()
    await jobs.result(id)
  })

  it('cancels a running job and a waiting one, and starts each again', async () => {
    const jobs = new JobCenter(equipment(1))
    const first = held()
    const second = held()
    const a = jobs.start(request(first.work))
    const b = jobs.start(request(second.work))
    jobs.cancel(b)
    jobs.cancel(a)
    await expect(jobs.result(a)).rejects.toMatchObject({ code: 'cancelled' })
    expect([stateOf(jobs, a), stateOf(jobs, b)]).toEqual(['cancelled', 'cancelled'])
    expect(second.started).toHaveLength(0)
    jobs.resume(a)
    jobs.resume(b)
    first.end()
    second.end()
    await jobs.result(a)
    await jobs.result(b)
    expect(first.started).toHaveLength(2)
    expect(second.started).toHaveLength(1)
  })

  it('keeps the sentence of a job that fails, and goes on with the next', async () => {
    const jobs = new JobCenter(equipment(1))
    const a = jobs.start(request(() => Promise.reject(new ErratumError('locked', 'In use.'))))
    const b = jobs.start(request(() => Promise.resolve(nothing)))
    await expect(jobs.result(a)).rejects.toThrow('In use.')
    await jobs.result(b)
    expect(jobs.list().find(({ id }) => id === a)).toMatchObject({
      state: 'failed',
      error: { code: 'locked', message: 'In use.' }
    })
  })

  it('dismisses what has ended and nothing else', async () => {
    const jobs = new JobCenter(equipment(1))
    const work = held()
    const a = jobs.start(request(work.work))
    jobs.dismiss(a)
    expect(jobs.list()).toHaveLength(1)
    work.end()
    await jobs.result(a)
    jobs.dismiss(a)
    expect(jobs.list()).toHaveLength(0)
    expect(() => jobs.cancel(a)).toThrow('no longer known')
  })

  it('ends all work when it is closed', async () => {
    const jobs = new JobCenter(equipment(1))
    const a = jobs.start(request(held().work))
    const b = jobs.start(request(held().work))
    await jobs.close()
    expect([stateOf(jobs, a), stateOf(jobs, b)]).toEqual(['cancelled', 'cancelled'])
  })

  it('ends a watch whose window is gone', async () => {
    const jobs = new JobCenter(equipment(1))
    const window = new AbortController()
    const seen: number[] = []
    const watching = (async () => {
      for await (const list of jobs.watch(window.signal)) seen.push(list.length)
    })()
    await jobs.result(jobs.start(request(() => Promise.resolve(nothing))))
    window.abort()
    await watching
    expect(seen[0]).toBe(0)
    expect(seen.at(-1)).toBe(1)
  })
})
