/** Writes records of any text format as Parquet; columns get the narrowest type that holds their values. */
import type { SchemaElement } from 'hyparquet'
import type { Source } from '../dataset/source.ts'
import { parquetBytes, rowsInGroup, type ColumnValues } from './parquet-output.ts'
import { plainText, toJson } from './plain-text.ts'
import type { EditedRecord } from './write-text.ts'
import { weightColumn, type EditPlan } from './row-edits.ts'

type ColumnType = 'nothing' | 'boolean' | 'integer' | 'number' | 'text' | 'json'

const storage: Record<ColumnType, Pick<SchemaElement, 'type' | 'converted_type'>> = {
  nothing: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON' }
}

/**
 * Every column of a source and its type. JSON lines are all read for it, since any may hold a column
 * or a kind of value that those before it lack.
 */
export async function surveyColumns(
  source: Source,
  signal: AbortSignal | undefined
): Promise<Map<string, ColumnType>> {
  const known = source.format === 'jsonl' ? 'nothing' : 'text'
  const types = new Map<string, ColumnType>(source.columns.map((column) => [column, known]))
  if (source.format !== 'jsonl') return types
  for await (const { fields } of source.records({ signal })) {
    for (const [column, value] of Object.entries(fields)) {
      types.set(column, widen(types.get(column) ?? 'nothing', value))
    }
  }
  return types
}

/** The records as a Parquet file. */
export function convertToParquet(
  plan: EditPlan,
  types: ReadonlyMap<string, ColumnType>,
  records: AsyncIterable<EditedRecord>
): AsyncGenerator<Uint8Array> {
  const columns = plan.columns.map((name) => ({ name, type: typeOf(plan, types, name) }))
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...storage[type]
    }))
  ]
  async function* groups(): AsyncGenerator<ColumnValues[]> {
    const empty = (): ColumnValues[] => columns.map(({ name }) => ({ name, values: [] }))
    let group = empty()
    let rows = 0
    for await (const { record, changes } of records) {
      const fields = { ...record.fields, ...changes }
      columns.forEach(({ name, type }, at) => group[at]!.values.push(stored(type, fields[name])))
      if (++rows < rowsInGroup) continue
      yield group
      group = empty()
      rows = 0
    }
    yield group
  }
  return parquetBytes({ name: plan.source.name, schema, statistics: true }, groups())
}

/** An edit may widen its column: [PAD] in one of numbers, a fraction among whole weights. */
function typeOf(plan: EditPlan, types: ReadonlyMap<string, ColumnType>, name: string): ColumnType {
  const type = types.get(name) ?? 'nothing'
  if (name === weightColumn && plan.weighted) return type === 'text' ? 'text' : 'number'
  const widens = [...plan.rows.values()].some(
    ({ spans, label }) =>
      spans.has(name) || (name === plan.labelColumn && label !== undefined && !holds(type, label))
  )
  return widens ? 'text' : type
}

function holds(type: ColumnType, label: string): boolean {
  if (type === 'boolean') return label === 'true' || label === 'false'
  if (type === 'integer') return /^-?\d+$/.test(label)
  return type === 'number' && Number.isFinite(Number(label))
}

function widen(type: ColumnType, value: unknown): ColumnType {
  const found = kindOf(value)
  if (found === 'nothing' || found === type) return type
  if (type === 'nothing') return found
  if (type === 'json' || found === 'json') return 'json'
  const numeric = (kind: ColumnType): boolean => kind === 'integer' || kind === 'number'
  return numeric(type) && numeric(found) ? 'number' : 'text'
}

function kindOf(value: unknown): ColumnType {
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return 'integer'
    case 'number':
      return Number.isSafeInteger(value) ? 'integer' : 'number'
    case 'string':
      return 'text'
    case 'object':
      return value === null ? 'nothing' : 'json'
    default:
      return 'nothing'
  }
}

function stored(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return undefined
  switch (type) {
    case 'integer':
      return BigInt(value as number | bigint)
    case 'number':
      return Number(value)
    case 'text':
      return plainText(value)
    case 'json':
      return JSON.parse(toJson(value)) as unknown
    case 'nothing':
    case 'boolean':
      return value
  }
}
