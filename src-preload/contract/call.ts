/** What a row of the contract is made of. */
import { z } from 'zod'

/** A call: what goes in and what comes back. */
export interface Call<Input extends z.ZodType, Output extends z.ZodType> {
  readonly input: Input
  readonly output: Output
}

export function call<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output
): Call<Input, Output> {
  return { input, output }
}

/** For calls that are given nothing, or answer nothing. */
export const nothing = z.void()

/** Names a project that this Erratum knows; made from its folder, never a path. */
export const projectId = z.string().regex(/^[0-9a-f]{16}$/)

/** Names a job for as long as Erratum runs. */
export const jobId = z.uuid()

/** Names a file or folder that the user has picked; issued by the core, never a path. */
export const pickedToken = z.uuid()

/** Row id: the 0-based row number in the source. */
export const rowId = z.int().min(0)

export const inProject = z.object({ project: projectId })

/** Answer of whatever starts a job. */
export const startedJob = z.object({ job: jobId })
