/** `erratum train`: the base model. */
import { trainBase } from '../pipeline/train.ts'
import { withProjectLock } from '../project/lock.ts'
import { openProject } from '../project/project.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { adamW } from '../training/settings.ts'
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
  seed: number
  threads?: number
}

/** SGD as in the paper's code; its rate unless the user gives one. */
const sgd = { optimizer: { kind: 'sgd', momentum: 0.9 }, learningRate: 0.05 } as const

export function train({ dir, seed, threads = 1, ...options }: Options): Promise<void> {
  return run(
    options,
    async ({ terminal, job }) => {
      await openProject(dir)
      await withProjectLock(dir, async () => {
        const changes = changesOf(options)
        const base = await trainBase({ folder: dir, changes, seed, operatorThreads: threads }, job)
        terminal.done()
        trainLines(base).forEach((line) => terminal.say(line))
        terminal.say(`Next: npx erratum mistakes ${shellWord(dir)} --band 0.3:0.7`)
        terminal.result(base)
      })
    },
    'The project is as it was before; the same command starts from the beginning.'
  )
}

function changesOf(options: Omit<Options, 'dir' | 'seed'>): Partial<TrainingSettings> {
  const { epochs, batchSize, learningRate, optimizer, maxLength } = options
  return {
    ...(optimizer === 'sgd' && sgd),
    ...(optimizer === 'adamw' && { optimizer: adamW }),
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(learningRate !== undefined && { learningRate }),
    ...(maxLength !== undefined && { maximumLength: maxLength })
  }
}
