/** Archives unpacked so that nothing half done is ever in its place. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import AdmZip from 'adm-zip'
import { extract } from 'tar'
import { ErratumError } from '../../src-main/errors.ts'
import { makeFolder, writeFileAtomically } from '../../src-main/files/write.ts'
import { writableOrExplain } from '../../src-main/files/write-errors.ts'

/** Unpacks single files of a zip archive, each to its path. Throws `cannot-download`. */
export async function unzipFiles(
  archive: string,
  files: readonly { entry: string; to: string }[]
): Promise<void> {
  const zip = readable(archive, () => new AdmZip(archive))
  const found = files.map(({ entry, to }) => {
    const data = readable(archive, () => zip.readFile(entry))
    if (!data) throw damaged(archive, `it has no ${entry}`)
    return { data, to }
  })
  for (const { data, to } of found) {
    await makeFolder(dirname(to))
    await writeFileAtomically(to, data)
  }
}

/** Unpacks a .tar.gz into a folder, in place of what is there. Throws `cannot-download`. */
export async function unpackTar(
  archive: string,
  folder: string,
  { strip = 0 } = {}
): Promise<void> {
  const beside = `${folder}.part`
  await makeFolder(dirname(folder))
  await rm(beside, { recursive: true, force: true })
  await writableOrExplain(beside, async () => {
    await mkdir(beside)
    try {
      await extract({ file: archive, cwd: beside, strip, strict: true })
    } catch (error) {
      await rm(beside, { recursive: true, force: true })
      throw isOfSystem(error) ? error : damaged(archive, (error as Error).message)
    }
    await rm(folder, { recursive: true, force: true })
    await rename(beside, folder)
  })
}

/** Whether the system refused something. zlib's errors have a number, too, and some of tar's a call. */
function isOfSystem(error: unknown): boolean {
  const { errno, syscall } = error as NodeJS.ErrnoException
  return errno !== undefined && syscall !== undefined
}

function readable<Result>(archive: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw damaged(archive, error instanceof Error ? error.message : String(error))
  }
}

function damaged(archive: string, why: string): ErratumError {
  return new ErratumError(
    'cannot-download',
    `${archive} is no archive of the expected kind: ${why.replace(/\.$/, '')}. ` +
      'Delete it and run the command again.'
  )
}
