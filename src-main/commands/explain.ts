/** `erratum explain`: the training rows behind a prediction. */
import { writeFileAtomically } from '../files/write.ts'
import type { MethodName } from '../influence/method-names.ts'
import { methodFor } from '../influence/methods.ts'
import { exampleOf } from '../pipeline/example.ts'
import { explain as explainExample, isExplainable } from '../pipeline/explain.ts'
import type { TrainedWorkspace } from '../pipeline/workspace.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import { explanationLines } from './describe.ts'
import { oneLine, shellWord } from './harmless.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

interface Options extends CommonOptions {
  dir: string
  example: number
  method?: MethodName
  checkpoints?: number[]
  top: number
  scores?: string
}

export function explain({ dir, example: row, scores: file, ...given }: Options): Promise<void> {
  return run(
    given,
    async ({ terminal, job }) => {
      const workspace = await openTrained(dir)
      const method = given.method ?? methodFor(workspace.base.settings.optimizer)
      const options = { ...given, method }
      const example = exampleOf(workspace, row)
      const work = () => explainExample(workspace, example, options, job)
      // Another process may use the project while this one only reads.
      const alone = !(await isExplainable(workspace, options))
      const { scores, explanation } = await (alone ? withProjectLock(dir, work) : work())
      terminal.done()
      const { probability, predictedLabel, trueLabel, text } = example
      terminal.say(`Example ${row}: “${oneLine(text, 300)}”`)
      terminal.say(
        `True ${oneLine(trueLabel, 40)}, predicted ${oneLine(predictedLabel, 40)}; probability of the true label ${probability.toFixed(2)}.`
      )
      explanationLines(explanation).forEach((line) => terminal.say(line))
      if (file !== undefined) {
        await writeFileAtomically(file, scoreLines(workspace, scores))
        terminal.say(`Wrote the influence of ${scores.length} training rows to ${file}.`)
      }
      const next = `npx erratum fix ${shellWord(dir)} --example ${row}`
      if (predictedLabel !== trueLabel)
        terminal.say(`Next: ${next} --action remove --k 10 --control`)
      terminal.result(explanation)
    },
    'Gradients that were finished are kept; the same command goes on from there.'
  )
}

function* scoreLines({ training, dataset }: TrainedWorkspace, scores: Float64Array) {
  yield 'row,label,influence\n'
  for (let i = 0; i < scores.length; i++) {
    const label = dataset.labels[training.classes[i]!]!
    const cell = /[",\r\n]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label
    yield `${training.rows[i]},${cell},${scores[i]}\n`
  }
}
