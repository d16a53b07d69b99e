/**
 * TracIn-WE-Topk (paper, eq. 5–6): TracIn-WE over the 10 positions of each text with the largest
 * gradient norm, and over the tokens that mark a text's ends where a model has such (`marksEnds`). Those
 * fit on disk, ordered by word, so a query reads only what the example shares.
 */
import type { Influence, InfluenceQuery } from './query.ts'
import { sumOverWords } from './word-terms.ts'

export function tracinWeTopk(query: InfluenceQuery): Promise<Influence> {
  return sumOverWords(query, (gradient) => gradient)
}
