/** Rounds: those that are known already, and those that have to be computed. */
import type { Device, DeviceName, DeviceUse } from '../executors/devices.ts'
import { deviceNames, devices, withCpuBehind, workersFor } from '../executors/devices.ts'
import type { Edit } from '../fix/edits.ts'
import { progressMeter } from '../jobs/progress.ts'
import { revisionOf } from '../models/models.ts'
import { contentKey } from '../project/content-key.ts'
import { RoundStore } from '../project/rounds.ts'
import type { RoundResult, RoundTask } from '../retrain/round.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { trainingBytes } from '../training/memory.ts'
import { deviceForTrained } from './device-for.ts'
import type { Job } from './job.ts'
import { freeBytes, roundsThatFit, workerBytes } from './memory-check.ts'
import { runTasks, workerData } from './tasks.ts'
import type { TrainedWorkspace } from './workspace.ts'

/** A retraining that is wanted. */
export interface RoundRequest {
  seed: number
  edits: readonly Edit[]
}

/** Seeds of the rounds; the base model has seed 0. */
export function seedsOf(rounds: number): number[] {
  return Array.from({ length: rounds }, (_, i) => i + 1)
}

/** The requests for the same edits from each seed. */
export function requestsFor(seeds: readonly number[], edits: readonly Edit[]): RoundRequest[] {
  return seeds.map((seed) => ({ seed, edits }))
}

/**
 * Makes tasks of requests, with everything that a round's result depends on as one key. The
 * vocabulary, tens of thousands of words, is put into a key of its own once for all of them.
 *
 * The device that is asked for is part of the key, so that rounds which are compared come from one.
 * (The CPU's keys do not name it: they are those of the time when there was nothing else.)
 */
function taskMaker(workspace: TrainedWorkspace, device: DeviceName) {
  const { project, base, tokenizer, modelName } = workspace
  const { fingerprint, model } = project.settings
  const words = keyOf(tokenizer)
  const order = (edit: Edit) => `${edit.row} ${edit.kind} ${edit.kind === 'pad' ? edit.wordId : 0}`
  const computed = { fingerprint, model, settings: base.settings, vocabulary: words }
  const fixed = { ...computed, ...revisionOf(modelName), ...keyPartOf(device) }
  return ({ seed, edits }: RoundRequest): RoundTask => {
    const sorted = edits.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    return { key: contentKey({ ...fixed, sorted, seed }), seed, edits: sorted }
  }
}

/** What a device adds to the key of what is proven on it. */
export function keyPartOf(device: DeviceName): { device?: DeviceName; deviceRevision?: number } {
  const { revision }: Device = devices[device]
  const isLater = revision !== undefined && { deviceRevision: revision }
  return device === 'cpu' ? {} : { device, ...isLater }
}

const tokenizerKeys = new WeakMap<Tokenizer, string>()

/** The key of a tokenizer: making it takes longer than a query of the bench may. */
function keyOf(tokenizer: Tokenizer): string {
  const known = tokenizerKeys.get(tokenizer) ?? contentKey(tokenizer.content)
  tokenizerKeys.set(tokenizer, known)
  return known
}

/**
 * The results of the requests in their order: from the journal, or computed and put there. `onRound`
 * is told the result of each request as soon as it is known. Where the device fails, the round under
 * way ends on the CPU and those not begun are the CPU's, which may know them already. The next time,
 * the one that was under way is computed anew.
 */
export async function runRounds(
  workspace: TrainedWorkspace,
  requests: readonly RoundRequest[],
  job: Job,
  onRound?: (result: RoundResult, request: number) => void
): Promise<RoundResult[]> {
  const store = await RoundStore.open(workspace.project.folder)
  const results = new Array<RoundResult | undefined>(requests.length).fill(undefined)
  for (const use of withCpuBehind(await deviceForTrained(workspace, job))) {
    const { device } = use
    const tasks = requests.map(taskMaker(workspace, device))
    const take = (result: RoundResult) => {
      tasks.forEach(({ key }, request) => {
        if (key !== result.key || results[request]) return
        results[request] = result
        onRound?.(result, request)
      })
    }
    const missing = () =>
      new Map(tasks.filter((_, request) => !results[request]).map((task) => [task.key, task]))
    for (const key of missing().keys()) {
      const known = await store.find(key)
      if (known && isWhollyOn(known, device)) take(known)
    }
    await computeRounds(workspace, { use, total: tasks.length }, [...missing().values()], {
      ...job,
      onResult: async (result) => {
        await store.add(result)
        take(result)
      }
    })
  }
  return results.map((result) => result!)
}

/** Whether a round is of one device alone; where that failed, the CPU has a share under the same key. */
function isWhollyOn({ devices }: RoundResult, device: DeviceName): boolean {
  return devices.every((name) => name === device)
}

/** Computes rounds until all are done or the device fails. */
async function computeRounds(
  workspace: TrainedWorkspace,
  { use, total }: { use: DeviceUse; total: number },
  missing: readonly RoundTask[],
  job: Job & { onResult(result: RoundResult): Promise<void> }
): Promise<void> {
  if (missing.length === 0) return
  const words = workspace.tokenizer.size
  const known = total - missing.length
  const meter = progressMeter({ total, alreadyDone: known })
  const wanted = workersFor(use, Math.min(job.threads, missing.length))
  const each = roundBytes(workspace) + workerBytes(use.device)
  const threads = roundsThatFit(wanted, each, freeBytes())
  const note = threads < wanted ? `, ${threads} at a time: no more fit into the memory` : ''
  const onProgress = ({ done }: { done: number }) => {
    const round = Math.min(Math.floor(known + done) + 1, total)
    job.onProgress?.(meter(known + done, `Round ${round} of ${total}${note}`))
  }
  await runTasks<'round'>(
    workerData(workspace, workspace, { words, device: use.device, operatorThreads: 1 }),
    missing.map((task) => ({ kind: 'round', ...task })),
    { ...job, threads, onProgress },
    job.onResult
  )
}

/** Bytes that the training of a round takes, about. */
function roundBytes({ model, settings, tokenizer, training, project }: TrainedWorkspace): number {
  const { texts, rows } = training
  const isPretrained = project.settings.model.checkpoint !== null
  const words = tokenizer.size
  return trainingBytes({ model, settings, words, texts, rows, seed: 1, isPretrained })
}

/**
 * The baseline rounds that this project has computed so far, by seed: those of the device that has
 * computed the most.
 */
export async function knownBaseline(workspace: TrainedWorkspace): Promise<RoundResult[]> {
  const store = await RoundStore.open(workspace.project.folder)
  let most: RoundResult[] = []
  for (const device of deviceNames) {
    const found = await baselineOf(store, taskMaker(workspace, device))
    if (found.length > most.length) most = found
  }
  return most
}

/** Those from seed 1 on that a fix on a device would not compute again. */
export async function knownBaselineOn(
  device: DeviceName,
  workspace: TrainedWorkspace
): Promise<RoundResult[]> {
  const store = await RoundStore.open(workspace.project.folder)
  const found = await baselineOf(store, taskMaker(workspace, device))
  const other = found.findIndex((round) => !isWhollyOn(round, device))
  return other < 0 ? found : found.slice(0, other)
}

async function baselineOf(
  store: RoundStore,
  taskOf: ReturnType<typeof taskMaker>
): Promise<RoundResult[]> {
  const found: RoundResult[] = []
  for (let seed = 1; ; seed++) {
    const round = await store.find(taskOf({ seed, edits: [] }).key)
    if (!round) return found
    found.push(round)
  }
}
