/**
 * Measures how well fixes work and writes the table of docs/results.md: over stably wrong
 * predictions in the band, the fix probability without an edit, and with removal of 50 and [PAD] of
 * 200 by each method (or with `--arms METHOD:ACTION:K,...`, as a table with the name `--table`).
 * `npm run results -- FOLDER NAME DATA [options]`, with a scratch folder in which everything that was
 * computed is kept, so that it can be stopped and goes on. The numbers go to `docs/results/NAME.json`,
 * and from there into the page (table.ts).
 *
 * Examples are chosen by rounds that are not counted: those of the seeds from `selectionSeed` on. A
 * baseline over the rounds that chose them would be too low by construction.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeJsonAtomically } from '../../src-main/files/write.ts'
import { keyedShuffle } from '../../src-main/random.ts'
import type { Edit } from '../../src-main/fix/edits.ts'
import { randomEdits } from '../../src-main/fix/random-edits.ts'
import type { Action } from '../../src-main/fix/actions.ts'
import { suggestEdits } from '../../src-main/fix/suggest.ts'
import type { MethodName } from '../../src-main/influence/method-names.ts'
import { methodNames } from '../../src-main/influence/method-names.ts'
import type { Example } from '../../src-main/pipeline/example.ts'
import { exampleOf } from '../../src-main/pipeline/example.ts'
import { influenceOn } from '../../src-main/pipeline/explain.ts'
import { initProject } from '../../src-main/pipeline/init.ts'
import type { Job } from '../../src-main/pipeline/job.ts'
import { listMistakes } from '../../src-main/pipeline/mistakes.ts'
import { requestsFor, runRounds, seedsOf } from '../../src-main/pipeline/rounds.ts'
import { trainBase } from '../../src-main/pipeline/train.ts'
import type { TrainedWorkspace } from '../../src-main/pipeline/workspace.ts'
import { openTrained } from '../../src-main/pipeline/workspace.ts'
import { withProjectLock } from '../../src-main/project/lock.ts'
import type { RoundResult } from '../../src-main/retrain/round.ts'
import { isStablyWrong } from '../../src-main/retrain/summarise.ts'
import { mean, standardDeviation } from '../../src-main/statistics.ts'
import { resultsPath, updatePage } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '10' },
    examples: { type: 'string', default: '20' },
    split: { type: 'string' },
    'held-out': { type: 'string' },
    threads: { type: 'string', default: '2' },
    outside: { type: 'boolean', default: false },
    table: { type: 'string' },
    arms: { type: 'string' }
  }
})
const [scratch, name, data] = positionals as [string, string, string]
const rounds = Number(values.rounds)
const job: Job = { threads: Number(values.threads) }
const selectionSeed = 1001
const band: [number, number] = [0.3, 0.7]

interface Arm {
  title: string
  method: MethodName
  action: Action
  k: number
}

const arms: Arm[] = values.arms
  ? values.arms.split(',').map(parseArm)
  : methodNames
      .filter((method) => method !== 'tracin-we')
      .flatMap((method) => [armOf(method, 'remove', 50), armOf(method, 'pad', 200)])

function armOf(method: MethodName, action: Action, k: number): Arm {
  return { title: `${method}, ${action === 'remove' ? 'remove' : '[PAD]'} ${k}`, method, action, k }
}

function parseArm(text: string): Arm {
  const [method, action, k] = text.split(':') as [MethodName, Action, string]
  return armOf(method, action, Number(k))
}

const folder = join(scratch, name)
const workspace = await prepare()
const report = await withProjectLock(folder, measure)
await writeJsonAtomically(resultsPath(report.name), report)
await updatePage()

async function prepare(): Promise<TrainedWorkspace> {
  if (!existsSync(join(folder, 'project.json'))) {
    await initProject(
      {
        folder,
        data,
        text: 'text',
        label: 'label',
        split: values.split,
        heldOutShare: values['held-out'] ? Number(values['held-out']) : undefined,
        seed: 0,
        model: 'text-cnn'
      },
      job
    )
  }
  if (!existsSync(join(folder, 'model'))) {
    await trainBase({ folder, changes: {}, seed: 0 }, job)
  }
  return openTrained(folder)
}

async function measure() {
  const { training, vocabulary } = workspace
  const seeds = seedsOf(rounds)
  const choosing = seeds.map((seed) => seed + selectionSeed)
  const chosenBy = await runRounds(workspace, requestsFor(choosing, []), job)
  const baseline = await runRounds(workspace, requestsFor(seeds, []), job)
  const examples = await chooseExamples(chosenBy)
  const measured: Record<string, Outcome[]> = { 'no edit (k = 0)': [] }
  for (const [n, example] of examples.entries()) {
    const line: string[] = []
    const note = (title: string, outcome: Outcome) => {
      ;(measured[title] ??= []).push(outcome)
      line.push(`${title} ${outcome.fixed}`)
    }
    note('no edit (k = 0)', outcomeOf(baseline, example))
    for (const arm of arms) {
      const requests =
        arm.method === 'random'
          ? seeds.map((seed) => ({
              seed,
              edits: randomEdits({ ...arm, seed, training, vocabulary })
            }))
          : requestsFor(seeds, await editsOf(arm, example))
      const results = await runRounds(workspace, requests, job)
      note(arm.title, outcomeOf(results, example))
    }
    process.stderr.write(
      `${n + 1}/${examples.length} example ${example.row}: ${line.join(' | ')}\n`
    )
  }
  const baseAccuracy = mean(baseline.map(({ accuracy }) => accuracy))
  return {
    name: values.table ?? name,
    rounds,
    examples: examples.map(({ row, probability }) => ({ row, probability })),
    accuracy: baseAccuracy,
    secondsPerRound: mean(baseline.map(({ seconds }) => seconds)),
    measured,
    table: Object.entries(measured).map(([title, outcomes]) => ({
      title,
      fixProbability: mean(outcomes.map(({ fixed }) => fixed / rounds)),
      // The standard error over examples, which differ more than rounds do.
      standardError: standardError(outcomes.map(({ fixed }) => fixed / rounds)),
      trueProbability: mean(outcomes.map(({ trueProbability }) => trueProbability)),
      accuracyChange: mean(outcomes.map(({ accuracy }) => accuracy)) - baseAccuracy
    }))
  }
}

interface Outcome {
  fixed: number
  trueProbability: number
  accuracy: number
}

/**
 * Wrong in the base model with a probability in the band, and in most of the choosing rounds. With
 * `--outside` others make up the number, the nearest to the band first.
 */
