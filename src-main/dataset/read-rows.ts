/** The pass over the files of an import: each row's texts to the disk, its numbers to memory. */
import { stat } from 'node:fs/promises'
import { RowCollector, type Rows } from './row-collector.ts'
import type { ColumnNames } from './columns.ts'
import type { Source } from './source.ts'
import { TextsWriter, type WrittenTexts } from './texts-writer.ts'

/** How far an import is. */
export interface ImportProgress {
  rows: number
  /** The share of the files that has been read, 0 to 1. */
  share: number
}

export interface ReadRowsOptions {
  columns: ColumnNames
  labels?: readonly string[] | undefined
  /** The file that the texts are written to. */
  into: string
  signal?: AbortSignal | undefined
  onProgress?: ((progress: ImportProgress) => void) | undefined
}

/** Reads every record of the sources in their order. */
export async function readRows(
  sources: readonly Source[],
  options: ReadRowsOptions
): Promise<{ rows: Rows; texts: WrittenTexts }> {
  const { signal, onProgress } = options
  const columns = Object.values(options.columns).filter((name) => name !== undefined)
  const collector = new RowCollector(options.columns, options.labels)
  const shareOf = await shares(sources)
  const writer = await TextsWriter.open(options.into)
  try {
    for (const [index, source] of sources.entries()) {
      const onRead = (share: number) =>
        onProgress?.({ rows: collector.rowCount, share: shareOf(index, share) })
      for await (const record of source.records({ columns, signal, onRead })) {
        const text = collector.read(source, record)
        const { line, written } = writer.add(text)
        collector.look(text, line)
        if (written) await written
      }
      collector.endFile(source)
      onRead(1)
    }
    const rows = collector.finish(sources[0]!)
    return { rows, texts: await writer.finish() }
  } finally {
    await writer.close()
  }
}

/** The share of all files that is read when a share of one of them is. */
async function shares(
  sources: readonly Source[]
): Promise<(index: number, share: number) => number> {
  const sizes = await Promise.all(sources.map(async ({ path }) => (await stat(path)).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return (index, share) => {
    const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
    return (before + share * sizes[index]!) / total
  }
}
