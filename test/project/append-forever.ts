/** Appends records to the journal named on the command line until it is killed. */
import { z } from 'zod'
import { openJournal } from '../../src-main/project/journal.ts'

const journal = await openJournal(process.argv[2]!, z.object({ key: z.string(), text: z.string() }))
for (let i = 0; ; i++) {
  await journal.append({ key: String(i), text: 'x'.repeat(100_000) })
  console.log(i)
}
