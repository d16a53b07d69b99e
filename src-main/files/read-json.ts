/** Reading JSON that this program wrote. */
import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { ErratumError } from '../errors.ts'

/** Reads a JSON file; throws `damaged-file` with the field that is wrong and the `remedy`. */
export async function readJson<T>(path: string, schema: z.ZodType<T>, remedy: string): Promise<T> {
  const damaged = (what: string) =>
    new ErratumError('damaged-file', `${path} is damaged: ${what}. ${remedy}`)
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw damaged((error as Error).message)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw damaged(`${issue.path.join('.') || 'the whole file'}: ${issue.message}`)
}
