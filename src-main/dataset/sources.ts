/** The table of formats: which file names a format has, and how it is opened. */
import { access, constants, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { ErratumError } from '../errors.ts'
import { openCsv, openTsv } from './csv.ts'
import { openJsonl } from './jsonl.ts'
import { openParquet } from './parquet.ts'
import { formats, type Format, type OpenOptions, type Source, type SourceFile } from './source.ts'

interface Reader {
  extensions: readonly string[]
  open(file: SourceFile): Promise<Source>
}

/** One row a format. */
export const sources: Record<Format, Reader> = {
  csv: { extensions: ['.csv', '.txt'], open: openCsv },
  tsv: { extensions: ['.tsv', '.tab'], open: openTsv },
  jsonl: { extensions: ['.jsonl', '.ndjson'], open: openJsonl },
  parquet: { extensions: ['.parquet', '.pq'], open: openParquet }
}

/**
 * Opens a data file by the extension of its name. A text file is read once to find its encoding.
 * Throws `bad-data` for a file that is missing, empty, damaged or of another format.
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<Source> {
  const name = options.name ?? basename(path)
  await requireFile(path, name)
  const format = formatOf(path, name)
  return sources[format].open({ path, name, signal: options.signal })
}

function formatOf(path: string, name: string): Format {
  const extension = extname(path).toLowerCase()
  const format = formats.find((format) => sources[format].extensions.includes(extension))
  if (format) return format
  const known = formats.flatMap((format) => sources[format].extensions).join(', ')
  throw new ErratumError(
    'bad-data',
    `${name}: the name does not end in one of ${known}, so the format is unknown. Convert the file to one of these, or rename it.`
  )
}

async function requireFile(path: string, name: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new ErratumError('bad-data', `${path} is a folder. Name a data file in it.`)
    }
    await access(path, constants.R_OK)
  } catch (error) {
    if (error instanceof ErratumError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const problem = missing ? 'does not exist' : `cannot be read (${(error as Error).message})`
    const remedy = missing ? 'Check the path' : 'Check the permissions'
    throw new ErratumError('bad-data', `${name}: the file ${problem}. ${remedy}: ${path}`, {
      cause: error
    })
  }
}
