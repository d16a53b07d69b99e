/** What a model is: parameters, and a forward graph from embedded words to logits. */
import type { Shape, Value } from '../graph/ir.ts'
import type { EmbeddedTokens } from './embedded-tokens.ts'

/** How a parameter starts: one number throughout, uniform in ±limit, or normal around zero. */
export type Initial =
  | { kind: 'zeros' }
  | { kind: 'ones' }
  | { kind: 'uniform'; limit: number }
  | { kind: 'normal'; deviation: number }

export interface ParameterSpec {
  readonly name: string
  readonly shape: Shape
  readonly initial: Initial
  /** Whether weight decay is of it; it is unless this says no. */
  readonly decays?: boolean
  /** The layer that it belongs to, counted from 1; 0 for the embeddings, none for the head. */
  readonly layer?: number
}

/** Sizes of one batch. */
export interface BatchShape {
  readonly rows: number
  /** Tokens a row: the padded length. */
  readonly tokens: number
  /** Distinct words, [PAD] among them. */
  readonly words: number
}

/** An extra input that follows from where the texts of a batch end, such as a mask. */
export interface DerivedInput {
  readonly name: string
  shape(batch: BatchShape): Shape
  /** Fills the tensor for texts, one a row; rows beyond them are empty. */
  fill(into: Float32Array, texts: readonly TextBounds[], batch: BatchShape): void
}

/** Where the parts of a text end, in tokens, [CLS] and [SEP] among them. */
export interface TextBounds {
  readonly length: number
  /** Where the second text of a pair begins; the length where there is none. */
  readonly second: number
}

/** Leaves out numbers at random while a model is trained; the same tensor otherwise. */
export type Dropout = (x: Value) => Value

export interface ForwardInputs {
  readonly embedded: EmbeddedTokens
  readonly derived: Readonly<Record<string, Value>>
  readonly parameters: Readonly<Record<string, Value>>
  readonly dropout: Dropout
}

export interface Model {
  readonly embeddingSize: number
  readonly classes: number
  /** Texts are padded to at least this many tokens. */
  readonly minimumTokens: number
  /** The longest text that it can be given, in tokens. */
  readonly maximumTokens: number
  /** Texts of a batch from which gradients are extracted: as many as take the least time each. */
  readonly extractionRows: number
  /** The row of the embedding that is [PAD]'s: it is never changed, and has no gradient. */
  readonly padId: number
  /**
   * Whether all texts begin and end with the same two tokens, as BERT's do with [CLS] and [SEP]. What
   * they say of a text counts in influence, so that texts without a word in common have a say too.
   */
  readonly marksEnds: boolean
  /** All parameters but the embedding, which is updated row by row and never enters a graph. */
  readonly parameters: readonly ParameterSpec[]
  readonly derivedInputs: readonly DerivedInput[]
  /** The weight of the last layer, for the methods that look at it alone. */
  readonly lastLayer: string
  /** Logits [rows, classes], and the features [rows, n] that the last layer turns into them. */
  forward(inputs: ForwardInputs): { logits: Value; features: Value }
}
