/** Writes 4 MiB to the file named on the command line; started by write.test.ts under a size limit. */
import { toEnvelope } from '../../src-main/errors.ts'
import { writeFileAtomically } from '../../src-main/files/write.ts'

try {
  await writeFileAtomically(process.argv[2]!, Buffer.alloc(4 * 2 ** 20, 'x'))
  console.log('written')
} catch (error) {
  console.log(JSON.stringify(toEnvelope(error)))
}
