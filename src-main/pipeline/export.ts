/** Writes fixes out: the curated training set, its edits and the report. */
import { basename, extname, join } from 'node:path'
import type { Format } from '../dataset/source.ts'
import { openSource, sources } from '../dataset/sources.ts'
import { identifyData } from '../export/content-hash.ts'
import { describeEdits, describeFix } from '../export/describe.ts'
import { editsVersion, writeEditsFile } from '../export/edits-file.ts'
import { exportCurated } from '../export/write-curated.ts'
import { makeFolder, writeFileAtomically } from '../files/write.ts'
import type { CombinedSuggestion } from '../fix/combine.ts'
import { combineFixes } from '../fix/combine.ts'
import type { Edit } from '../fix/edits.ts'
import { progressMeter } from '../jobs/progress.ts'
import { models } from '../models/models.ts'
import type { ReportRow } from '../report/edits-diff.ts'
import { renderReport } from '../report/report.ts'
import { version } from '../version.ts'
import type { SavedFix } from './saved-fixes.ts'
import type { Job } from './job.ts'
import type { TrainedWorkspace } from './workspace.ts'

export interface ExportOptions {
  /** Their edits are combined. */
  fixes: readonly [SavedFix, ...SavedFix[]]
  /** Other fixes that were tried, which the report shows as well. */
  others?: readonly SavedFix[]
  /** The folder to write to; made if need be. */
  out: string
  /** The data file's own unless given. */
  format?: Format | undefined
}

export interface ExportedFiles {
  curated: string
  edits: string
  report: string
  rowsRemoved: number
  rowsEdited: number
}

/** Writes `NAME.curated.EXT`, `edits.json` and `report.html` into the folder. */
export async function exportFixes(
  workspace: TrainedWorkspace,
  { fixes, others = [], out, format }: ExportOptions,
  job: Job
): Promise<ExportedFiles> {
  const { dataset, tokenizer } = workspace
  const { manifest } = dataset
  const original = manifest.sources[0]!
  const source = await openSource(join(dataset.folder, original.file), { name: original.name })
  const { text, textPair, label } = manifest.columns
  const columns = { text, ...(textPair !== undefined && { textPair }), label }
  const { suggestions } = combineFixes(fixes)
  const edits = describeEdits(
    suggestions.map(({ edit }) => edit),
    { dataset, columns, tokenizer, why: reasonsOf(suggestions) }
  )
  const identity = await identifyData(source, columns, { signal: job.signal })

  await makeFolder(out)
  const extension = format ? sources[format].extensions[0]! : extname(original.name)
  const stem = basename(original.name, extname(original.name))
  const files = {
    curated: join(out, `${stem}.curated${extension}`),
    edits: join(out, 'edits.json'),
    report: join(out, 'report.html')
  }
  const meter = progressMeter({ total: 1 })
  await exportCurated({
    source,
    columns,
    edits,
    into: files.curated,
    format,
    signal: job.signal,
    onRead: (share) => job.onProgress?.(meter(share, 'Writing the curated data'))
  })
  await writeEditsFile(files.edits, {
    format: 'erratum-edits',
    version: editsVersion,
    erratum: version,
    createdAt: new Date().toISOString(),
    data: { ...identity, file: original.name, fingerprint: dataset.fingerprint },
    fixes: fixes.map(({ report }) => describeFix(report)),
    edits
  })
  await writeFileAtomically(files.report, reportOf(workspace, [...fixes, ...others]))
  const edited = new Set(suggestions.map(({ edit }) => edit.row)).size
  const rowsRemoved = suggestions.filter(({ edit }) => edit.kind === 'remove').length
  return { ...files, rowsRemoved, rowsEdited: edited - rowsRemoved }
}

/** Says of every edit why it is there. */
function reasonsOf(suggestions: readonly CombinedSuggestion[]) {
  const byEdit = new Map(suggestions.map((suggestion) => [suggestion.edit, suggestion]))
  return (edit: Edit) => {
    const { origin, wordInfluence, influence } = byEdit.get(edit)!
    const { example, rank, method } = origin
    const of = `Opponent ${rank} of example ${example} by ${method}`
    return wordInfluence === undefined
      ? { reason: `${of}.`, influence }
      : { reason: `${of}; of its words this one pushes hardest.`, influence: wordInfluence }
  }
}

function reportOf(workspace: TrainedWorkspace, fixes: readonly SavedFix[]): string {
  const { dataset, project, training, heldOut } = workspace
  const { base } = fixes[0]!
  const opponents = new Map(fixes.map((fix) => [fix.report.example, fix.opponents]))
  const edited = new Set(fixes.flatMap(({ report }) => report.edits.map(({ row }) => row)))
  const editedRows: ReportRow[] = Array.from(edited, (row) => ({
    row,
    text: dataset.text(row).join('\n'),
    label: dataset.labels[dataset.classes[row]!]!
  }))
  const { model, data, name } = project.settings
  return renderReport(
    fixes.map(({ report }) => report),
    {
      projectName: name,
      appVersion: version,
      createdAt: new Date().toISOString(),
      data: {
        file: basename(data.file),
        fingerprint: dataset.fingerprint,
        trainRows: training.rows.length,
        testRows: heldOut.rows.length,
        labels: dataset.labels
      },
      model:
        Object.entries(models).find(([known]) => known === model.name)?.[1].title ?? model.name,
      training: base.settings,
      baseAccuracy: base.epochs.at(-1)!.heldOutAccuracy,
      opponents,
      editedRows
    }
  )
}
