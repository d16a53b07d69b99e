/**
 * Graphs as ONNX models: a row of `lowerings` an operator, and the bytes by protobufjs. Only the
 * parts of onnx.proto that are written here are described (field numbers from onnx/onnx.proto).
 */
import protobuf from 'protobufjs'
import type { Attributes, Graph, Node, OpName, Shape, Value } from '../graph/ir.ts'
import { isOp, sizeOf, topological } from '../graph/ir.ts'
import type { OnnxruntimeDevice } from './devices.ts'
import { devices } from './devices.ts'
import type { Tensors } from './executor.ts'

const operatorSetVersion = 20
/** The version of the file format that came with operator set 20. */
const irVersion = 9
const dataTypes = { float: 1, int32: 6, int64: 7, bool: 9 } as const
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const

const field = (id: number, type: string, rule?: 'repeated') =>
  rule ? { id, type, rule } : { id, type }

const messages = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field(1, 'int64'),
        producerName: field(2, 'string'),
        graph: field(7, 'Graph'),
        opsetImport: field(8, 'OperatorSet', 'repeated')
      }
    },
    OperatorSet: { fields: { domain: field(1, 'string'), version: field(2, 'int64') } },
    Graph: {
      fields: {
        node: field(1, 'Node', 'repeated'),
        name: field(2, 'string'),
        initializer: field(5, 'Tensor', 'repeated'),
        input: field(11, 'ValueInfo', 'repeated'),
        output: field(12, 'ValueInfo', 'repeated')
      }
    },
    Node: {
      fields: {
        input: field(1, 'string', 'repeated'),
        output: field(2, 'string', 'repeated'),
        opType: field(4, 'string'),
        attribute: field(5, 'Attribute', 'repeated')
      }
    },
    Attribute: {
      fields: {
        name: field(1, 'string'),
        f: field(2, 'float'),
        i: field(3, 'int64'),
        s: field(4, 'bytes'),
        ints: field(8, 'int64', 'repeated'),
        type: field(20, 'int32')
      }
    },
    Tensor: {
      fields: {
        dims: field(1, 'int64', 'repeated'),
        dataType: field(2, 'int32'),
        name: field(8, 'string'),
        rawData: field(9, 'bytes')
      }
    },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'TensorShape') } },
    TensorShape: { fields: { dim: field(1, 'Dimension', 'repeated') } },
    Dimension: { fields: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') } }
  }
})

/** A number is an integer unless it is marked as a float, which ONNX tells apart. */
type OnnxAttributes = Record<string, number | string | readonly number[] | { float: number }>

/** Writes what an operator needs beside itself; its methods give the name of what they wrote. */
export interface Beside {
  /** An int64 vector. A number that is an open size stands for what that is in a run. */
  ints(numbers: readonly number[]): string
  floats(numbers: readonly number[]): string
  apply(opType: string, inputs: readonly string[], attributes?: OnnxAttributes): string
  /** An input of the model; a size that is a name may be any. */
  input(name: string, type: keyof typeof dataTypes, shape: readonly (number | string)[]): string
  isOpen(size: number): boolean
}

/**
 * How one operator is written: ONNX attributes, int64 tensors that follow its own inputs, and its
 * inputs themselves where they are not taken as they are.
 */
interface Lowering {
  /** ONNX's operator, where it is not the one of the same name. */
  operator?: string
  attributes?: OnnxAttributes
  tensors?: (readonly number[])[]
  inputs?: (names: readonly string[], beside: Beside) => string[]
}

/** Indices are real tensors in our graphs, exact up to 2²⁴. */
const toIndices = ({ device = 'cpu' }: OnnxOptions) => ({
  to: dataTypes[devices[device].indices]
})
const plain = () => ({})
const alongAxis = ({ axis }: { axis: number }) => ({ attributes: { axis } })
const reduction = ({ axes, keepDims }: Attributes['ReduceSum']) => ({
  attributes: { keepdims: keepDims ? 1 : 0 },
  tensors: [axes]
})

