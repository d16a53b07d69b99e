/** What a model is: parameters, and a forward graph from embedded words to logits. */
import type { Shape, Value } from '../graph/ir.ts'
import type { EmbeddedTokens } from './embedded-tokens.ts'

/** How a parameter starts: all zero, or uniform in ±limit. */
export type Initial = { kind: 'zeros' } | { kind: 'uniform'; limit: number }

export interface ParameterSpec {
  readonly name: string
  readonly shape: Shape
  readonly initial: Initial
}

/** Sizes of one batch. */
export interface BatchShape {
  readonly rows: number
  /** Tokens a row: the padded length. */
  readonly tokens: number
  /** Distinct words, [PAD] among them. */
  readonly words: number
}

/** An extra input that follows from the lengths of the texts, such as a mask. */
export interface DerivedInput {
  readonly name: string
  shape(batch: BatchShape): Shape
  /** Fills the tensor for texts of these lengths (tokens, [CLS] and [SEP] among them). */
  fill(into: Float32Array, lengths: ArrayLike<number>, batch: BatchShape): void
}

export interface ForwardInputs {
  readonly embedded: EmbeddedTokens
  readonly derived: Readonly<Record<string, Value>>
  readonly parameters: Readonly<Record<string, Value>>
}

export interface Model {
  readonly embeddingSize: number
  readonly classes: number
  /** Texts are padded to at least this many tokens. */
  readonly minimumTokens: number
  /** All parameters but the embedding, which is updated row by row and never enters a graph. */
  readonly parameters: readonly ParameterSpec[]
  readonly derivedInputs: readonly DerivedInput[]
  /** The weight of the last layer, for the methods that look at it alone. */
  readonly lastLayer: string
  /** Logits [rows, classes], and the features [rows, n] that the last layer turns into them. */
  forward(inputs: ForwardInputs): { logits: Value; features: Value }
}