async function chooseExamples(chosenBy: readonly RoundResult[]): Promise<Example[]> {
  const candidates = await listMistakes(workspace, values.outside ? {} : { band })
  const stable = candidates
    .map(({ example }) => exampleOf(workspace, example))
    .filter(({ index }) => {
      const right = chosenBy.filter((round) => isRight(round, index)).length
      return isStablyWrong({ probability: right / chosenBy.length })
    })
  const distance = ({ probability }: Example) =>
    Math.max(band[0] - probability, probability - band[1], 0)
  const rows = stable.map(({ row }) => row)
  return keyedShuffle(rows, 0, 0)
    .map((row) => stable.find((example) => example.row === row)!)
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, Number(values.examples))
}

function isRight({ predicted }: RoundResult, index: number): boolean {
  return predicted[index] === workspace.heldOut.classes[index]
}

function outcomeOf(results: readonly RoundResult[], { index }: Example): Outcome {
  return {
    fixed: results.filter((round) => isRight(round, index)).length,
    trueProbability: mean(results.map((round) => round.trueProbability[index]!)),
    accuracy: mean(results.map((round) => round.accuracy))
  }
}

async function editsOf({ method, action, k }: Arm, example: Example): Promise<Edit[]> {
  const influence = await influenceOn(workspace, example, { method }, job)
  const { training, vocabulary } = workspace
  const options = { action, k, rows: training.rows, vocabulary }
  const suggestions = await suggestEdits(influence, options)
  await influence.close()
  return suggestions.map(({ edit }) => edit)
}

function standardError(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length)
}
