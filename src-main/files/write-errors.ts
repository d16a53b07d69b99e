import { constants } from 'node:os'
import { ErratumError } from '../errors.ts'

/** By the system's error code: what is wrong and what to do, as two sentences after the path. */
const explanations: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space on it, then run this again.',
  EDQUOT:
    'your quota on this disk is used up. Free some space or ask for more, then run this again.',
  EACCES: 'it is not allowed. Give yourself the right to write there, or choose another folder.',
  EPERM: 'it is not permitted. Give yourself the right to write there, or choose another folder.',
  EROFS: 'the disk is read-only. Choose a folder on another disk, or make this one writable.',
  EBUSY: 'another program has it open. Close that program, then run this again.',
  EFBIG: 'it grows larger than the disk or your limits allow. Choose a folder on another disk.',
  EISDIR: 'there is a folder of this name. Choose another name, or move the folder away.',
  ENOTDIR: 'a part of the path is a file, not a folder. Choose another folder.',
  ENOENT: 'its folder does not exist. Create the folder, or choose another one.'
}

/** A failure to write as an error for the user (`cannot-write`); any other error comes back as it is. */
export function explainWriteError(path: string, error: unknown): unknown {
  if (error instanceof ErratumError || !(error instanceof Error)) return error
  const explanation = explanations[systemCode(error)]
  if (!explanation) return error
  return new ErratumError('cannot-write', `${path} could not be written: ${explanation}`, {
    cause: error
  })
}

/** Runs something that writes to `path`; a full disk or a missing right becomes `cannot-write`. */
export async function writableOrExplain<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw explainWriteError(path, error)
  }
}

function systemCode(error: NodeJS.ErrnoException): string {
  // Node has no name for a quota error and reports the number only.
  if (error.errno === -constants.errno.EDQUOT) return 'EDQUOT'
  return error.code ?? ''
}
