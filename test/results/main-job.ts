/**
 * The main job on any data and model, with the time of every stage:
 * `node --import tsx test/results/main-job.ts DATA MODEL FOLDER '{"rounds": 10, "epochs": 3}'`.
 * DATA has the columns `text` and `label`; MODEL is what `erratum init --model` takes. Other numbers
 * of the last argument are settings of the training; `remove` and `pad` are the rows to edit, and
 * `threads` the rounds at a time.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { mainJob } from '../../src-main/pipeline.ts'
import type { SavedFix } from '../../src-main/pipeline/saved-fixes.ts'

const [data, model, folder, json = '{}'] = process.argv.slice(2) as [
  string,
  string,
  string,
  string?
]
const given = JSON.parse(json) as Record<string, number>
const { rounds = 10, remove = 20, pad = 50, threads, ...training } = given

let stage = 'Start'
let began = performance.now()
const enter = (next: string) => {
  const seconds = (performance.now() - began) / 1000
  if (stage !== 'Start') console.log(`  ${stage}: ${seconds.toFixed(1)} s`)
  stage = next
  began = performance.now()
}

const arms = ({ baseline, control, edited }: SavedFix['report']) =>
  Object.entries({ baseline, control, edited }).map(([name, arm]) => {
    if (!arm) return ''
    const { fixed, rounds: of, meanTrueProbability, accuracy } = arm
    return `${name} ${fixed} of ${of}, p(true) ${meanTrueProbability.toFixed(2)}, accuracy ${accuracy.toFixed(3)}`
  })

await mainJob(
  {
    init: { folder, data, text: 'text', label: 'label', seed: 1, model },
    training,
    rounds,
    fixes: [
      { action: 'remove', k: remove },
      { action: 'pad', k: pad }
    ],
    top: 5,
    out: join(folder, 'exported')
  },
  {
    stage: enter,
    imported: ({ rows }) => console.log(`${rows} rows`),
    trained({ epochs, seconds, doubts }) {
      const accuracies = epochs.map(({ heldOutAccuracy }) => heldOutAccuracy.toFixed(3))
      console.log(`held-out accuracy ${accuracies.join(', ')} in ${seconds.toFixed(0)} s`)
      doubts.forEach((doubt) => console.log(doubt))
    },
    picked: ({ example, probability, text }, inBand) =>
      console.log(
        `example ${example}, p(true) ${probability.toFixed(2)}, in band ${inBand}: ${text}`
      ),
    explained({ method, opponents }) {
      console.log(`opponents by ${method}:`)
      for (const { label, text, influence, words } of opponents) {
        const [worst] = words
        console.log(
          `  ${influence.toExponential(1)} ${label}: ${text.slice(0, 90)} (${worst?.word})`
        )
      }
    },
    fixed({ report }) {
      const { action, k, uplift } = report
      console.log(`${action} ${k}: ${arms(report).join('; ')}; p = ${uplift.pValue.toFixed(3)}`)
    },
    exported: ({ rowsEdited, rowsRemoved }) =>
      console.log(`exported: ${rowsRemoved} rows removed, ${rowsEdited} edited`)
  },
  { threads: threads ?? availableParallelism() }
)
enter('End')
