/** A temporary folder a test, and what the tests of this folder ask of errors. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { ImportOptions } from '../../src-main/dataset/import.ts'
import { importDataset } from '../../src-main/dataset/import.ts'
import type { ImportReport } from '../../src-main/dataset/import-report.ts'
import { openDataset, type OpenDataset } from '../../src-main/dataset/open.ts'
import type { Source, SourceRecord } from '../../src-main/dataset/source.ts'
import { openSource } from '../../src-main/dataset/sources.ts'
import { ErratumError } from '../../src-main/errors.ts'

export interface Workplace {
  at(name: string): string
  /** Writes a file and gives back its path. */
  write(name: string, content: string | Uint8Array): string
  /** Imports a file with the columns text and label, unless told otherwise. */
  take(path: string, options?: Partial<ImportOptions>): Promise<ImportReport>
  /** The data set that the last `take` made. */
  open(): OpenDataset
  /** What lies in the folder that `take` imports into, and beside it. */
  left(): string[]
}

/** A fresh folder for every test of the file that calls this, gone afterwards. */
export function useWorkplace(): Workplace {
  let folder = ''
  let opened: OpenDataset[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'erratum-dataset-'))
    mkdirSync(join(folder, 'out'))
    opened = []
  })
  afterEach(() => {
    for (const dataset of opened) dataset.close()
    rmSync(folder, { recursive: true })
  })
  const at = (name: string): string => join(folder, name)
  return {
    at,
    write(name, content) {
      writeFileSync(at(name), content)
      return at(name)
    },
    take: (path, options) =>
      importDataset({
        path,
        text: 'text',
        label: 'label',
        seed: 1,
        into: at('out/set'),
        ...options
      }),
    open() {
      const dataset = openDataset(at('out/set'))
      opened.push(dataset)
      return dataset
    },
    left: () => readdirSync(at('out'))
  }
}

/** The message of the ErratumError that a promise ends in, after its code. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ErratumError) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}

/** A source and all of its records. */
export async function readAll(path: string): Promise<{ source: Source; records: SourceRecord[] }> {
  const source = await openSource(path)
  const records: SourceRecord[] = []
  for await (const record of source.records()) records.push(record)
  return { source, records }
}

/** `count` rows of CSV under a header, with labels in turn. */
export function csvOf(count: number, labels = ['neg', 'pos']): string {
  const rows = Array.from(
    { length: count },
    (_, row) => `text ${row},${labels[row % labels.length]}`
  )
  return `text,label\n${rows.join('\n')}\n`
}
