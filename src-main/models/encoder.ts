/**
 * Encoders of the BERT family with a classifier on their first token: BERT, RoBERTa, DistilBERT and
 * ELECTRA, which differ in little (`variants`). The computation is that of Hugging Face's
 * transformers: embeddings of words, positions and token types, normalised; layers of attention and
 * a feed-forward part, each added to its input and then normalised; a dense layer and a classifier.
 *
 * Weights are [inputs, outputs], and those of query, key and value lie side by side. Tokens have the
 * positions 0, 1, … whatever they are: transformers gives a [PAD] within a RoBERTa text no position,
 * and the tokens after it others than they had; here an edit moves nothing.
 */
import {
  add,
  constant,
  gelu,
  layerNorm,
  matmul,
  mul,
  reduceSum,
  relu,
  reshape,
  slice,
  softmax,
  split,
  tanh,
  transpose,
  transposeLast
} from '../graph/build.ts'
import type { Value } from '../graph/ir.ts'
import type {
  BatchShape,
  DerivedInput,
  Dropout,
  ForwardInputs,
  Model,
  ParameterSpec
} from './model.ts'

export const encoderFamilies = ['bert', 'roberta', 'distilbert', 'electra'] as const
export type EncoderFamily = (typeof encoderFamilies)[number]

export interface EncoderSizes {
  /** Width of the embeddings; only ELECTRA's may differ from `hidden`. */
  embedding: number
  hidden: number
  layers: number
  heads: number
  /** Width of the feed-forward part. */
  intermediate: number
  /** Rows of the position table. */
  positions: number
  /** Rows of the token type table; 0 where there is none. */
  types: number
  /** ε of the normalisations. */
  normEpsilon: number
  padId: number
}

interface Variant {
  activation(x: Value): Value
  /** Whether numbers are left out before the head's dense layer as well as after it. */
  dropsBeforeHead: boolean
  /** The row of the position table that the first token gets. */
  firstPosition(sizes: EncoderSizes): number
}

const variants: Readonly<Record<EncoderFamily, Variant>> = {
  bert: { activation: tanh, dropsBeforeHead: false, firstPosition: () => 0 },
  roberta: { activation: tanh, dropsBeforeHead: true, firstPosition: ({ padId }) => padId + 1 },
  distilbert: { activation: relu, dropsBeforeHead: false, firstPosition: () => 0 },
  electra: { activation: gelu, dropsBeforeHead: true, firstPosition: () => 0 }
}

/** Added to the scores of keys beyond the end of a text. */
const excluded = -1e9
/** Standard deviation of fresh weights, as in BERT. */
const deviation = 0.02

export function encoder(family: EncoderFamily, sizes: EncoderSizes, classes: number): Model {
  const variant = variants[family]
  return {
    embeddingSize: sizes.embedding,
    classes,
    minimumTokens: 1,
    maximumTokens: sizes.positions - variant.firstPosition(sizes),
    // What 8 texts are turned into stays in a processor's cache: 10 % less each than of 32 on a thread.
    extractionRows: 8,
    padId: sizes.padId,
    marksEnds: true,
    parameters: parametersOf(sizes, classes),
    derivedInputs: [attentionMask, ...(sizes.types > 1 ? [tokenTypes(sizes.types)] : [])],
    lastLayer: 'classifier.weight',
    forward: (inputs) => new Forward(inputs, sizes, variant).run()
  }
}

function parametersOf(sizes: EncoderSizes, classes: number): ParameterSpec[] {
  const { embedding, hidden, intermediate, layers, positions, types } = sizes
  const normal = { kind: 'normal', deviation } as const
  const dense = (name: string, inputs: number, outputs: number): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [inputs, outputs], initial: normal },
    { name: `${name}.bias`, shape: [outputs], initial: { kind: 'zeros' }, decays: false }
  ]
  const norm = (name: string, size: number): ParameterSpec[] => [
    { name: `${name}.scale`, shape: [size], initial: { kind: 'ones' }, decays: false },
    { name: `${name}.shift`, shape: [size], initial: { kind: 'zeros' }, decays: false }
  ]
  const inLayer = (layer: number, specs: ParameterSpec[]) =>
    specs.map((spec) => ({ ...spec, layer }))
  const embeddings = [
    { name: 'positions', shape: [positions, embedding], initial: normal },
    ...(types > 0 ? [{ name: 'types', shape: [types, embedding], initial: normal }] : []),
    ...norm('embeddings.norm', embedding),
    ...(embedding === hidden ? [] : dense('projection', embedding, hidden))
  ]
  const layerOf = (n: number) => [
    ...dense(`layer${n}.attention`, hidden, 3 * hidden),
    ...dense(`layer${n}.attention.output`, hidden, hidden),
    ...norm(`layer${n}.attention.norm`, hidden),
    ...dense(`layer${n}.inner`, hidden, intermediate),
    ...dense(`layer${n}.output`, intermediate, hidden),
    ...norm(`layer${n}.norm`, hidden)
  ]
  return [
    ...inLayer(0, embeddings),
    ...Array.from({ length: layers }, (_, i) => inLayer(i + 1, layerOf(i + 1))).flat(),
    ...dense('pooler', hidden, hidden),
    ...dense('classifier', hidden, classes)
  ]
}