/**
 * onnxruntime's CPU broadcasts along an inner axis run by run. Where a run is of a few numbers, as of
 * ten filters, stretching the smaller input first takes less than half of the time.
 */
const longestShortRun = 32
const elementwise = (
  _: object,
  shapes: readonly Shape[],
  { device = 'cpu' }: OnnxOptions
): Lowering => ({
  inputs: (names, beside) =>
    names.map((name, i) => {
      const [own, other] = [shapes[i]!, shapes[1 - i]!]
      const isShort = own.length > 2 && own.at(-1) === other.at(-1) && own.at(-1)! < longestShortRun
      const isSlow = isShort && device === 'cpu'
      const isStretched = isSlow && own.length === other.length && sizeOf(own) < sizeOf(other)
      return isStretched ? beside.apply('Expand', [name, beside.ints(other)]) : name
    })
})

/** c − log Σ exp(c), with c the input less its maximum, so that nothing overflows. */
const composedLogSoftmax = (axis: number): Lowering => ({
  operator: 'Sub',
  inputs: ([x], beside) => {
    const along = (reduction: string, of: string) =>
      beside.apply(reduction, [of, beside.ints([axis])], { keepdims: 1 })
    const centred = beside.apply('Sub', [x!, along('ReduceMax', x!)])
    const total = along('ReduceSum', beside.apply('Exp', [centred]))
    return [centred, beside.apply('Log', [total])]
  }
})

type Operator = Exclude<OpName, 'Input' | 'Constant'>

const lowerings: {
  readonly [Op in Operator]: (
    attributes: Attributes[Op],
    inputs: readonly Shape[],
    options: OnnxOptions
  ) => Lowering
} = {
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Neg: plain,
  Exp: plain,
  Log: plain,
  Sqrt: plain,
  Relu: plain,
  // Where onnxruntime's own Sign takes 28 µs for 14,000 numbers, the two casts take 9.
  Indicator: () => ({
    operator: 'Cast',
    attributes: { to: dataTypes.float },
    inputs: ([x], beside) => [beside.apply('Cast', [x!], { to: dataTypes.bool })]
  }),
  Tanh: plain,
  Erf: plain,
  Gelu: plain,
  MatMul: plain,
  Transpose: ({ permutation }) => ({ attributes: { perm: permutation } }),
  Reshape: ({ shape }) => ({ tensors: [shape] }),
  Expand: ({ shape }) => ({ tensors: [shape] }),
  Gather: (_, __, options) => ({
    inputs: ([matrix, indices], beside) => [
      matrix!,
      beside.apply('Cast', [indices!], toIndices(options))
    ]
  }),
  // onnxruntime 1.30 spreads the rows of ScatterND over its threads whether or not they are added to
  // the same place (microsoft/onnxruntime#23396): with 4 threads 15 of 200 sums were wrong.
  // ScatterElements keeps to one thread, takes the index of every number, and four times as long.
  // A device may do so as well, or leave the operator to the CPU, and ScatterND takes no int32.
  ScatterND: ({ rows }, [, added], options) => {
    const { device = 'cpu', threads } = options
    const isByRow = device === 'cpu' && threads === 1
    return {
      operator: isByRow ? 'ScatterND' : 'ScatterElements',
      attributes: { reduction: 'add', ...(!isByRow && { axis: 0 }) },
      inputs: ([indices, updates], beside) => {
        const zeros = beside.apply('ConstantOfShape', [beside.ints([rows, added![1]!])])
        const integers = beside.apply('Cast', [indices!], toIndices(options))
        const column = beside.apply('Reshape', [integers, beside.ints([-1, 1])])
        const every = isByRow ? column : beside.apply('Expand', [column, beside.ints(added!)])
        return [zeros, every, updates!]
      }
    }
  },
  Slice: ({ axis, start, end }) => ({
    inputs: ([x], beside) => {
      const [first, along] = [beside.ints([start]), beside.ints([axis])]
      const past = beside.isOpen(end - start)
        ? beside.apply('Add', [beside.ints([end - start]), first])
        : beside.ints([end])
      return [x!, first, past, along]
    }
  }),
  Pad: ({ axis, before, after }, [shape]) => {
    const pads = new Array<number>(2 * shape!.length).fill(0)
    pads[axis] = before
    pads[shape!.length + axis] = after
    return { tensors: [pads] }
  },
  Concat: alongAxis,
  Split: ({ axis, sizes }) => ({ attributes: { axis }, tensors: [sizes] }),
  ReduceSum: reduction,
  ReduceMax: reduction,
  Softmax: alongAxis,
  LogSoftmax: ({ axis }, _, { device = 'cpu' }) =>
    devices[device].composed.includes('LogSoftmax')
      ? composedLogSoftmax(axis)
      : alongAxis({ axis }),
  LayerNormalization: ({ epsilon }) => ({ attributes: { axis: -1, epsilon: { float: epsilon } } })
}

