/** Every version of the database that was released, opened by this one. */
import { readFileSync, readdirSync } from 'node:fs'
import { Dexie } from 'dexie'
import { beforeEach, describe, expect, it } from 'vitest'
import { Database, unusable } from '../../../src-renderer/db/database.ts'

/** A database as that version left it: its stores, and a record of each kind. */
interface Fixture {
  stores: Record<string, string>
  records: Record<string, object[]>
}

const folder = `${import.meta.dirname}/../../fixtures/database`
const versions = readdirSync(folder).map((name) => Number(/^v(\d+)\.json$/.exec(name)?.[1]))
const fixture = (version: number) =>
  JSON.parse(readFileSync(`${folder}/v${version}.json`, 'utf8')) as Fixture

/** Makes the database `erratum-test` as that version did. */
async function make(version: number, { stores, records }: Fixture): Promise<void> {
  const old = new Dexie('erratum-test')
  old.version(version).stores(stores)
  await old.open()
  for (const [table, kept] of Object.entries(records)) await old.table(table).bulkAdd(kept)
  old.close()
}

/** What the tables hold when this version has opened them. */
async function contents(): Promise<Record<string, unknown[]>> {
  const database = new Database('erratum-test')
  const tables: [string, unknown[]][] = []
  for (const table of database.tables) tables.push([table.name, await table.toArray()])
  database.close()
  return Object.fromEntries(tables)
}

beforeEach(() => Dexie.delete('erratum-test'))

it('has a fixture for every version up to this one', () => {
  const { verno } = new Database('erratum-test')
  expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: verno }, (_, n) => n + 1))
})

it('has a record of every table in the fixture of this version', async () => {
  const { tables, verno } = new Database('erratum-test')
  const { records } = fixture(verno)
  for (const { name } of tables) expect(records[name]?.length, name).toBeGreaterThan(0)
})

describe.each(versions)('a database of version %i', (version) => {
  const { stores, records } = fixture(version)

  it('keeps what the user has made', async () => {
    await make(version, { stores, records })
    const { filters, drafts, seen } = await contents()
    expect({ filters, drafts, seen }).toEqual({
      filters: records['filters'],
      drafts: records['drafts'] ?? [],
      seen: records['seen'] ?? []
    })
  })

  it('keeps records of fixes where they are of this version, and fetches others anew', async () => {
    await make(version, { stores, records })
    expect((await contents())['runs']).toEqual(version < 2 ? [] : records['runs'])
  })

  it('takes records like a new one', async () => {
    await make(version, { stores, records })
    const database = new Database('erratum-test')
    const now = fixture(database.verno).records
    for (const [table, kept] of Object.entries(now)) await database.table(table).bulkPut(kept)
    database.close()
    expect(await contents()).toEqual(now)
  })
})

describe('a database of a newer version', () => {
  const newest = Math.max(...versions)
  const { stores, records } = fixture(newest)
  const newer = { stores: { ...stores, seen: null as unknown as string, extra: 'id' }, records: {} }

  beforeEach(async () => {
    await make(newest, { stores, records })
    await make(newest + 1, newer)
  })

  it('is refused in a sentence that says what to do', async () => {
    const database = new Database('erratum-test')
    const error = await database.runs.toArray().catch((refused: unknown) => refused)
    expect(unusable(error).message).toBe(
      'The window’s own records are those of a newer Erratum. Update this one, or reset them in Settings: your projects keep everything.'
    )
  })

  it('is left as it is', async () => {
    await new Database('erratum-test').runs.toArray().catch(() => undefined)
    const [found] = await indexedDB.databases()
    expect(found?.version).toBe(10 * (newest + 1))
  })

  it('gives way to a new one when it is reset', async () => {
    const database = new Database('erratum-test')
    await database.runs.toArray().catch(() => undefined)
    await database.delete()
    expect(await contents()).toEqual({ runs: [], filters: [], drafts: [], seen: [] })
  })
})
