/** Answers about fixes that were tried; combining and exporting them, as jobs. */
import { basename, join } from 'node:path'
import type { z } from 'zod'
import type {
  Combination,
  runsContract,
  RunSummary,
  RunView
} from '../../src-preload/contract/runs.ts'
import { makeFolderWhole } from '../dataset/work-folder.ts'
import { ErratumError } from '../errors.ts'
import { combineFixes } from '../fix/combine.ts'
import { exportFixes } from '../pipeline/export.ts'
import { tryFix } from '../pipeline/fix.ts'
import type { ListedFix, SavedFix } from '../pipeline/saved-fixes.ts'
import {
  deleteFix,
  listFixes,
  readFix,
  readListedFix,
  readNotes,
  restoreFix,
  writeNote
} from '../pipeline/saved-fixes.ts'
import type { FixNote } from '../pipeline/saved-fixes.ts'
import type { TrainedWorkspace } from '../pipeline/workspace.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import { contentKey } from '../project/content-key.ts'
import { modelKey } from '../project/model-key.ts'
import {
  accuracySentence,
  actionTitle,
  cautions,
  collateralSentence,
  fixSentence
} from '../report/sentences.ts'
import type { ArmReport } from '../retrain/fix-report.ts'
import { placesOf } from '../tokens/tokenizer.ts'
import type { BaseRecord } from '../training/base-record.ts'
import { roundsShown } from './live-rounds.ts'
import type { Service } from './service.ts'

type Inputs = { [Name in keyof typeof runsContract]: z.infer<(typeof runsContract)[Name]['input']> }

export async function listRuns(
  service: Service,
  { project }: Inputs['list']
): Promise<RunSummary[]> {
  const folder = service.known.folderOf(project)
  const { base } = await service.open.trained(folder)
  const notes = await readNotes(folder)
  const fixes = await listFixes(folder)
  return fixes.map((listed) => summaryOf(listed, notes[listed.fix.id], base))
}

function summaryOf(
  { fix: { id, report, base }, savedAt }: ListedFix,
  note: FixNote | undefined,
  current: BaseRecord
): RunSummary {
  const { baseline, control, edited, collateral, ...rest } = report
  const { example, text, trueLabel, predictedLabel, action, method, k, uplift, stablyWrong } = rest
  return {
    id,
    ...{ example, text, trueLabel, predictedLabel, action, method, k, uplift, stablyWrong },
    baseline: withoutRounds(baseline),
    control: control && withoutRounds(control),
    edited: withoutRounds(edited),
    newlyWrong: collateral.newlyWrong,
    newlyRight: collateral.newlyRight,
    title: actionTitle(report),
    name: note?.name ?? '',
    note: note?.note ?? '',
    outdated: modelKey(base) !== modelKey(current),
    savedAt: savedAt.toISOString()
  }
}

function withoutRounds(arm: ArmReport): RunSummary['edited'] {
  const { fixed, rounds, probability, interval, meanTrueProbability, accuracy } = arm
  return { fixed, rounds, probability, interval, meanTrueProbability, accuracy }
}

export async function getRun(
  service: Service,
  { project, fix: id }: Inputs['get']
): Promise<RunView> {
  const folder = service.known.folderOf(project)
  const { dataset, base, tokenizer } = await service.open.trained(folder)
  const listed = await readListedFix(folder, id)
  const { report, suggestions } = listed.fix
  return {
    id,
    report,
    sentences: {
      fix: fixSentence(report),
      accuracy: accuracySentence(report),
      collateral: collateralSentence(report),
      cautions: cautions(report)
    },
    edited: suggestions.map((suggestion) => {
      const { edit } = suggestion
      const text = dataset.text(edit.row).join('\n')
      const spans = edit.kind === 'pad' ? placesOf(tokenizer, text, edit.word) : []
      return {
        suggestion,
        text,
        label: dataset.labels[dataset.classes[edit.row]!]!,
        spans: spans.map(({ start, end }): [number, number] => [start, end])
      }
    }),
    summary: summaryOf(listed, (await readNotes(folder))[id], base)
  }
}

export async function annotateRun(
  service: Service,
  { project, fix, name, note }: Inputs['annotate']
): Promise<void> {
  const folder = service.known.folderOf(project)
  await readFix(folder, fix)
  await writeNote(folder, fix, { name, note })
}

