/** Graphs as ONNX models. */
import type { Graph, Node, Value } from '../../graph/ir.ts'
import { isOp, topological } from '../../graph/ir.ts'
import type { Tensors } from '../executor.ts'
import { dataTypes, modelBytes, valueInfo } from './messages.ts'
import type { Lowering, Operator, Session } from './operators.ts'
import { lowerings } from './operators.ts'
import type { Beside } from './writer.ts'
import { Writer } from './writer.ts'

export interface OnnxOptions extends Session {
  /** Inputs that become initialisers. */
  constants: Tensors
  /** For a model whose batches may be of any size. */
  open?: OpenBatch
}

/** A graph made for batches of any size. */
export interface OpenBatch {
  /** Sizes of the graph that stand for any other; none of its other sizes equals one of them. */
  sizes: readonly { size: number; name: string }[]
  /**
   * Writes the model's inputs, and from them the inputs of the graph, by name, and what each of the
   * open sizes is: an int64 vector of one number.
   */
  begin(beside: Beside): { inputs: Record<string, string>; sizes: readonly string[] }
}

/** The bytes of an ONNX model. */
export function toOnnx(graph: Graph, options: OnnxOptions): Uint8Array {
  const names = new Map<Value, string>()
  const writer = new Writer()
  const nameOf = (value: Value) => names.get(value)!
  const { open } = options
  const begun = open?.begin(writer)
  open?.sizes.forEach(({ size }, i) => writer.openSizes.set(size, begun!.sizes[i]!))
  const openNames = new Map(open?.sizes.map(({ size, name }) => [size, name]))

  for (const node of topological(Object.values(graph.outputs))) {
    // As `print.ts` numbers them; no input or output that has a name of its own looks like this.
    node.outputs.forEach((value) => names.set(value, `%${names.size}`))
    if (isOp(node, 'Input')) {
      const { name } = node.attributes
      const value = node.outputs[0]!
      const made = begun?.inputs[name]
      names.set(value, made ?? name)
      const fixed = options.constants[name]
      if (fixed) writer.constant(name, value.shape, fixed)
      else if (made === undefined) writer.input(name, 'float', value.shape)
    } else if (isOp(node, 'Constant')) {
      const { data, shape } = node.attributes
      writer.constant(nameOf(node.outputs[0]!), shape, Float32Array.from(data))
    } else {
      const { operator, attributes, tensors = [], inputs } = lower(node as Node<Operator>, options)
      const own = node.inputs.map(nameOf)
      const input = inputs ? inputs(own, writer) : own
      const more = tensors.map((numbers) => writer.ints(numbers))
      const output = node.outputs.map(nameOf)
      writer.write(operator ?? node.op, { input: [...input, ...more], output, attributes })
    }
  }

  const output = Object.entries(graph.outputs).map(([name, value]) => {
    // An output gets its name by a copy, as a value may be an output twice, or an input as well.
    writer.write('Identity', { input: [nameOf(value)], output: [name] })
    const shape = value.shape.map((size) => openNames.get(size) ?? size)
    return valueInfo(name, shape, dataTypes.float)
  })
  const { node, initializer, inputs: input } = writer
  return modelBytes(graph.name, { node, initializer, input, output })
}

function lower<Op extends Operator>(node: Node<Op>, options: OnnxOptions): Lowering {
  const shapes = node.inputs.map((input) => input.shape)
  return lowerings[node.op](node.attributes, shapes, options)
}
