/** Pages of a data set's rows, for reading. */
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import type { projectsContract } from '../../src-preload/contract/projects.ts'
import { splits } from '../dataset/dataset.ts'
import type { OpenDataset } from '../dataset/open.ts'
import { throwIfCancelled } from '../errors.ts'
import type { Service } from './service.ts'

type Wanted = z.infer<typeof projectsContract.rows.input>
type Filter = Pick<Wanted, 'split' | 'label' | 'search'>

/** Texts that are searched before other calls have their turn. */
const searchedAtOnce = 500

/** The rows of the last filters by data set: scrolling asks for page after page of the same. */
const lastFound = new WeakMap<OpenDataset, { filter: string; found: Promise<Int32Array> }>()

/** A page of the rows that pass the filters, by row id. */
export async function readRows(
  service: Service,
  { project, start, count, ...filter }: Wanted,
  signal: AbortSignal | undefined
): Promise<z.infer<typeof projectsContract.rows.output>> {
  const { dataset } = await service.open.workspace(service.known.folderOf(project))
  const rows = await passing(dataset, filter, signal)
  return {
    total: rows.length,
    rows: Array.from(rows.subarray(start, start + count), (row) => ({
      row,
      split: splits[dataset.splitOf[row]!]!,
      label: dataset.labels[dataset.classes[row]!]!,
      text: dataset.text(row).join('\n')
    }))
  }
}

async function passing(
  dataset: OpenDataset,
  { split, label, search }: Filter,
  signal: AbortSignal | undefined
): Promise<Int32Array> {
  const query = search.trim().toLowerCase()
  const filter = JSON.stringify([split, label, query])
  const last = lastFound.get(dataset)
  if (last?.filter === filter) return last.found
  const found = find(dataset, { split, label, search: query }, signal)
  lastFound.set(dataset, { filter, found })
  // A search that was given up is no answer for the next page.
  found.catch(() => lastFound.delete(dataset))
  return found
}

async function find(
  dataset: OpenDataset,
  { split, label, search }: Filter,
  signal: AbortSignal | undefined
): Promise<Int32Array> {
  const wantedClass = label === null ? -1 : dataset.labels.indexOf(label)
  const wantedSplit = split === null ? -1 : splits.indexOf(split)
  const found: number[] = []
  let searched = 0
  for (let row = 0; row < dataset.rowCount; row++) {
    if (split !== null && dataset.splitOf[row] !== wantedSplit) continue
    if (label !== null && dataset.classes[row] !== wantedClass) continue
    if (search !== '') {
      if (++searched % searchedAtOnce === 0) {
        await setImmediate()
        throwIfCancelled(signal)
      }
      if (!dataset.text(row).join('\n').toLowerCase().includes(search)) continue
    }
    found.push(row)
  }
  return Int32Array.from(found)
}
