/**
 * The main job from data to proof, every stage in order. The command line and the windows call the
 * stages one by one; the demo calls this.
 */
import { withProjectLock } from './project/lock.ts'
import { ErratumError } from './errors.ts'
import type { ImportReport } from './dataset/import-report.ts'
import { exampleOf } from './pipeline/example.ts'
import { explain } from './pipeline/explain.ts'
import type { Explanation } from './pipeline/explain.ts'
import type { ExportedFiles } from './pipeline/export.ts'
import { exportFixes } from './pipeline/export.ts'
import { tryFix } from './pipeline/fix.ts'
import type { SavedFix } from './pipeline/saved-fixes.ts'
import type { InitOptions } from './pipeline/init.ts'
import { initProject } from './pipeline/init.ts'
import type { Job } from './pipeline/job.ts'
import type { Mistake } from './pipeline/mistakes.ts'
import { listMistakes } from './pipeline/mistakes.ts'
import { requestsFor, runRounds, seedsOf } from './pipeline/rounds.ts'
import { trainBase } from './pipeline/train.ts'
import type { BaseRecord } from './training/base-record.ts'
import { openTrained } from './pipeline/workspace.ts'
import type { TrainingSettings } from './training/settings.ts'
import type { Action } from './fix/actions.ts'
import { methodFor } from './influence/methods.ts'

/** The paper's band of probabilities: wrong, but not hopelessly. */
export const usualBand: readonly [number, number] = [0.3, 0.7]

/** Called as each stage ends. */
export interface MainJobObserver {
  stage(name: string): void
  imported(report: ImportReport): void
  trained(base: BaseRecord): void
  picked(mistake: Mistake, inBand: boolean): void
  explained(explanation: Explanation): void
  fixed(fix: SavedFix): void
  exported(files: ExportedFiles): void
}

/** The numbers of the main job. */
export interface MainJobOptions {
  init: InitOptions
  /** Training settings that differ from the preset. */
  training: Partial<TrainingSettings>
  rounds: number
  fixes: readonly { action: Action; k: number }[]
  /** Opponents to show. */
  top: number
  /** Where the curated data go. */
  out: string
}

/** Imports, trains, picks a stably wrong prediction, explains it, fixes it and exports the best fix. */
export async function mainJob(
  { init, training, rounds, fixes, top, out }: MainJobOptions,
  observer: MainJobObserver,
  job: Job
): Promise<void> {
  const { folder } = init
  observer.stage('Reading the data')
  observer.imported(await initProject(init, job))
  await withProjectLock(folder, async () => {
    observer.stage('Training the base model')
    observer.trained(await trainBase({ folder, changes: training, seed: 0 }, job))

    const workspace = await openTrained(folder)
    try {
      observer.stage('Retraining without any edit: which mistakes are stable')
      await runRounds(workspace, requestsFor(seedsOf(rounds), []), job)
      const { mistake, inBand } = pickMistake(await listMistakes(workspace))
      observer.picked(mistake, inBand)

      observer.stage('Looking for the training rows behind it')
      const example = exampleOf(workspace, mistake.example)
      const method = methodFor(workspace.base.settings.optimizer)
      const question = { method, top }
      const { explanation } = await explain(workspace, example, question, job)
      observer.explained(explanation)

      const tried: SavedFix[] = []
      for (const { action, k } of fixes) {
        observer.stage(`Retraining with the fix: ${action}, k = ${k}`)
        const options = { example: example.row, method, edits: { action, k }, rounds }
        const fix = await tryFix(workspace, { ...options, control: true }, job)
        tried.push(fix)
        observer.fixed(fix)
      }

      observer.stage('Exporting')
      const [best, ...others] = tried.toSorted(
        (a, b) => b.report.edited.probability - a.report.edited.probability
      )
      observer.exported(await exportFixes(workspace, { fixes: [best!], others, out }, job))
    } finally {
      workspace.dataset.close()
    }
  })
}

/**
 * The stably wrong mistake in the band that is the most often wrong; where there is none, the stably
 * wrong one nearest to the band, and where nothing is stable, the nearest of all.
 */
export function pickMistake(mistakes: readonly Mistake[]): { mistake: Mistake; inBand: boolean } {
  const [low, high] = usualBand
  const distance = ({ probability }: Mistake) => Math.max(low - probability, probability - high, 0)
  const stable = mistakes.filter(({ baseline }) => baseline?.stablyWrong)
  const fixed = ({ baseline }: Mistake) => baseline?.fixed ?? 0
  const [mistake] = (stable.length > 0 ? stable : mistakes).toSorted(
    (a, b) => distance(a) - distance(b) || fixed(a) - fixed(b) || a.example - b.example
  )
  if (!mistake) {
    throw new ErratumError(
      'bad-argument',
      'The base model gets every held-out row right: there is nothing to fix. Hold out more rows.'
    )
  }
  return { mistake, inBand: distance(mistake) === 0 && stable.includes(mistake) }
}
