/**
 * The bytes of ONNX's messages, by protobufjs. Only the parts of onnx.proto that are written here are
 * described (field numbers from onnx/onnx.proto).
 */
import protobuf from 'protobufjs'

const operatorSetVersion = 20
/** The version of the file format that came with operator set 20. */
const irVersion = 9
export const dataTypes = { float: 1, int32: 6, int64: 7, bool: 9 } as const
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
export type OnnxAttributes = Record<string, number | string | readonly number[] | { float: number }>

/** The messages of a graph: see onnx.proto. */
export interface GraphMessages {
  node: readonly object[]
  initializer: readonly object[]
  input: readonly object[]
  output: readonly object[]
}

/** The bytes of a model. */
export function modelBytes(name: string, graph: GraphMessages): Uint8Array {
  const Model = messages.lookupType('Model')
  const model = {
    irVersion,
    producerName: 'erratum',
    opsetImport: [{ domain: '', version: operatorSetVersion }],
    graph: { name, ...graph }
  }
  return Model.encode(Model.fromObject(model)).finish()
}

export function attributeOf(name: string, value: OnnxAttributes[string]): object {
  if (typeof value === 'number') return { name, i: value, type: attributeTypes.int }
  if (typeof value === 'string') {
    return { name, s: Buffer.from(value), type: attributeTypes.string }
  }
  if ('float' in value) return { name, f: value.float, type: attributeTypes.float }
  return { name, ints: value, type: attributeTypes.ints }
}

export function valueInfo(
  name: string,
  shape: readonly (number | string)[],
  elemType: number
): object {
  const dim = shape.map((size) =>
    typeof size === 'string' ? { dimParam: size } : { dimValue: size }
  )
  return { name, type: { tensorType: { elemType, shape: { dim } } } }
}
