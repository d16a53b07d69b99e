/** The methods: a row each. Adding one is a file, its row here and a parity case. */
import type { OptimizerSettings } from '../training/optimizers.ts'
import type { Influence, InfluenceQuery } from './query.ts'
import type { MethodName } from './method-names.ts'
import { randomInfluence } from './random.ts'
import { tracinLast } from './tracin-last.ts'
import { tracinWe } from './tracin-we.ts'
import { tracinWeAdam } from './tracin-we-adam.ts'
import { tracinWeTopk } from './tracin-we-topk.ts'

export interface Method {
  readonly title: string
  /** One sentence for the person who chooses. */
  readonly description: string
  score(query: InfluenceQuery): Promise<Influence>
}

/** The method for a model, by what has trained it: that of the steps which were really taken. */
export function methodFor({ kind }: OptimizerSettings): MethodName {
  return kind === 'adamw' ? 'tracin-we-adam' : 'tracin-we-topk'
}

export const methods: Readonly<Record<MethodName, Method>> = {
  'tracin-we-adam': {
    title: 'TracIn-WE-Adam',
    description:
      'TracIn-WE-Topk with gradients scaled as AdamW scales its steps: rare words weigh more.',
    score: tracinWeAdam
  },
  'tracin-we-topk': {
    title: 'TracIn-WE-Topk',
    description: 'Similarity of word gradients over the ten words of each text that matter most.',
    score: tracinWeTopk
  },
  'tracin-we': {
    title: 'TracIn-WE',
    description: 'Similarity of word gradients over all words; slower, as nothing is kept on disk.',
    score: tracinWe
  },
  'tracin-last': {
    title: 'TracIn-last',
    description: 'Similarity of the gradients of the last layer: the usual alternative.',
    score: tracinLast
  },
  random: {
    title: 'Random',
    description: 'Rows in a random order: what a method must beat.',
    score: randomInfluence
  }
}
