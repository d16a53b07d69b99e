/** `erratum train`: the base model. */
import { trainBase } from '../pipeline/train.ts'
import { withProjectLock } from '../project/lock.ts'
import { openProject } from '../project/project.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { trainLines } from './describe.ts'
import { shellWord } from './harmless.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

interface Options extends CommonOptions {
  dir: string
  epochs?: number
  batchSize?: number
  learningRate?: number
  optimizer?: 'adamw' | 'sgd'
  maxLength?: number
  warmUp?: number
  clip?: number
  dropout?: number
  freeze?: number
  accumulate?: number
  seed: number
  threads?: number
}

export function train(options: Options): Promise<void> {
  const { dir, seed, optimizer, threads } = options
  return run(
    options,
    async ({ terminal, job }) => {
      await openProject(dir)
      await withProjectLock(dir, async () => {
        const changes = changesOf(options)
        const base = await trainBase(
          { folder: dir, optimizer, changes, seed, operatorThreads: threads },
          job
        )
        terminal.done()
        trainLines(base).forEach((line) => terminal.say(line))
        terminal.say(`Next: npx erratum mistakes ${shellWord(dir)} --band 0.3:0.7`)
        terminal.result(base)
      })
    },
    'Epochs that had ended are kept; the same command goes on from there.'
  )
}

function changesOf(options: Options): Partial<TrainingSettings> {
  const { epochs, batchSize, learningRate, maxLength, warmUp, clip, dropout } = options
  const changes: { [Name in keyof TrainingSettings]?: TrainingSettings[Name] | undefined } = {
    ...{ epochs, batchSize, learningRate, dropout },
    maximumLength: maxLength,
    warmUpShare: warmUp,
    clipNorm: clip,
    frozenLayers: options.freeze,
    accumulation: options.accumulate
  }
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}
