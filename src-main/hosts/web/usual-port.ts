/**
 * The port of a data folder: a browser keeps drafts, filters and the tour that was seen by address, so
 * the next start is to have the address of the last.
 */
import { z } from 'zod'
import { ErratumError } from '../../errors.ts'
import { Stored } from '../../service/stored.ts'

/** 0 where there is none yet. */
const portSchema = z.object({ port: z.number().int().min(0).max(65535) })

/**
 * Starts on the port of the last time, kept in the file, or on any that is free where another program
 * has it. A port that is `wanted` is taken or refused (`bad-argument`).
 */
export async function startOnUsualPort<Started extends { readonly port: number }>(
  start: (port: number) => Promise<Started>,
  { file, wanted }: { file: string; wanted: number | undefined }
): Promise<Started> {
  if (wanted !== undefined) return start(wanted).catch(explainTaken(wanted))
  const kept = new Stored(file, portSchema, { port: 0 })
  const { port } = kept.value
  let isOurs = port > 0
  const started = await start(port).catch((error: unknown) => {
    if (port === 0 || !isUnusable(error)) throw error
    // Whoever has it, perhaps another Erratum on this folder, is gone some day; the system stays.
    isOurs = codeOf(error) === 'EADDRINUSE'
    return start(0)
  })
  if (!isOurs) await kept.keep({ port: started.port })
  return started
}

function explainTaken(port: number) {
  return (error: unknown): never => {
    if (!isUnusable(error)) throw error
    throw new ErratumError(
      'bad-argument',
      `Port ${port} cannot be used: another program has it, or it is the system's. Give another ` +
        '(--port), or none.'
    )
  }
}

function isUnusable(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(codeOf(error))
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? ''