/** The parts of a model's graph as they are written, one after the other. */
class Writer implements Beside {
  readonly node: object[] = []
  readonly initializer: object[] = []
  readonly inputs: object[] = []
  /** Names of the int64 vectors of one number that hold what open sizes are in a run. */
  readonly openSizes = new Map<number, string>()
  #unnamed = 0

  isOpen(size: number): boolean {
    return this.openSizes.has(size)
  }

  input(name: string, type: keyof typeof dataTypes, shape: readonly (number | string)[]): string {
    this.inputs.push(valueInfo(name, shape, dataTypes[type]))
    return name
  }

  ints(numbers: readonly number[]): string {
    if (numbers.some((number) => this.isOpen(number))) {
      const parts = numbers.map((number) => this.openSizes.get(number) ?? this.ints([number]))
      return parts.length === 1 ? parts[0]! : this.apply('Concat', parts, { axis: 0 })
    }
    const name = this.#fresh()
    const rawData = new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer)
    this.initializer.push({ name, dims: [numbers.length], dataType: dataTypes.int64, rawData })
    return name
  }

  floats(numbers: readonly number[]): string {
    const name = this.#fresh()
    this.constant(name, [numbers.length], Float32Array.from(numbers))
    return name
  }

  constant(name: string, shape: Shape, numbers: Float32Array): void {
    const rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    this.initializer.push({ name, dims: shape, dataType: dataTypes.float, rawData })
  }

  apply(opType: string, input: readonly string[], attributes?: OnnxAttributes): string {
    const name = this.#fresh()
    this.write(opType, { input, output: [name], attributes })
    return name
  }

  write(
    opType: string,
    {
      input,
      output,
      attributes = {}
    }: {
      input: readonly string[]
      output: readonly string[]
      attributes?: OnnxAttributes | undefined
    }
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value))
    this.node.push({ opType, input, output, attribute })
  }

  #fresh(): string {
    return `%.${this.#unnamed++}`
  }
}

export interface OnnxOptions {
  /** Inputs that become initialisers. */
  constants: Tensors
  /** Threads inside one operator of the session that will run the model, on the CPU. */
  threads: number
  /** What the model is for; the CPU unless given. */
  device?: OnnxruntimeDevice
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
  const Model = messages.lookupType('Model')
  const model = {
    irVersion,
    producerName: 'erratum',
    opsetImport: [{ domain: '', version: operatorSetVersion }],
    graph: { name: graph.name, node, initializer, input, output }
  }
  return Model.encode(Model.fromObject(model)).finish()
}

function lower<Op extends Operator>(node: Node<Op>, options: OnnxOptions): Lowering {
  const shapes = node.inputs.map((input) => input.shape)
  return lowerings[node.op](node.attributes, shapes, options)
}

function attributeOf(name: string, value: OnnxAttributes[string]): object {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.int }
  if (typeof value === 'string') {
    return { name, s: Buffer.from(value), type: attributeTypes.string }
  }
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float }
  return { name, ints: value, type: attributeTypes.ints }
}

function valueInfo(name: string, shape: readonly (number | string)[], elemType: number): object {
  const dim = shape.map((size) =>
    typeof size === 'string' ? { dimParam: size } : { dimValue: size }
  )
  return { name, type: { tensorType: { elemType, shape: { dim } } } }
}
