/** `erratum mistakes`: what the base model gets wrong. */
import type { MistakeFilter } from '../pipeline/mistakes.ts'
import { listMistakes } from '../pipeline/mistakes.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { mistakeLines } from './describe.ts'
import { shellWord } from './harmless.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

export function mistakes({
  dir,
  ...options
}: CommonOptions & MistakeFilter & { dir: string }): Promise<void> {
  return run(options, async ({ terminal }) => {
    const workspace = await openTrained(dir)
    const found = await listMistakes(workspace, options)
    mistakeLines(found).forEach((line) => terminal.say(line))
    const [first] = found
    if (first) {
      terminal.say(`Next: npx erratum explain ${shellWord(dir)} --example ${first.example}`)
    }
    terminal.result(found)
  })
}