export async function deleteRun(
  service: Service,
  { project, fix }: Inputs['delete']
): Promise<void> {
  await deleteFix(service.known.folderOf(project), fix)
}

export async function restoreRun(
  service: Service,
  { project, fix }: Inputs['restore']
): Promise<void> {
  await restoreFix(service.known.folderOf(project), fix)
}

export async function combineRuns(
  service: Service,
  { project, fixes: ids }: Inputs['combine']
): Promise<Combination> {
  const folder = service.known.folderOf(project)
  const fixes = await Promise.all(ids.map((id) => readFix(folder, id)))
  const { suggestions, conflicts } = combineFixes(fixes)
  const removed = suggestions.filter(({ edit }) => edit.kind === 'remove').length
  const rows = new Set(suggestions.map(({ edit }) => edit.row)).size
  return { rowsRemoved: removed, rowsPadded: rows - removed, conflicts }
}

export function startProof(
  service: Service,
  { project, fixes: ids, rounds, control }: Inputs['prove']
): string {
  const folder = service.known.folderOf(project)
  return service.jobs.start({
    kind: 'fix',
    project: { id: project, name: service.known.nameOf(project) },
    title: `Retraining with ${ids.length} fixes at once`,
    work: (job) =>
      withProjectLock(folder, async () => {
        const workspace = await openTrained(folder)
        try {
          const fixes = await Promise.all(ids.map((id) => readFix(folder, id)))
          fixes.forEach((fix) => refuseOutdated(fix, workspace))
          const { suggestions: combined } = combineFixes(fixes)
          const examples = [...new Map(fixes.map((fix) => [fix.report.example, fix])).values()]
          const onRound = roundsShown(job, rounds * (control ? 3 : 2) * examples.length)
          const proofs: string[] = []
          for (const { report } of examples) {
            const { example, method } = report
            const options = { example, method, edits: { combined }, rounds, control }
            proofs.push((await tryFix(workspace, options, job, onRound)).id)
          }
          return { kind: 'fixes' as const, fixes: proofs }
        } finally {
          workspace.dataset.close()
        }
      })
  })
}

/** The words of a fix are numbered as its own model numbers them. */
function refuseOutdated({ id, base }: SavedFix, workspace: TrainedWorkspace): void {
  if (modelKey(base) === modelKey(workspace.base)) return
  throw new ErratumError(
    'bad-argument',
    `The fix ${id} was made for an earlier base model. Try it again for this one, then combine.`
  )
}

/** The one report of an export says what was tried on one model. */
function refuseDifferentModels(fixes: readonly SavedFix[]): void {
  const keys = new Set(fixes.map(({ base }) => modelKey(base)))
  if (keys.size === 1) return
  throw new ErratumError(
    'bad-argument',
    `The fixes ${fixes.map(({ id }) => id).join(', ')} were made for ${keys.size} different base ` +
      'models, of which no one report is true. Export them one by one, or try those for an ' +
      'earlier model again.'
  )
}

export function startExport(
  service: Service,
  { project, fixes: ids, format, destination }: Inputs['export']
): string {
  const folder = service.known.folderOf(project)
  const name = ids.length === 1 ? ids[0]! : `combined-${contentKey(ids).slice(0, 8)}`
  const parent = destination === null ? join(folder, 'exports') : service.picked.path(destination)
  const out = join(parent, name)
  return service.jobs.start({
    kind: 'export',
    project: { id: project, name: service.known.nameOf(project) },
    title: 'Exporting the curated data',
    async work(job) {
      const workspace = await openTrained(folder)
      try {
        const [first, ...others] = await Promise.all(ids.map((id) => readFix(folder, id)))
        const fixes = [first!, ...others] as const
        refuseDifferentModels(fixes)
        const write = (to: string) =>
          exportFixes(workspace, { fixes, out: to, format: format ?? undefined }, job)
        // Among the user's own files nothing is written over.
        const files = await (destination === null ? write(out) : makeFolderWhole(out, write))
        const { curated, edits, report, rowsRemoved, rowsEdited } = files
        return {
          kind: 'exported',
          folder: out,
          files: [curated, edits, report].map((path) =>
            service.picked.issue(join(out, basename(path)))
          ),
          rowsRemoved,
          rowsEdited
        }
      } finally {
        workspace.dataset.close()
      }
    }
  })
}
