/** A look through data that are not imported: how many rows, which labels, and a sample of texts. */
import type { ColumnNames } from './columns.ts'
import { requireColumns } from './columns.ts'
import type { RowText } from './dataset.ts'
import { RowCollector } from './row-collector.ts'
import { openSource } from './sources.ts'
import { splitCode } from './split.ts'

export interface Survey {
  /** In the order of the classes. */
  labels: readonly string[]
  /** Rows that are not held out. */
  trainingRows: number
  /** Texts from all parts of the data. */
  sample: readonly RowText[]
}

export interface SurveyOptions {
  path: string
  testPath?: string | undefined
  columns: ColumnNames
  /** The share that is held out where neither a column nor a file says which rows are. */
  heldOutShare: number
  signal?: AbortSignal | undefined
}

/** Looks through the files; throws `bad-data` as an import would for what it cannot read. */
export async function surveyData(options: SurveyOptions): Promise<Survey> {
  const { path, testPath, columns, heldOutShare, signal } = options
  const collector = new RowCollector(columns, undefined)
  const sample = new EvenSample<RowText>(1000)
  const sources = await Promise.all(
    [path, ...(testPath === undefined ? [] : [testPath])].map((each) =>
      openSource(each, { signal })
    )
  )
  const wanted = Object.values(columns).filter((name) => name !== undefined)
  for (const source of sources) {
    requireColumns(source, columns)
    for await (const record of source.records({ columns: wanted, signal })) {
      const text = collector.read(source, record)
      // What the import looks out for besides needs more than a glance.
      collector.look(text, '')
      sample.add(text)
    }
    collector.endFile(source)
  }
  const { labels, splitCodes } = collector.finish(sources[0]!)
  const isDecided = columns.split !== undefined || testPath !== undefined
  const train = splitCodes.reduce((sum, code) => sum + (code === splitCode('train') ? 1 : 0), 0)
  const trainingRows = isDecided ? train : Math.round(splitCodes.length * (1 - heldOutShare))
  return { labels, trainingRows, sample: sample.items }
}

/** Items from all parts of a sequence whose end is not known: every nth, with n growing. */
export class EvenSample<T> {
  readonly #most: number
  #items: T[] = []
  #step = 1
  #seen = 0

  constructor(most: number) {
    this.#most = most
  }

  /** At least half as many as there may be, or all. */
  get items(): readonly T[] {
    return this.#items
  }

  add(item: T): void {
    if (this.#seen++ % this.#step !== 0) return
    if (this.#items.length === this.#most) {
      this.#items = this.#items.filter((_, n) => n % 2 === 0)
      this.#step *= 2
      // The number of items is even, so this one is the next that the longer steps meet.
    }
    this.#items.push(item)
  }
}
