/** A small JSON file of the application's own, kept in memory. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { ErratumError } from '../errors.ts'
import { makeFolder, writeJsonAtomically } from '../files/write.ts'

/**
 * Such a file holds nothing that could not be made again, so one that is missing or damaged is as
 * good as empty.
 */
export class Stored<T> {
  readonly #path: string
  #value: T
  /** Writes follow one another. */
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, schema: z.ZodType<T>, empty: T) {
    this.#path = path
    this.#value = read(path, schema) ?? empty
  }

  get value(): T {
    return this.#value
  }

  /** Changes the value, and the file with it. */
  set(value: T): Promise<void> {
    this.#value = value
    const write = async () => {
      await makeFolder(dirname(this.#path))
      await writeJsonAtomically(this.#path, this.#value)
    }
    this.#writing = this.#writing.then(write, write)
    return this.#writing
  }

  /** The same for what nobody typed in: where the file cannot be written, it lasts as long as the process. */
  async keep(value: T): Promise<void> {
    try {
      await this.set(value)
    } catch (error) {
      if (!(error instanceof ErratumError) || error.code !== 'cannot-write') throw error
    }
  }
}

function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
