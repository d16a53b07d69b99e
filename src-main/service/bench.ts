/** Answers of the repair bench: what is behind a mistake, and fixes as jobs. */
import type { z } from 'zod'
import type { BenchView, TextOfRow, benchContract } from '../../src-preload/contract/bench.ts'
import { workersFor } from '../executors/devices.ts'
import { methodNames } from '../influence/method-names.ts'
import { methodFor, methods } from '../influence/methods.ts'
import { opponents, proponents } from '../influence/ranking.ts'
import type { Example } from '../pipeline/example.ts'
import { exampleOf } from '../pipeline/example.ts'
import { checkpointsOf, isExplainable } from '../pipeline/explain.ts'
import type { EditPlan } from '../pipeline/fix.ts'
import { tryFix } from '../pipeline/fix.ts'
import { roundsOf } from '../pipeline/device-for.ts'
import { knownBaseline, knownBaselineOn } from '../pipeline/rounds.ts'
import type { TrainedWorkspace } from '../pipeline/workspace.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import type { RoundResult } from '../retrain/round.ts'
import { isStablyWrong } from '../retrain/summarise.ts'
import { mean } from '../statistics.ts'
import { placesByWord } from '../tokens/tokenizer.ts'
import { isEditable } from '../tokens/vocabulary.ts'
import { benchRows, textOf } from './bench-rows.ts'
import { roundsShown } from './live-rounds.ts'
import type { JobContext } from './jobs.ts'
import { prepareGradients } from './model.ts'
import type { Service } from './service.ts'
import { threadsOf } from './service.ts'

type Inputs = {
  [Name in keyof typeof benchContract]: z.infer<(typeof benchContract)[Name]['input']>
}

/** Most opponents that the cumulative curve covers. */
const curveLength = 1000

export async function explainForBench(
  service: Service,
  { project, example: row, method: wanted, top, read }: Inputs['explain'],
  signal: AbortSignal | undefined
): Promise<BenchView> {
  const folder = service.known.folderOf(project)
  const trained = await service.open.trained(folder)
  const isReady = service.open.hasCheckpoints(folder) || (await isExplainable(trained, {}))
  if (!isReady) await gradientJob(service, project)
  return service.open.explaining(folder, async (workspace, checkpoints) => {
    const method = wanted ?? methodFor(workspace.base.settings.optimizer)
    const example = exampleOf(workspace, row)
    const influence = await checkpoints.influence(example, method, signal)
    const { scores } = influence
    const against = opponents(scores, scores.length)
    const describe = (indices: number[]) => benchRows(workspace, influence, { indices, read })
    const rows = {
      opponents: await describe(against.slice(0, top)),
      proponents: await describe(proponents(scores, Math.min(top, 100)))
    }
    const rounds = await knownBaseline(workspace)
    return {
      example: exampleView(workspace, example, { ...rows, rounds }),
      method,
      methods: methodNames.map((name) => {
        const { title, description } = methods[name]
        return { name, title, description }
      }),
      checkpoints: checkpointsOf(workspace),
      doubts: workspace.base.doubts,
      ...rows,
      cumulative: runningSums(against.slice(0, curveLength).map((index) => scores[index]!)),
      counts: {
        training: scores.length,
        opponents: against.length,
        proponents: scores.filter((score) => score > 0).length
      },
      timing: await timingOf(service, workspace)
    }
  })
}

/** The texts that did not come with their rows. */
export async function textsForBench(
  service: Service,
  { project, rows }: Inputs['texts']
): Promise<TextOfRow[]> {
  const workspace = await service.open.trained(service.known.folderOf(project))
  return rows.map((row) => textOf(workspace, row))
}

/** Extracts what is missing as a job, so that it is seen and can be cancelled, and waits for it. */
async function gradientJob(service: Service, project: string): Promise<void> {
  const { jobs, known } = service
  const running = jobs.running('gradients', project)
  const id =
    running ??
    jobs.start({
      kind: 'gradients',
      project: { id: project, name: known.nameOf(project) },
      title: 'Reading how the training rows moved the model',
      async work(job: JobContext) {
        await prepareGradients(service, known.folderOf(project), job)
        return { kind: 'nothing' }
      }
    })
  await jobs.result(id)
}

