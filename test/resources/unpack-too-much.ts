/** Unpacks an archive into a folder; started by unpack.test.ts under a limit on the size of files. */
import { unpackTar } from '../../resources/setup/unpack.ts'
import { toEnvelope } from '../../src-main/errors.ts'

const [archive, folder] = process.argv.slice(2)
try {
  await unpackTar(archive!, folder!)
  console.log('unpacked')
} catch (error) {
  console.log(JSON.stringify(toEnvelope(error)))
}
