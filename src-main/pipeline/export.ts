/** Writes a fix out: the curated training set, its edits and the report. */
import { basename, extname, join } from 'node:path'
import type { Format } from '../dataset/source.ts'
import { openSource, sources } from '../dataset/sources.ts'
import { identifyData } from '../export/content-hash.ts'
import { describeEdits, describeFix } from '../export/describe.ts'
import { writeEditsFile } from '../export/edits-file.ts'
import { exportCurated } from '../export/write-curated.ts'
import { makeFolder, writeFileAtomically } from '../files/write.ts'
import { progressMeter } from '../jobs/progress.ts'
import { models } from '../models/models.ts'
import type { ReportRow } from '../report/edits-diff.ts'
import { renderReport } from '../report/report.ts'
import { version } from '../version.ts'
import type { SavedFix } from './saved-fixes.ts'
import type { Job } from './job.ts'
import type { TrainedWorkspace } from './workspace.ts'

export interface ExportOptions {
  fix: SavedFix
  /** Other fixes of the same example, which the report shows as well. */
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
export async function exportFix(
  workspace: TrainedWorkspace,
  { fix, others = [], out, format }: ExportOptions,
  job: Job
): Promise<ExportedFiles> {
  const { dataset } = workspace
  const { manifest } = dataset
  const original = manifest.sources[0]!
  const source = await openSource(join(dataset.folder, original.file), { name: original.name })
  const { text, textPair, label } = manifest.columns
  const columns = { text, ...(textPair !== undefined && { textPair }), label }
  const edits = describeEdits(fix.report.edits, { dataset, columns, why: reasonsOf(fix) })
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
  const described = describeFix({
    report: fix.report,
    data: { ...identity, file: original.name, fingerprint: dataset.fingerprint },
    edits,
    erratum: version,
    createdAt: new Date()
  })
  await writeEditsFile(files.edits, described)
  await writeFileAtomically(files.report, reportOf(workspace, [fix, ...others]))
  const removed = fix.report.edits.filter(({ kind }) => kind === 'remove').length
  return { ...files, rowsRemoved: removed, rowsEdited: fix.report.edits.length - removed }
}

/** Says of every edit why it is there. */
function reasonsOf({ report, suggestions }: SavedFix) {
  const byRow = new Map(
    suggestions.map((suggestion, n) => [suggestion.edit.row, { suggestion, n }])
  )
  return ({ row }: { row: number }) => {
    const { suggestion, n } = byRow.get(row)!
    const of = `Opponent ${n + 1} of example ${report.example} by ${report.method}`
    const { wordInfluence, influence } = suggestion
    return wordInfluence === undefined
      ? { reason: `${of}.`, influence }
      : { reason: `${of}; of its words this one pushes hardest.`, influence: wordInfluence }
  }
}

function reportOf(workspace: TrainedWorkspace, fixes: readonly SavedFix[]): string {
  const { dataset, project, training, heldOut } = workspace
  const { base, opponents } = fixes[0]!
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
