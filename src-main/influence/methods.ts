/** The methods: a row each. Adding one is a file, its row here and a parity case. */
import type { Influence, InfluenceQuery } from './query.ts'
import { randomInfluence } from './random.ts'
import { tracinLast } from './tracin-last.ts'
import { tracinWe } from './tracin-we.ts'
import { tracinWeTopk } from './tracin-we-topk.ts'

export interface Method {
  readonly title: string
  /** One sentence for the person who chooses. */
  readonly description: string
  score(query: InfluenceQuery): Promise<Influence>
}

export const methodNames = ['tracin-we-topk', 'tracin-we', 'tracin-last', 'random'] as const
export type MethodName = (typeof methodNames)[number]

export const defaultMethod: MethodName = 'tracin-we-topk'

export const methods: Readonly<Record<MethodName, Method>> = {
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