/** [rows, 1, 1, tokens]: 0 for a token of the text, `excluded` for the padding after it. */
const attentionMask: DerivedInput = {
  name: 'attentionMask',
  shape: ({ rows, tokens }) => [rows, 1, 1, tokens],
  fill(into, texts, { rows, tokens }) {
    for (let row = 0; row < rows; row++) {
      const end = row * tokens + (texts[row]?.length ?? 0)
      into.fill(0, row * tokens, end)
      into.fill(excluded, end, (row + 1) * tokens)
    }
  }
}

/** [rows · tokens, types]: 1 at the type of each token, that of the second text of a pair being 1. */
function tokenTypes(types: number): DerivedInput {
  return {
    name: 'tokenTypes',
    shape: ({ rows, tokens }) => [rows * tokens, types],
    fill(into, texts, { rows, tokens }) {
      into.fill(0)
      for (let row = 0; row < rows; row++) {
        const { length, second } = texts[row] ?? { length: 0, second: tokens }
        for (let i = 0; i < tokens; i++) {
          const isSecond = i >= second && i < length
          into[(row * tokens + i) * types + (isSecond ? 1 : 0)] = 1
        }
      }
    }
  }
}

type Texts = Pick<BatchShape, 'rows' | 'tokens'>

/** What is of the query, of the key and of the value. */
type ByRole = readonly [Value, Value, Value]

/** [a, b, n] as [b, a, n]. */
const swapFirst = (x: Value) => transpose(x, [1, 0, 2])

/** One forward graph. Hidden states are [rows · tokens, hidden] throughout. */
class Forward {
  readonly #inputs: ForwardInputs
  readonly #sizes: EncoderSizes
  readonly #variant: Variant
  readonly #dropout: Dropout

  constructor(inputs: ForwardInputs, sizes: EncoderSizes, variant: Variant) {
    this.#inputs = inputs
    this.#sizes = sizes
    this.#variant = variant
    this.#dropout = inputs.dropout
  }

  run(): { logits: Value; features: Value } {
    const { embedded } = this.#inputs
    const words = embedded.map((vectors) => vectors)
    const [rows, tokens] = words.shape as [number, number, number]
    let states = this.#embed(words)
    const batch = { rows, tokens }
    const last = this.#sizes.layers
    for (let n = 1; n < last; n++) {
      const context = this.#attend(states, `layer${n}.attention`, batch)
      states = this.#afterAttention(context, states, `layer${n}`)
    }
    // The head reads the first token alone, so the last layer works out no other.
    const first = this.#firstOf(states, batch)
    const context = this.#attendFrom(first, states, `layer${last}.attention`, batch)
    return this.#classify(this.#afterAttention(context, first, `layer${last}`))
  }

  #embed(words: Value): Value {
    const [rows, tokens, width] = words.shape as [number, number, number]
    const start = this.#variant.firstPosition(this.#sizes)
    const positions = slice(this.#parameter('positions'), 0, [start, start + tokens])
    const sum = reshape(add(words, positions), [rows * tokens, width])
    const normalised = this.#norm(this.#addTypes(sum), 'embeddings.norm')
    const kept = this.#dropout(normalised)
    return width === this.#sizes.hidden ? kept : this.#dense(kept, 'projection')
  }

  #addTypes(sum: Value): Value {
    if (this.#sizes.types === 0) return sum
    const table = this.#parameter('types')
    const { tokenTypes: chosen } = this.#inputs.derived
    return add(sum, chosen ? matmul(chosen, table) : table)
  }