interface ExampleGiven extends Pick<BenchView, 'opponents' | 'proponents'> {
  /** Those without an edit. */
  rounds: readonly RoundResult[]
}

function exampleView(
  workspace: TrainedWorkspace,
  example: Example,
  { opponents, proponents, rounds }: ExampleGiven
): BenchView['example'] {
  const sums = new Map<string, number>()
  for (const { words } of [...opponents, ...proponents]) {
    for (const { word, influence } of words) sums.set(word, (sums.get(word) ?? 0) + influence)
  }
  const { text, row, trueLabel, predictedLabel, probability, index } = example
  const spans = placesByWord(workspace.tokenizer, text)
  const words = Array.from(sums)
    .sort(([, a], [, b]) => a - b)
    .map(([word, influence]) => ({
      word,
      influence,
      editable: isEditable(workspace.vocabulary.idOf(word)),
      spans: (spans.get(word) ?? []).map(({ start, end }): [number, number] => [start, end])
    }))
  const trueClass = workspace.heldOut.classes[index]
  const fixed = rounds.filter(({ predicted }) => predicted[index] === trueClass).length
  const stablyWrong = isStablyWrong({ probability: fixed / rounds.length })
  const baseline = rounds.length > 0 ? { fixed, rounds: rounds.length, stablyWrong } : null
  return { row, text, trueLabel, predictedLabel, probability, words, baseline }
}

function runningSums(numbers: readonly number[]): number[] {
  let sum = 0
  return numbers.map((number) => (sum += number))
}

/** What a fix would take on the device that would compute it now; nothing where that is not known. */
async function timingOf(
  { devices, settings }: Service,
  workspace: TrainedWorkspace
): Promise<BenchView['timing']> {
  const threads = threadsOf(settings.value)
  const use = devices.foreseen(settings.value.device, roundsOf(workspace, threads))
  const rounds = use ? await knownBaselineOn(use.device, workspace) : []
  return {
    secondsPerRound: rounds.length > 0 ? mean(rounds.map(({ seconds }) => seconds)) : null,
    knownBaselineRounds: rounds.length,
    threads: workersFor(use ?? { device: 'cpu' }, threads)
  }
}

export function startFix(service: Service, input: Inputs['fix']): string {
  const { choices, ...options } = input
  const [first, ...others] = new Set(choices.map(({ action }) => action))
  const doing =
    others.length > 0 ? 'editing' : first === 'remove' ? 'removing' : 'padding a word in'
  const count = choices.length === 1 ? '1 row' : `${choices.length} rows`
  return startTries(service, 'fix', options, {
    plans: [{ choices }],
    title: `Example ${input.example}: ${doing} ${count}`
  })
}

export function startCurve(service: Service, input: Inputs['curve']): string {
  const { action, ks, ...options } = input
  return startTries(service, 'curve', options, {
    plans: ks.toSorted((a, b) => a - b).map((k) => ({ action, k })),
    title: `Example ${input.example}: ${action === 'remove' ? 'removal' : '[PAD]'} at ${ks.length} sizes`
  })
}

function startTries(
  service: Service,
  kind: 'fix' | 'curve',
  { project, example, method, rounds, control }: Omit<Inputs['fix'], 'choices'>,
  { plans, title }: { plans: readonly EditPlan[]; title: string }
): string {
  const folder = service.known.folderOf(project)
  return service.jobs.start({
    kind,
    project: { id: project, name: service.known.nameOf(project) },
    title,
    example,
    work: (job) =>
      withProjectLock(folder, async () => {
        const workspace = await openTrained(folder)
        try {
          const fixes: string[] = []
          const onRound = roundsShown(job, rounds * (control ? 3 : 2) * plans.length)
          for (const edits of plans) {
            const options = { example, method, edits, rounds, control }
            fixes.push((await tryFix(workspace, options, job, onRound)).id)
          }
          return { kind: 'fixes' as const, fixes }
        } finally {
          workspace.dataset.close()
        }
      })
  })
}
