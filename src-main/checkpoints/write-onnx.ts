/**
 * A model as an ONNX file for batches of any size, with the inputs that Hugging Face's exporters give
 * it: `input_ids`, `attention_mask` and, where the model has types, `token_type_ids`, all int64
 * [batch, sequence]; the output is `logits` [batch, classes]. transformers.js looks for it as
 * `onnx/model.onnx` beside config.json.
 */
import type { Tensors } from '../executors/executor.ts'
import type { OpenBatch } from '../executors/onnx/onnx.ts'
import { toOnnx } from '../executors/onnx/onnx.ts'
import type { Beside } from '../executors/onnx/writer.ts'
import { writeFileAtomically } from '../files/write.ts'
import { predictGraph } from '../models/graphs.ts'
import type { Model } from '../models/model.ts'
import { embeddingName } from '../models/parameters.ts'

/** Added to the scores of tokens that are not attended to, as in `models/encoder.ts`. */
const excluded = -1e9

/** More rows than any other size of a model. */
const anyRows = 1_000_003

/** Bytes that are written at a time. */
const stretch = 1 << 22

export interface OnnxContent {
  /** All of the model's. */
  parameters: Tensors
  /** Told of the share that is written, from 0 to 1; what it throws ends the writing. */
  onWritten?: ((share: number) => void) | undefined
}

/** Writes the file, all or nothing. Throws `cannot-write`. */
export async function writeOnnx(
  path: string,
  model: Model,
  { parameters, onWritten }: OnnxContent
): Promise<void> {
  const bytes = onnxOf(model, parameters)
  const stretches = function* () {
    for (let at = 0; at < bytes.length; at += stretch) {
      yield bytes.subarray(at, at + stretch)
      onWritten?.(Math.min(1, (at + stretch) / bytes.length))
    }
  }
  await writeFileAtomically(path, stretches())
}

/** The bytes of the file. */
export function onnxOf(model: Model, parameters: Tensors): Uint8Array {
  const { [embeddingName]: table, ...constants } = parameters
  const words = table!.length / model.embeddingSize
  const tokens = sizeLikeNoOther(model)
  const graph = predictGraph(model, { rows: anyRows, tokens, words })
  const open: OpenBatch = {
    sizes: [
      { size: anyRows, name: 'batch' },
      { size: tokens, name: 'sequence' },
      { size: anyRows * tokens, name: 'tokens' }
    ],
    begin: (beside) => begin(beside, model)
  }
  return toOnnx(graph, { constants: { ...constants, vectors: table! }, threads: 1, open })
}

/** A number of tokens that the model takes, and that is no other size of its graph. */
function sizeLikeNoOther({ parameters, maximumTokens, classes }: Model): number {
  const taken = new Set(parameters.flatMap(({ shape }) => shape).concat(classes))
  for (let tokens = maximumTokens; tokens > 1; tokens--) {
    // Heads and their width divide a size that is taken.
    const divides = [...taken].some((size) => size % tokens === 0)
    if (!divides) return tokens
  }
  throw new Error('Every number of tokens is a size of the model.')
}

function begin(beside: Beside, { derivedInputs }: Model): ReturnType<OpenBatch['begin']> {
  const shape = ['batch', 'sequence']
  const ids = beside.input('input_ids', 'int64', shape)
  const attended = beside.input('attention_mask', 'int64', shape)
  const [batch, sequence] = [0, 1].map((axis) =>
    beside.apply('Shape', [ids], { start: axis, end: axis + 1 })
  ) as [string, string]
  const flat = (x: string) => beside.apply('Reshape', [x, beside.ints([-1])])
  const asFloat = (x: string) => beside.apply('Cast', [x], { to: 1 })
  const left = beside.apply('Sub', [beside.floats([1]), asFloat(attended)])
  const one = beside.ints([1])
  const inputs: Record<string, string> = {
    slots: asFloat(flat(ids)),
    attentionMask: beside.apply('Reshape', [
      beside.apply('Mul', [left, beside.floats([excluded])]),
      beside.apply('Concat', [batch, one, one, sequence], { axis: 0 })
    ])
  }
  const typesInput = derivedInputs.find(({ name }) => name === 'tokenTypes')
  if (typesInput) {
    const types = typesInput.shape({ rows: 1, tokens: 1, words: 1 })[1]!
    const chosen = flat(beside.input('token_type_ids', 'int64', shape))
    const offOn = beside.floats([0, 1])
    inputs['tokenTypes'] = beside.apply('OneHot', [chosen, beside.ints([types]), offOn])
  }
  return { inputs, sizes: [batch, sequence, beside.apply('Mul', [batch, sequence])] }
}
