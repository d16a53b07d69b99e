/** What a method is asked, and what it answers. */
import type { ExampleGradients, LabelledTexts } from '../gradients/extractor.ts'
import type { Positions } from '../gradients/word-gradients.ts'
import type { GradientStore } from '../gradients/store.ts'

/** One checkpoint as the methods see it. */
export interface CheckpointView {
  /** η of the checkpoint: the learning rate of its last step. */
  readonly learningRate: number
  /** Gradients of training texts, extracted now; for what the store does not hold. */
  extract(indices: readonly number[], positions: Positions): AsyncIterable<ExampleGradients[]>
  /** The example's own gradients, at its true label. */
  example(positions: Positions): Promise<ExampleGradients>
  /** The word gradients of all training texts, with the positions of the `topk` methods. */
  readonly store: GradientStore
  /** Features and logit gradients of all training texts: [texts, features], [texts, classes]. */
  readonly features: Float32Array
  readonly logitGradients: Float32Array
}

export interface InfluenceQuery {
  readonly training: LabelledTexts
  readonly checkpoints: readonly CheckpointView[]
  /** For methods that draw lots. */
  readonly seed: number
  readonly signal?: AbortSignal | undefined
}

/** The share of one word in an influence. */
export interface WordInfluence {
  wordId: number
  influence: number
}

/** The order in which the words of a text are given. */
export function mostNegativeFirst(a: WordInfluence, b: WordInfluence): number {
  return a.influence - b.influence || a.wordId - b.wordId
}

/** The answer of a method: positive for proponents, negative for opponents. */
export interface Influence {
  /** [texts] by index of the training text. */
  readonly scores: Float64Array
  /** What each word of these texts contributes; the contributions of a text add up to its score. */
  words(indices: readonly number[]): Promise<Map<number, WordInfluence[]>>
}

/** Sums contributions by text and word. */
export class Contributions {
  readonly #byText = new Map<number, Map<number, number>>()

  add(text: number, wordId: number, influence: number): void {
    let words = this.#byText.get(text)
    if (!words) this.#byText.set(text, (words = new Map()))
    words.set(wordId, (words.get(wordId) ?? 0) + influence)
  }

  /** The words of a text, the most negative first. */
  of(text: number): WordInfluence[] {
    const words = this.#byText.get(text) ?? new Map<number, number>()
    return Array.from(words, ([wordId, influence]) => ({ wordId, influence })).sort(
      mostNegativeFirst
    )
  }
}
