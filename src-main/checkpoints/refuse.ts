/** How a checkpoint folder is refused. */
import { ErratumError } from '../errors.ts'

/** What to do about a folder that contradicts itself. */
export const saveAgain =
  'Download the folder again, or save the model and its tokenizer again with transformers.'

/** An error that names a file or folder, the place and what is wrong there, and the remedy. */
export function refusal(path: string, what: string, remedy = saveAgain): ErratumError {
  return new ErratumError('bad-checkpoint', `${path}: ${what}. ${remedy}`)
}

/** Of a file that is not what its head says, for the reader of safetensors. */
export function damagedFile(path: string) {
  return (what: string, cause?: unknown) =>
    new ErratumError(
      'bad-checkpoint',
      `${path} is damaged: ${what}. Download or copy the folder again.`,
      { cause }
    )
}
