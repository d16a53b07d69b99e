/**
 * The catalogue of errors: one row a code, with the exit status that the command line gives it.
 * A message says what was being done, what is wrong with which values, and what to do. Across
 * processes an error travels as `{code, message}` (see `toEnvelope`), because a thrown error's own
 * fields do not survive a structured clone.
 */
const exitCodes = {
  /** Wrong arguments or a request that makes no sense for this project. */
  'bad-argument': 2,
  /** A data set that cannot be read as given: names the file, the row and the column. */
  'bad-data': 2,
  /** A data set that is not the one the edits were made for. */
  'other-data': 2,
  /** A folder that is no project, or a project of a newer version. */
  'bad-project': 2,
  /** A model's folder that cannot be opened: names the file, the place and the remedy. */
  'bad-checkpoint': 2,
  /** A file of the project that is damaged: names the file and the remedy. */
  'damaged-file': 1,
  /** Another process works in the project. */
  locked: 1,
  /** The disk is full, or the folder cannot be written. */
  'cannot-write': 1,
  /** A file that its source does not give, or not as it published it. */
  'cannot-download': 1,
  /** A graph that breaks a rule of its operators: a defect in Erratum. */
  'bad-graph': 1,
  /** A model that cannot be trained as asked, such as a loss that is no longer a number. */
  'training-failed': 1,
  /** A thread or a process that does a task has ended by itself. */
  'worker-ended': 1,
  /** The user stopped the job. */
  cancelled: 130,
  /** Anything unforeseen. */
  internal: 1
} as const

export type ErrorCode = keyof typeof exitCodes

export const errorCodes = Object.keys(exitCodes) as ErrorCode[]

/** What crosses a process or thread boundary in place of an error. */
export interface ErrorEnvelope {
  code: ErrorCode
  message: string
}

/** An error whose message is meant for the user: what was done, what is wrong, what to do. */
export class ErratumError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ErratumError'
    this.code = code
  }
}

/** The process exit status for an error: 1 failed, 2 wrong arguments or bad input, 130 cancelled. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ErratumError ? exitCodes[error.code] : 1
}

/** Turns any thrown value into what can cross a boundary. */
export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof ErratumError) return { code: error.code, message: error.message }
  return {
    code: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

/** The first sentence of a message, without its full stop. */
export function firstSentence(message: string): string {
  const [first] = message.split(/\. |\n/)
  return first!.trim().replace(/\.$/, '')
}

/** The first line of what a library has thrown, without its full stop; the rest is advice. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.trim().split('\n')[0]!.trim().replace(/\.$/, '')
}

/** The error again, on the other side. */
export function fromEnvelope(envelope: ErrorEnvelope): ErratumError {
  return new ErratumError(envelope.code, envelope.message)
}

/** Throws `cancelled` once the signal is aborted; jobs call it between two units of work. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ErratumError('cancelled', 'Cancelled.')
}
