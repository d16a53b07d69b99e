/** Answers about fixes that were tried, and their export as a job. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { runsContract, RunSummary, RunView } from '../../src-preload/contract/runs.ts'
import { ErratumError } from '../errors.ts'
import { exportFix } from '../pipeline/export.ts'
import type { SavedFix } from '../pipeline/saved-fixes.ts'
import { deleteFix, listFixes, readFix } from '../pipeline/saved-fixes.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { accuracySentence, cautions, collateralSentence, fixSentence } from '../report/sentences.ts'
import type { ArmReport } from '../retrain/fix-report.ts'
import { spansOf } from '../tokens/tokenize.ts'
import type { Service } from './service.ts'

type Inputs = { [Name in keyof typeof runsContract]: z.infer<(typeof runsContract)[Name]['input']> }

export async function listRuns(
  service: Service,
  { project }: Inputs['list']
): Promise<RunSummary[]> {
  const fixes = await listFixes(service.known.folderOf(project))
  return fixes.map(({ fix, savedAt }) => summaryOf(fix, savedAt))
}

function summaryOf({ id, report }: SavedFix, savedAt: Date): RunSummary {
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
  const { dataset } = await service.open.workspace(folder)
  const { report, suggestions } = await readFix(folder, id)
  const { mtime } = await stat(join(folder, 'fixes', `${id}.json`))
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
      const spans = edit.kind === 'pad' ? spansOf(text, edit.word) : []
      return {
        suggestion,
        text,
        label: dataset.labels[dataset.classes[edit.row]!]!,
        spans: spans.map(({ start, end }): [number, number] => [start, end])
      }
    }),
    savedAt: mtime.toISOString()
  }
}

export async function deleteRun(
  service: Service,
  { project, fix }: Inputs['delete']
): Promise<void> {
  await deleteFix(service.known.folderOf(project), fix)
}

export function combineRuns(): never {
  throw new ErratumError('bad-argument', 'Fixes cannot be combined yet. Export one at a time.')
}

export function startExport(
  service: Service,
  { project, fixes: [id], format, destination }: Inputs['export']
): string {
  const folder = service.known.folderOf(project)
  const out = destination === null ? join(folder, 'exports', id!) : service.picked.path(destination)
  return service.jobs.start({
    kind: 'export',
    project: { id: project, name: service.known.nameOf(project) },
    title: 'Exporting the curated data',
    async work(job) {
      const workspace = await openTrained(folder)
      try {
        const fix = await readFix(folder, id!)
        const files = await exportFix(workspace, { fix, out, format: format ?? undefined }, job)
        const { curated, edits, report, rowsRemoved, rowsEdited } = files
        return {
          kind: 'exported',
          folder: out,
          files: [curated, edits, report].map((path) => service.picked.issue(path)),
          rowsRemoved,
          rowsEdited
        }
      } finally {
        workspace.dataset.close()
      }
    }
  })
}
