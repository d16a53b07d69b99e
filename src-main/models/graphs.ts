/** The three graphs that are made of one model: predict, input gradient and train step. */
import {
  constant,
  expand,
  input,
  logSoftmax,
  mul,
  neg,
  reduceSum,
  softmax,
  sub
} from '../graph/build.ts'
import { gradients } from '../graph/gradients.ts'
import type { Graph, Shape, Value } from '../graph/ir.ts'
import type { GivenWords } from './embedded-tokens.ts'
import { EmbeddedTokens } from './embedded-tokens.ts'
import type { BatchShape, Dropout, Model, ParameterSpec } from './model.ts'

interface Built {
  embedded: EmbeddedTokens
  parameters: Record<string, Value>
  target: Value
  logits: Value
  features: Value
  /** [rows] cross-entropy of each row. */
  losses: Value
}

/** Name of the output that holds the gradient of a parameter. */
export const gradientName = (parameter: string) => `gradient.${parameter}`

interface BuildOptions {
  given?: GivenWords | undefined
  /** Leaves nothing out unless given. */
  dropout?: Dropout
}

function build(model: Model, batch: BatchShape, options: BuildOptions = {}): Built {
  const { given, dropout = (x: Value) => x } = options
  const embedded = new EmbeddedTokens(batch, model.embeddingSize, given)
  const parameters = Object.fromEntries(
    model.parameters.map(({ name, shape }) => [name, input(name, shape)])
  )
  const derived = Object.fromEntries(
    model.derivedInputs.map((extra) => [extra.name, input(extra.name, extra.shape(batch))])
  )
  const { logits, features } = model.forward({ embedded, derived, parameters, dropout })
  const target = input('target', [batch.rows, model.classes])
  const losses = neg(reduceSum(mul(target, logSoftmax(logits, 1)), [1]))
  return { embedded, parameters, target, logits, features, losses }
}

/** `logits` [rows, classes]. */
export function predictGraph(model: Model, batch: BatchShape): Graph {
  return { name: 'predict', outputs: { logits: build(model, batch).logits } }
}

/**
 * For every row on its own: what flows back to each position (`flow` [rows · tokens, n], for
 * `liftGraph`), `squaredNorms` [rows · tokens] = ‖∂ℓ/∂e‖² at each position, `losses`, and what the
 * last layer's gradient is the outer product of: `features` and `logitGradient` [rows, classes] =
 * softmax(logits) − target. One backward pass serves the batch, as no row's loss depends on another
 * row.
 */
export function inputGradientGraph(model: Model, batch: BatchShape, given?: GivenWords): Graph {
  const { embedded, target, logits, features, losses } = build(model, batch, { given })
  const ones = expand(constant([1]), losses.shape)
  const flow = embedded.flow(losses, ones)
  const logitGradient = sub(softmax(logits, 1), target)
  return {
    name: 'input-gradient',
    outputs: { losses, features, logitGradient, flow, squaredNorms: embedded.squaredNorms(flow) }
  }
}

/** `mapped` [words, n], of the embeddings `vectors` [words, embedding] of a whole vocabulary. */
export function mapGraph(model: Model, words: number): Graph {
  // What a word is mapped to does not depend on where it stands.
  const { embedded } = build(model, { rows: 1, tokens: model.minimumTokens, words })
  return { name: 'map', outputs: { mapped: embedded.mapped } }
}

/** Whether positions look up the embeddings themselves, so that a word that none has costs nothing. */
export function looksUpEmbeddings(model: Model): boolean {
  return build(model, { rows: 1, tokens: model.minimumTokens, words: 1 }).embedded.isPlain
}

/**
 * `gradient` [count, embedding], by the embedding, of `flow` [count, n]: what flows back to one
 * position, or sums of that.
 */
export function liftGraph(model: Model, count: number): Graph {
  // What is lifted does not depend on the sizes of a batch.
  const { embedded } = build(model, { rows: 1, tokens: model.minimumTokens, words: 1 })
  const gradient = embedded.lift(input('flow', [count, embedded.flowSize]))
  return { name: 'lift', outputs: { gradient } }
}

/** What a train step may do besides; nothing unless given. */
export interface TrainStepOptions {
  /** What makes the masks by which numbers are left out at random. */
  mask?: MaskOf
  /** Layers from the first on whose parameters stay as they are, with all embeddings. */
  frozenLayers?: number
}

/** Makes a mask of a shape from an input of this name. */
export type MaskOf = (name: string, shape: Shape) => Value

/**
 * Inputs of this kind hold 0 where a number is left out, and what the others are multiplied by; or
 * bits that say so.
 */
export const isDropoutMask = (input: string) => input.startsWith('dropout.')

/** The parameters that training changes, where the first layers are frozen. */
export function trainedParameters(model: Model, frozenLayers = 0): readonly ParameterSpec[] {
  const isFrozen = ({ layer = Infinity }: ParameterSpec) =>
    frozenLayers > 0 && layer <= frozenLayers
  return model.parameters.filter((spec) => !isFrozen(spec))
}

/**
 * One step's `losses` and `logits`, and the gradients of Σ rowWeight · losses with respect to every
 * trained parameter (`gradient.NAME`) and, unless layers are frozen, to the embedding of every word
 * of the batch (`wordGradient` [words, embedding]) or, where positions look up the embeddings
 * themselves, at every position (`positionGradient` [rows · tokens, embedding]): adding those up by
 * word is a matter of a few additions, which onnxruntime takes up to 5 % of a step for. Weights of 1/n
 * make that the mean of n rows; a weight of 0 leaves a row out.
 */
export function trainStepGraph(
  model: Model,
  batch: BatchShape,
  { mask, frozenLayers = 0 }: TrainStepOptions = {}
): Graph {
  let masks = 0
  const masked = mask && ((x: Value) => mul(x, mask(`dropout.${masks++}`, x.shape)))
  const built = build(model, batch, masked ? { dropout: masked } : {})
  const { embedded, parameters, logits, losses } = built
  const rowWeight = input('rowWeight', [batch.rows])
  const targets: Record<string, Value> = {}
  if (frozenLayers === 0 && embedded.isPlain) targets['positionGradient'] = embedded.lookedUp
  else if (frozenLayers === 0) targets['wordGradient'] = embedded.vectors
  for (const { name } of trainedParameters(model, frozenLayers)) {
    targets[gradientName(name)] = parameters[name]!
  }
  const found = gradients(losses, rowWeight, Object.values(targets))
  const outputs = Object.keys(targets).map((name, i) => [name, found[i]!] as const)
  return { name: 'train-step', outputs: { losses, logits, ...Object.fromEntries(outputs) } }
}