  /** What a layer makes of its own states and of what they have attended to. */
  #afterAttention(context: Value, states: Value, name: string): Value {
    const attended = this.#dropout(this.#dense(context, `${name}.attention.output`))
    const between = this.#norm(add(attended, states), `${name}.attention.norm`)
    const inner = gelu(this.#dense(between, `${name}.inner`))
    const outer = this.#dropout(this.#dense(inner, `${name}.output`))
    return this.#norm(add(outer, between), `${name}.norm`)
  }

  /** softmax(q·kᵀ / √size + mask)·v, head by head. */
  #attend(states: Value, name: string, { rows, tokens }: Texts): Value {
    const { hidden, heads } = this.#sizes
    const size = hidden / heads
    const [query, key, value] = split(this.#dense(states, name), 1, [hidden, hidden, hidden]).map(
      (part) => transpose(reshape(part, [rows, tokens, heads, size]), [0, 2, 1, 3])
    ) as [Value, Value, Value]
    const products = mul(matmul(query, transposeLast(key)), constant([1 / Math.sqrt(size)]))
    const scores = add(products, this.#inputs.derived['attentionMask']!)
    const context = matmul(this.#dropout(softmax(scores, 3)), value)
    return reshape(transpose(context, [0, 2, 1, 3]), [rows * tokens, hidden])
  }

  /**
   * The same for one query a text, `first` [rows, hidden]. It needs neither keys nor values of all
   * tokens: with x the states, q·(x·W + b)ᵀ = (q·Wᵀ)·xᵀ + q·b, and p·(x·W + b) = (p·x)·W + Σp·b.
   */
  #attendFrom(first: Value, states: Value, name: string, { rows, tokens }: Texts): Value {
    const { hidden, heads } = this.#sizes
    const size = hidden / heads
    const thirds = [hidden, hidden, hidden]
    const weights = split(this.#parameter(`${name}.weight`), 1, thirds) as ByRole
    const biases = split(this.#parameter(`${name}.bias`), 0, thirds) as ByRole
    const x = reshape(states, [rows, tokens, hidden])

    const plain = add(matmul(first, weights[0]), biases[0])
    const query = reshape(mul(plain, constant([1 / Math.sqrt(size)])), [rows, heads, size])
    const keyWeight = reshape(transpose(weights[1], [1, 0]), [heads, size, hidden])
    const asked = swapFirst(matmul(swapFirst(query), keyWeight))
    const keyBias = reshape(biases[1], [heads, size])
    const constantPart = reshape(reduceSum(mul(query, keyBias), [2]), [rows, heads, 1])
    const mask = reshape(this.#inputs.derived['attentionMask']!, [rows, 1, tokens])
    const scores = add(add(matmul(asked, transposeLast(x)), constantPart), mask)

    const shares = this.#dropout(softmax(scores, 2))
    const valueWeight = swapFirst(reshape(weights[2], [hidden, heads, size]))
    const context = swapFirst(matmul(swapFirst(matmul(shares, x)), valueWeight))
    const sums = reshape(reduceSum(shares, [2]), [rows, heads, 1])
    const bias = mul(sums, reshape(biases[2], [heads, size]))
    return reshape(add(context, bias), [rows, hidden])
  }

  /** [rows, hidden] the state of each text's first token. */
  #firstOf(states: Value, { rows, tokens }: Texts): Value {
    const { hidden } = this.#sizes
    const first = slice(reshape(states, [rows, tokens, hidden]), 1, [0, 1])
    return reshape(first, [rows, hidden])
  }

  #classify(first: Value): { logits: Value; features: Value } {
    const { activation, dropsBeforeHead } = this.#variant
    const given = dropsBeforeHead ? this.#dropout(first) : first
    const features = this.#dropout(activation(this.#dense(given, 'pooler')))
    return { logits: this.#dense(features, 'classifier'), features }
  }

  #dense(x: Value, name: string): Value {
    return add(matmul(x, this.#parameter(`${name}.weight`)), this.#parameter(`${name}.bias`))
  }

  #norm(x: Value, name: string): Value {
    const [scale, shift] = [this.#parameter(`${name}.scale`), this.#parameter(`${name}.shift`)]
    return layerNorm(x, { scale, shift, epsilon: this.#sizes.normEpsilon })
  }

  #parameter(name: string): Value {
    return this.#inputs.parameters[name]!
  }
}
