/**
 * TextCNN as in section 3.2 of the paper: two convolutions over time, one of width 1, each with
 * ReLU, the maximum over time, and a dense layer.
 *
 * The convolutions are *valid*, and the maximum is taken over the windows that lie within the text
 * (over the first window for a text shorter than one). So the logits of a text do not depend on how
 * far its batch is padded.
 */
import {
  add,
  constant,
  matmul,
  pad,
  reduceMax,
  relu,
  reshape,
  slice,
  split
} from '../graph/build.ts'
import type { Value } from '../graph/ir.ts'
import { padId } from '../tokens/vocabulary.ts'
import type { BatchShape, DerivedInput, ForwardInputs, Model, ParameterSpec } from './model.ts'

export interface TextCnnSizes {
  embedding: number
  filters: number
  /** Widths of the two convolutions before the one of width 1. */
  widths: readonly [number, number]
}

/** Added to windows that are not within the text, so that none of them is the maximum. */
const excluded = -1e9

export function textCnn(sizes: TextCnnSizes, classes: number): Model {
  const { embedding, filters, widths } = sizes
  const receptiveField = widths[0] + widths[1] - 1
  const parameters: ParameterSpec[] = [
    ...dense('conv1', embedding, [widths[0], filters]),
    ...dense('conv2', filters, [widths[1], filters]),
    ...dense('conv3', filters, [1, filters]),
    ...dense('dense', filters, [1, classes])
  ]
  return {
    embeddingSize: embedding,
    classes,
    minimumTokens: receptiveField,
    maximumTokens: Infinity,
    extractionRows: 64,
    padId,
    marksEnds: false,
    parameters,
    derivedInputs: [windowMask(receptiveField)],
    lastLayer: 'dense.weight',
    forward: (inputs) => forward(inputs, widths)
  }
}

/**
 * Weight [inputs, width · outputs], where column k · outputs + f is tap k of filter f, and bias.
 * Glorot and Bengio's uniform start, with the taps counted into the fans.
 */
function dense(name: string, inputs: number, [width, outputs]: [number, number]): ParameterSpec[] {
  const limit = Math.sqrt(6 / (width * (inputs + outputs)))
  return [
    {
      name: `${name}.weight`,
      shape: [inputs, width * outputs],
      initial: { kind: 'uniform', limit }
    },
    { name: `${name}.bias`, shape: [outputs], initial: { kind: 'zeros' } }
  ]
}

/** [rows, windows]: 0 for a window within the text, `excluded` for the others. */
function windowMask(receptiveField: number): DerivedInput {
  const windows = ({ tokens }: BatchShape) => tokens - receptiveField + 1
  return {
    name: 'windowMask',
    shape: (batch) => [batch.rows, windows(batch)],
    fill(into, texts, batch) {
      const count = windows(batch)
      for (let row = 0; row < batch.rows; row++) {
        const within = Math.max((texts[row]?.length ?? 0) - receptiveField, 0) + 1
        into.fill(0, row * count, row * count + within)
        into.fill(excluded, row * count + within, (row + 1) * count)
      }
    }
  }
}

function forward({ embedded, derived, parameters }: ForwardInputs, widths: readonly number[]) {
  const parameter = (name: string) => parameters[name]!
  const [filters] = parameter('conv1.bias').shape as [number]
  /** x · weight + bias for [n, inputs]; the bias goes to the first tap alone. */
  const product = (x: Value, layer: string, width: number) =>
    add(
      matmul(x, parameter(`${layer}.weight`)),
      pad(parameter(`${layer}.bias`), 0, [0, (width - 1) * filters])
    )
  const [one, other] = widths as [number, number]
  const firstTaps = embedded.map((words) => product(words, 'conv1', one))
  const first = relu(addShifted(firstTaps, one))
  const secondTaps = eachToken(first, (x) => product(x, 'conv2', other))
  const second = relu(addShifted(secondTaps, other))
  // A product with ones stretches the mask over the filters; onnxruntime adds it within the other
  // product, and takes half of the time that broadcasting does.
  const masked = (x: Value) => {
    const mask = reshape(derived['windowMask']!, [x.shape[0]!, 1])
    const ones = constant(new Array<number>(filters).fill(1), [1, filters])
    return add(matmul(x, parameter('conv3.weight')), matmul(mask, ones))
  }
  const third = eachToken(second, masked)
  // The bias is the same for all windows and ReLU never falls, so both may follow the maximum, where
  // they have a fortieth of the numbers to go through.
  const features = relu(add(reduceMax(third, [1]), parameter('conv3.bias')))
  const logits = add(matmul(features, parameter('dense.weight')), parameter('dense.bias'))
  return { logits, features }
}

/*
 * A valid convolution over time, [rows, tokens, inputs] → [rows, tokens − width + 1, filters], is one
 * product with all taps at once, then each tap's part shifted into place and added up. On a CPU this
 * is faster than unrolling the windows first, since every input is read once; and the first one's
 * product is of words, not of positions.
 */

/** [rows, tokens, n] from [rows, tokens, inputs], by a function of [rows · tokens, inputs]. */
function eachToken(x: Value, map: (flat: Value) => Value): Value {
  const [rows, tokens, inputs] = x.shape as [number, number, number]
  const mapped = map(reshape(x, [rows * tokens, inputs]))
  return reshape(mapped, [rows, tokens, mapped.shape[1]!])
}

/** Adds up the parts of all taps, [rows, tokens, width · filters]: part k comes k tokens later. */
function addShifted(taps: Value, width: number): Value {
  const [, tokens, columns] = taps.shape as [number, number, number]
  const filters = columns / width
  return split(taps, 2, new Array<number>(width).fill(filters))
    .map((tap, k) => slice(tap, 1, [k, k + tokens - width + 1]))
    .reduce((sum, tap) => add(sum, tap))
}
