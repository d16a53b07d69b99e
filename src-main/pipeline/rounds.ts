/** Rounds: those that are known already, and those that have to be computed. */
import type { Edit } from '../fix/edits.ts'
import { progressMeter } from '../jobs/progress.ts'
import { contentKey } from '../project/content-key.ts'
import { RoundStore } from '../project/rounds.ts'
import type { RoundResult, RoundTask } from '../retrain/round.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { trainingBytes } from '../training/memory.ts'
import type { Job } from './job.ts'
import { freeBytes, roundsThatFit } from './memory-check.ts'
import type { TrainedWorkspace } from './workspace.ts'
import { runTasks, workerData } from './workspace.ts'

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
 */
function taskMaker({ project, base, tokenizer }: TrainedWorkspace) {
  const { fingerprint, model } = project.settings
  const words = keyOf(tokenizer)
  const order = (edit: Edit) => `${edit.row} ${edit.kind} ${edit.kind === 'pad' ? edit.wordId : 0}`
  const fixed = { fingerprint, model, settings: base.settings, vocabulary: words }
  return ({ seed, edits }: RoundRequest): RoundTask => {
    const sorted = edits.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    return { key: contentKey({ ...fixed, sorted, seed }), seed, edits: sorted }
  }
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
 * is told the result of each request as soon as it is known.
 */
export async function runRounds(
  workspace: TrainedWorkspace,
  requests: readonly RoundRequest[],
  job: Job,
  onRound?: (result: RoundResult, request: number) => void
): Promise<RoundResult[]> {
  const store = await RoundStore.open(workspace.project.folder)
  const tasks = requests.map(taskMaker(workspace))
  const results = new Map<string, RoundResult>()
  const take = (result: RoundResult) => {
    results.set(result.key, result)
    tasks.forEach(({ key }, request) => {
      if (key === result.key) onRound?.(result, request)
    })
  }
  for (const key of new Set(tasks.map((task) => task.key))) {
    const known = await store.find(key)
    if (known) take(known)
  }
  const missing = [...new Map(tasks.map((task) => [task.key, task])).values()].filter(
    ({ key }) => !results.has(key)
  )
  const words = workspace.tokenizer.size
  const known = tasks.length - missing.length
  const meter = progressMeter({ total: tasks.length, alreadyDone: known })
  if (missing.length > 0) {
    const wanted = Math.min(job.threads, missing.length)
    const threads = roundsThatFit(wanted, roundBytes(workspace), freeBytes())
    const note = threads < wanted ? `, ${threads} at a time: no more fit into the memory` : ''
    const onProgress = ({ done }: { done: number }) => {
      const round = Math.min(Math.floor(known + done) + 1, tasks.length)
      job.onProgress?.(meter(known + done, `Round ${round} of ${tasks.length}${note}`))
    }
    await runTasks<'round'>(
      workerData(workspace, workspace, { words, operatorThreads: 1 }),
      missing.map((task) => ({ kind: 'round', ...task })),
      { ...job, threads, onProgress },
      async (result) => {
        await store.add(result)
        take(result)
      }
    )
  }
  return tasks.map(({ key }) => results.get(key)!)
}

/** Bytes that each thread of rounds takes, about. */
function roundBytes({ model, settings, tokenizer, training, project }: TrainedWorkspace): number {
  const { texts, rows } = training
  const isPretrained = project.settings.model.checkpoint !== null
  const words = tokenizer.size
  return trainingBytes({ model, settings, words, texts, rows, seed: 1, isPretrained })
}

/** The baseline rounds that this project has computed so far, by seed. */
export async function knownBaseline(workspace: TrainedWorkspace): Promise<RoundResult[]> {
  const store = await RoundStore.open(workspace.project.folder)
  const taskOf = taskMaker(workspace)
  const found: RoundResult[] = []
  for (let seed = 1; ; seed++) {
    const round = await store.find(taskOf({ seed, edits: [] }).key)
    if (!round) return found
    found.push(round)
  }
}
