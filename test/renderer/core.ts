/**
 * A core that says what a test has it say, at the other end of the line that a desktop window has:
 * the page's own client, protocol and state run as they are.
 */
import type { JobView } from '../../src-preload/contract/jobs.ts'
import type { Bridge } from '../../src-preload/bridge.ts'
import type { Inputs } from '../../src-renderer/host/host.ts'

interface Message {
  id: number
  method: 'query' | 'mutation' | 'subscription' | 'subscription.stop'
  params?: { path: string; input?: unknown }
}

const answers = new Map<string, (input: never) => unknown>()
let receive: (data: string) => void = () => undefined
let watching: number | undefined
/** Lists that were told before any window watched. */
const untold: (readonly Partial<JobView>[])[] = []

const tell = (id: number, content: object) => receive(JSON.stringify({ id, ...content }))

async function hear({ id, method, params }: Message): Promise<void> {
  if (!params) return
  if (method === 'subscription') {
    watching = id
    tell(id, { result: { type: 'started' } })
    return untold.splice(0).forEach(tellJobs)
  }
  try {
    const answer = answers.get(params.path)
    if (!answer) throw new Refusal('internal', `The test has no answer to ${params.path}.`)
    const data = await answer(params.input as never)
    tell(id, { result: { type: 'data', data } })
  } catch (error) {
    const { code, message } = error as Refusal
    tell(id, { error: { code: -32603, message, data: { erratum: code } } })
  }
}

/** What the core answers when it refuses a call. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Sets how a call is answered from now on. */
export function answer<Area extends keyof Inputs, Call extends keyof Inputs[Area] & string>(
  area: Area,
  call: Call,
  give: (input: Inputs[Area][Call]) => unknown
): void {
  answers.set(`${area}.${call}`, give)
}

/** Lets every window know these jobs; none notes anything unless it says so. */
export function tellJobs(jobs: readonly Partial<JobView>[]): void {
  if (watching === undefined) untold.push(jobs)
  else {
    const data = jobs.map((job) => ({ notes: [], ...job }))
    tell(watching, { result: { type: 'data', data } })
  }
}

/** A promise with its ends, for answers that come when a test says so. */
export function later<T>(): { promise: Promise<T>; come: (value: T) => void } {
  let come: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => (come = resolve))
  return { promise, come }
}

export const bridge: Bridge = {
  connect: (listener) => (receive = listener),
  send(data) {
    const said = JSON.parse(data) as Message | Message[]
    for (const message of [said].flat()) void hear(message)
  },
  dropped: () => Promise.reject(new Error('No test drops a file yet.'))
}
