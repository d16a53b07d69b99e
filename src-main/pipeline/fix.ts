/** Tries a fix and proves it by retraining. */
import type { OpenDataset } from '../dataset/open.ts'
import { randomEdits } from '../fix/random-edits.ts'
import type { Action, Choice } from '../fix/actions.ts'
import type { Suggestion } from '../fix/suggestion.ts'
import { suggestChosen, suggestEdits } from '../fix/suggest.ts'
import type { MethodName } from '../influence/method-names.ts'
import { opponents } from '../influence/ranking.ts'
import { contentKey } from '../project/content-key.ts'
import type { ArmReport, FixReport } from '../retrain/fix-report.ts'
import type { HeldOut } from '../retrain/summarise.ts'
import { armReport, roundOf, collateralOf, isStablyWrong, upliftOf } from '../retrain/summarise.ts'
import { withoutCosts } from '../training/base-record.ts'
import type { Example } from './example.ts'
import { mistakeOf } from './example.ts'
import type { InfluenceOptions, InfluentialRow } from './explain.ts'
import { describeRows, influenceOn } from './explain.ts'
import { deviceForTrained } from './device-for.ts'
import type { Job } from './job.ts'
import type { RoundRequest } from './rounds.ts'
import { keyPartOf, requestsFor, runRounds, seedsOf } from './rounds.ts'
import type { SavedFix } from './saved-fixes.ts'
import { saveFix } from './saved-fixes.ts'
import type { HeldOutSet, TrainedWorkspace } from './workspace.ts'

export interface FixOptions extends InfluenceOptions {
  /** Row id. */
  example: number
  edits: EditPlan
  rounds: number
  control: boolean
}

/**
 * Which rows to edit: the `k` strongest opponents at most, those that the user has chosen, or what
 * several fixes amount to.
 */
export type EditPlan =
  | { action: Action; k: number }
  | { choices: readonly Choice[] }
  | { combined: readonly Suggestion[] }

export type Arm = 'baseline' | 'edited' | 'control'

/** Told of every round as soon as it is known. */
export type RoundObserver = (round: RoundOfExample) => void

/** What a round makes of the example. */
export type RoundOfExample = ArmReport['byRound'][number] & {
  /** Row id. */
  example: number
  arm: Arm
  /** Edits of the fix. */
  k: number
}

/** Opponents that a saved fix describes in full. */
const describedOpponents = 20

/** Ranks, edits, retrains with and without the edit, and says what came of it. */
export async function tryFix(
  workspace: TrainedWorkspace,
  options: FixOptions,
  job: Job,
  onRound?: RoundObserver
): Promise<SavedFix> {
  const { example: row, method } = options
  const example = mistakeOf(workspace, row)
  // The one that is asked for, whatever becomes of it.
  const { device } = await deviceForTrained(workspace, job)
  const { suggestions, strongest } = await suggest(workspace, example, options, job)
  const edits = suggestions.map(({ edit }) => edit)
  const seeds = seedsOf(options.rounds)
  const wanted = [
    requestsFor(seeds, []),
    requestsFor(seeds, edits),
    options.control ? controlRequests(workspace, seeds, edits.length) : []
  ]
  const held = heldOutOf(workspace)
  const { index } = example
  const armOf = (request: number) =>
    (['baseline', 'edited', 'control'] as const)[Math.floor(request / seeds.length)]!
  const results = await runRounds(workspace, wanted.flat(), job, (result, request) =>
    onRound?.({
      example: row,
      arm: armOf(request),
      k: edits.length,
      ...roundOf(result, index, held)
    })
  )
  const baselineRounds = results.slice(0, seeds.length)
  const editedRounds = results.slice(seeds.length, 2 * seeds.length)
  const controlRounds = results.slice(2 * seeds.length)

  const baseline = armReport(baselineRounds, index, held)
  const edited = armReport(editedRounds, index, held)
  const report: FixReport = {
    example: row,
    text: example.text,
    trueLabel: example.trueLabel,
    predictedLabel: example.predictedLabel,
    method,
    action: nameOf(options.edits).action,
    k: edits.length,
    seeds,
    stablyWrong: isStablyWrong(baseline),
    baseline,
    control: options.control ? armReport(controlRounds, index, held) : null,
    edited,
    uplift: upliftOf(baseline, edited),
    collateral: collateralOf(baselineRounds, editedRounds, { index, held }),
    edits,
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    devices: [...new Set(results.flatMap(({ devices }) => devices))]
  }
  // The same commands give the same name.
  const base = withoutCosts(workspace.base)
  const { action, k } = nameOf(options.edits)
  const key = contentKey({ ...options, edits, action, k, base, ...keyPartOf(device) })
  const id = `${row}-${action}-${k}-${key.slice(0, 8)}`
  const saved = { id, report, suggestions, opponents: strongest, base: workspace.base }
  await saveFix(workspace.project.folder, saved)
  return saved
}

/** The action and the number of rows that a plan goes by. */
function nameOf(plan: EditPlan): { action: FixReport['action']; k: number } {
  if ('combined' in plan) return { action: 'mix', k: plan.combined.length }
  if (!('choices' in plan)) return plan
  const [first, ...others] = new Set(plan.choices.map(({ action }) => action))
  return { action: others.length > 0 || !first ? 'mix' : first, k: plan.choices.length }
}

/** The held-out split as summaries need it. */
export function heldOutOf(workspace: { dataset: OpenDataset; heldOut: HeldOutSet }): HeldOut {
  const { dataset, heldOut } = workspace
  return {
    ...heldOut,
    labelOf: (index) => dataset.labels[heldOut.classes[index]!]!,
    textOf: (index) => dataset.text(heldOut.rows[index]!).join('\n')
  }
}

async function suggest(
  workspace: TrainedWorkspace,
  example: Example,
  options: FixOptions & { method: MethodName },
  job: Job
): Promise<{ suggestions: Suggestion[]; strongest: InfluentialRow[] }> {
  const { edits } = options
  if (nameOf(edits).k === 0) return { suggestions: [], strongest: [] }
  const influence = await influenceOn(workspace, example, options, job)
  try {
    const { rows } = workspace.training
    const { vocabulary } = workspace
    const suggestions =
      'combined' in edits
        ? [...edits.combined]
        : 'choices' in edits
          ? await suggestChosen(influence, edits.choices, { rows, vocabulary })
          : await suggestEdits(influence, { ...edits, rows, vocabulary })
    const first = opponents(influence.scores, describedOpponents)
    return { suggestions, strongest: await describeRows(workspace, influence, first) }
  } finally {
    await influence.close()
  }
}

/**
 * The control: as many random rows removed, drawn anew for every seed. The draw does not depend on
 * the example, so that its rounds serve every fix of the same size.
 */
function controlRequests(
  { training, vocabulary }: TrainedWorkspace,
  seeds: readonly number[],
  k: number
): RoundRequest[] {
  return seeds.map((seed) => ({
    seed,
    edits: randomEdits({ action: 'remove', k, seed, training, vocabulary })
  }))
}
