/** `erratum demo`: the main job on the data set that comes along. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { existsSync } from 'node:fs'
import { ErratumError } from '../errors.ts'
import { makeFolder, writeFileAtomically } from '../files/write.ts'
import { resource } from '../installation.ts'
import { mainJob, usualBand } from '../pipeline.ts'
import { duration } from '../report/numbers.ts'
import { explanationLines, fixLines, importLines, trainLines } from './describe.ts'
import { oneLine, shellWord } from './harmless.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

const embedded = resource('spam-assassin.csv.gz')

/** Rows that the demo holds out: enough of them to have mistakes to choose from. */
const heldOutShare = 0.2
/** Less than the preset does, so that 50 retrainings take two minutes; as accurate here. */
const training = { epochs: 2, learningRate: 3e-3, maximumLength: 96 }

export interface DemoOptions extends CommonOptions {
  out: string
}

/** Runs the demo and says at each stage what it means. */
export function demo({ out, ...common }: DemoOptions): Promise<void> {
  return run(
    common,
    async ({ terminal, job }) => {
      const start = performance.now()
      const folder = resolve(out)
      await refuseOthers(folder)
      await rm(folder, { recursive: true, force: true })
      await makeFolder(folder)
      await writeFileAtomically(join(folder, marker), 'Made by erratum demo, which replaces it.\n')
      const data = join(folder, 'spam-assassin.csv')
      await writeFileAtomically(data, gunzipSync(await readFile(embedded)))
      terminal.say(
        'Erratum demo: a spam filter gets an e-mail wrong. Which training e-mails made it'
      )
      terminal.say('do so, and would it be right without them?')

      const results: Record<string, unknown> = { fixes: [] as unknown[] }
      const say = (lines: readonly string[]) => lines.forEach((line) => terminal.say(line))
      const project = join(folder, 'project')
      const init = {
        folder: project,
        data,
        text: 'text',
        label: 'label',
        seed: 0,
        heldOutShare,
        model: 'text-cnn'
      }
      const fixes = [
        { action: 'remove', k: 50 },
        { action: 'pad', k: 200 }
      ] as const
      let stage = 0
      await mainJob(
        { init, training, rounds: 10, fixes, top: 5, out: join(folder, 'export') },
        {
          stage: (name) => {
            terminal.done()
            terminal.say()
            terminal.say(`${++stage}. ${name}`)
          },
          imported: (report) => say(importLines(report)),
          trained: (base) => {
            results['base'] = base
            say(trainLines(base))
          },
          picked: (mistake, inBand) => {
            results['mistake'] = mistake
            const { baseline, example, probability, text, trueLabel, predictedLabel } = mistake
            if (!inBand) {
              terminal.say(
                `No stably wrong prediction has a probability of ${usualBand.join(' to ')}; this is the nearest.`
              )
            }
            terminal.say(`Example ${example}: “${oneLine(text, 200)}”`)
            terminal.say(
              `It is ${trueLabel}, and the model says ${predictedLabel} (probability of the truth ` +
                `${probability.toFixed(2)}). Retrained ${baseline!.rounds} times as it is, the model is ` +
                `right ${baseline!.fixed} times.`
            )
          },
          explained: (explanation) => {
            results['explanation'] = explanation
            say(explanationLines(explanation))
          },
          fixed: (fix) => {
            ;(results['fixes'] as unknown[]).push(fix.report)
            say(fixLines(fix))
          },
          exported: (files) => {
            results['files'] = files
            terminal.say(`Curated data   ${files.curated}`)
            terminal.say(`Its edits      ${files.edits}`)
            terminal.say(`Report         ${files.report}`)
          }
        },
        job
      )
      const seconds = (performance.now() - start) / 1000
      terminal.say()
      terminal.say(
        `Done in ${duration(seconds)}. Open the report in a browser; the project is in ${project}:`
      )
      terminal.say(`  npx erratum mistakes ${shellWord(project)}`)
      terminal.result({ project, ...results, seconds })
    },
    'The same command starts the demo from the beginning.'
  )
}

const marker = '.erratum-demo'

/** A folder of the user's own is never replaced. */
async function refuseOthers(folder: string): Promise<void> {
  if (!existsSync(folder) || existsSync(join(folder, marker))) return
  if ((await readdir(folder).catch(() => ['a file'])).length === 0) return
  throw new ErratumError(
    'bad-argument',
    `${folder} is there already and was not made by erratum demo. Name another folder with --out.`
  )
}
