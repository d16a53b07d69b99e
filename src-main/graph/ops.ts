/**
 * The operators: for each its shape rule and its gradient rule, side by side.
 *
 * A shape rule says what the operator accepts and which shapes come out. A gradient rule is given
 * the gradients of the outputs (`undefined` where nothing depends on one) and returns those of the
 * inputs as new nodes; `null` says that none flows. With y = f(x) and dy = ∂L/∂y it states
 * dx = (∂y/∂x)ᵀ dy. What the operators compute is defined by `executors/reference.ts`.
 */
import {
  add,
  concat,
  constant,
  div,
  erf,
  exp,
  expand,
  gather,
  indicator,
  matmul,
  mul,
  neg,
  pad,
  reduceSum,
  reshape,
  scatterAdd,
  setRows,
  slice,
  split,
  sub,
  sumTo,
  transpose,
  transposeLast
} from './build.ts'
import type { Attributes, Node, OpName, Shape, Value } from './ir.ts'
import { broadcast, checkArity, checkAxis, checkSizes, refuse, withAxis } from './shapes.ts'
import { sizeOf } from './ir.ts'

export interface Op<Name extends OpName> {
  shape(inputs: readonly Shape[], attributes: Attributes[Name]): Shape[]
  gradient(node: Node<Name>, dy: Value, dys: readonly (Value | undefined)[]): (Value | null)[]
}

/** The only input, or the i-th. */
const x = (node: Pick<Node, 'inputs'>, i = 0) => node.inputs[i]!
/** The only output. */
const y = (node: Pick<Node, 'outputs'>) => node.outputs[0]!

const sameShape = (name: OpName) => (inputs: readonly Shape[]) => {
  checkArity(name, inputs, 1)
  return [inputs[0]!]
}

const broadcastShape = (name: OpName) => (inputs: readonly Shape[]) => {
  checkArity(name, inputs, 2)
  return [broadcast(name, inputs[0]!, inputs[1]!)]
}

const sameShapeAlong =
  (name: OpName) =>
  (inputs: readonly Shape[], { axis }: { axis: number }) => {
    checkArity(name, inputs, 1)
    checkAxis(name, inputs, axis)
    return [inputs[0]!]
  }

const reducedShape =
  (name: OpName) =>
  (inputs: readonly Shape[], { axes, keepDims }: Attributes['ReduceSum']) => {
    checkArity(name, inputs, 1)
    axes.forEach((axis) => checkAxis(name, inputs, axis))
    // No axes mean all of them in ONNX, and none in other places: nobody has to remember which.
    if (axes.length === 0) refuse(name, inputs, 'it names no axis')
    if (new Set(axes).size < axes.length) {
      refuse(name, inputs, `[${axes.join(', ')}] names an axis twice`)
    }
    return [
      inputs[0]!.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [size]))
    ]
  }

/** A reduced tensor with its reduced axes back, of size 1, whether or not the operator kept them. */
function keepReduced(node: Node<'ReduceSum'> | Node<'ReduceMax'>, value: Value): Value {
  const { axes } = node.attributes
  return reshape(
    value,
    x(node).shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  )
}

/** scale · exp(−x² / width). */
function bell(x: Value, { scale, width }: { scale: number; width: number }): Value {
  return mul(exp(mul(mul(x, x), constant([-1 / width]))), constant([scale]))
}

/**
 * aᵀ·dy, what flows to the right factor of a product. For matrices it is written (dyᵀ·a)ᵀ: where
 * the weight has more inputs than outputs onnxruntime does that product faster (2 to 20 % of it
 * alone), and turning the small result costs next to nothing.
 */
function leftGradient(a: Value, dy: Value): Value {
  return a.shape.length === 2 && dy.shape.length === 2
    ? transposeLast(matmul(transposeLast(dy), a))
    : matmul(transposeLast(a), dy)
}

export const ops: { readonly [Name in OpName]: Op<Name> } = {
  // Leaves: `build.ts` gives an input its shape, and nothing flows through either.
  Input: { shape: () => [], gradient: () => [] },
  Constant: { shape: (_, { shape }) => [shape], gradient: () => [] },

  Add: {
    shape: broadcastShape('Add'),
    gradient: (node, dy) => [sumTo(dy, x(node).shape), sumTo(dy, x(node, 1).shape)]
  },
  Sub: {
    shape: broadcastShape('Sub'),
    gradient: (node, dy) => [sumTo(dy, x(node).shape), sumTo(neg(dy), x(node, 1).shape)]
  },
  Mul: {
    shape: broadcastShape('Mul'),
    gradient: (node, dy) => [
      sumTo(mul(dy, x(node, 1)), x(node).shape),
      sumTo(mul(dy, x(node)), x(node, 1).shape)
    ]
  },
  Div: {
    shape: broadcastShape('Div'),
    gradient: (node, dy) => {
      const scaled = div(dy, x(node, 1))
      return [sumTo(scaled, x(node).shape), sumTo(neg(mul(scaled, y(node))), x(node, 1).shape)]
    }
  },

  Neg: { shape: sameShape('Neg'), gradient: (_, dy) => [neg(dy)] },
  Exp: { shape: sameShape('Exp'), gradient: (node, dy) => [mul(dy, y(node))] },
  Log: { shape: sameShape('Log'), gradient: (node, dy) => [div(dy, x(node))] },
  // dy/dx = 1 / 2y
  Sqrt: {
    shape: sameShape('Sqrt'),
    gradient: (node, dy) => [div(mul(dy, constant([0.5])), y(node))]
  },
  Floor: { shape: sameShape('Floor'), gradient: () => [null] },
  // y is not 0 exactly where x > 0.
  Relu: { shape: sameShape('Relu'), gradient: (node, dy) => [mul(dy, indicator(y(node)))] },
  Indicator: { shape: sameShape('Indicator'), gradient: () => [null] },
  Tanh: {
    shape: sameShape('Tanh'),
    gradient: (node, dy) => [mul(dy, sub(constant([1]), mul(y(node), y(node))))]
  },
  Erf: {
    shape: sameShape('Erf'),
    gradient: (node, dy) => [mul(dy, bell(x(node), { scale: 2 / Math.sqrt(Math.PI), width: 1 }))]
  },
  // With y = x·Φ(x) and s = x/√2, dy/dx = Φ(x) + x·φ(x) = (1 + erf(s) + 2/√π · s/exp(s²)) / 2. It is
  // written in few passes over the numbers; where exp(s²) is infinite the quotient is 0, as it should.
  Gelu: {
    shape: sameShape('Gelu'),
    gradient: (node, dy) => {
      const s = mul(x(node), constant([Math.SQRT1_2]))
      const bend = mul(div(s, exp(mul(s, s))), constant([2 / Math.sqrt(Math.PI)]))
      const twice = add(add(erf(s), constant([1])), bend)
      // Where dy is a product, onnxruntime halves it in passing.
      return [mul(mul(dy, constant([0.5])), twice)]
    }
  },

  MatMul: {
    shape: (inputs) => {
      checkArity('MatMul', inputs, 2)
      const [a, b] = [inputs[0]!, inputs[1]!]
      if (a.length < 2 || b.length < 2) refuse('MatMul', inputs, 'both need two axes or more')
      if (a.at(-1) !== b.at(-2)) {
        refuse('MatMul', inputs, `the inner sizes ${a.at(-1)} and ${b.at(-2)} differ`)
      }
      const batch = broadcast('MatMul', a.slice(0, -2), b.slice(0, -2), [a, b])
      return [[...batch, a.at(-2)!, b.at(-1)!]]
    },
    gradient: (node, dy) => {
      const [a, b] = [x(node), x(node, 1)]
      return [sumTo(matmul(dy, transposeLast(b)), a.shape), sumTo(leftGradient(a, dy), b.shape)]
    }
  },

  Transpose: {
    shape: (inputs, { permutation }) => {
      checkArity('Transpose', inputs, 1)
      const sorted = permutation.toSorted((a, b) => a - b)
      if (sorted.length !== inputs[0]!.length || sorted.some((axis, i) => axis !== i)) {
        refuse('Transpose', inputs, `[${permutation.join(', ')}] is no permutation of its axes`)
      }
      return [permutation.map((axis) => inputs[0]![axis]!)]
    },
    gradient: (node, dy) => {
      const inverse: number[] = []
      node.attributes.permutation.forEach((from, to) => (inverse[from] = to))
      return [transpose(dy, inverse)]
    }
  },

  Reshape: {
    shape: (inputs, { shape }) => {
      checkArity('Reshape', inputs, 1)
      checkSizes('Reshape', inputs, shape)
      if (sizeOf(shape) !== sizeOf(inputs[0]!)) {
        refuse('Reshape', inputs, `[${shape.join(', ')}] holds another number of elements`)
      }
      return [shape]
    },
    gradient: (node, dy) => [reshape(dy, x(node).shape)]
  },

  Expand: {
    shape: (inputs, { shape }) => {
      checkArity('Expand', inputs, 1)
      checkSizes('Expand', inputs, shape)
      const result = broadcast('Expand', inputs[0]!, shape)
      if (result.join() !== shape.join()) {
        refuse('Expand', inputs, `it does not stretch to [${shape.join(', ')}]`)
      }
      return [shape]
    },
    gradient: (node, dy) => [sumTo(dy, x(node).shape)]
  },

  Gather: {
    shape: (inputs) => {
      checkArity('Gather', inputs, 2)
      const [matrix, indices] = [inputs[0]!, inputs[1]!]
      if (matrix.length !== 2 || indices.length !== 1) {
        refuse('Gather', inputs, 'it takes a matrix and a vector of indices')
      }
      return [[indices[0]!, matrix[1]!]]
    },
    gradient: (node, dy) => [scatterAdd(x(node, 1), dy, x(node).shape[0]!), null]
  },
  ScatterND: {
    shape: (inputs, { rows }) => {
      checkArity('ScatterND', inputs, 2)
      const [indices, added] = [inputs[0]!, inputs[1]!]
      if (indices.length !== 1 || added.length !== 2 || indices[0] !== added[0]) {
        refuse('ScatterND', inputs, 'it takes an index for every row of a matrix')
      }
      const shape = [rows, added[1]!]
      checkSizes('ScatterND', inputs, shape)
      return [shape]
    },
    gradient: (node, dy) => [null, gather(dy, x(node))]
  },
  SetRows: {
    shape: (inputs) => {
      checkArity('SetRows', inputs, 3)
      const [matrix, indices, rows] = [inputs[0]!, inputs[1]!, inputs[2]!]
      if (matrix.length !== 2 || indices.length !== 1 || rows.length !== 2) {
        refuse('SetRows', inputs, 'it takes a matrix, a vector of indices and a row for each')
      }
      if (rows[0] !== indices[0] || rows[1] !== matrix[1]) {
        refuse('SetRows', inputs, 'it takes a row as wide as the matrix for every index')
      }
      return [matrix]
    },
    gradient: (node, dy) => {
      const [indices, rows] = [x(node, 1), x(node, 2)]
      const zeros = expand(constant([0]), rows.shape)
      return [setRows(dy, indices, zeros), null, gather(dy, indices)]
    }
  },

  Slice: {
    shape: (inputs, { axis, start, end }) => {
      checkArity('Slice', inputs, 1)
      checkAxis('Slice', inputs, axis)
      const size = inputs[0]![axis]!
      if (start < 0 || end > size || start >= end) {
        refuse('Slice', inputs, `[${start}, ${end}) is not within axis ${axis} of size ${size}`)
      }
      return [withAxis(inputs[0]!, axis, end - start)]
    },
    gradient: (node, dy) => {
      const { axis, start, end } = node.attributes
      return [pad(dy, axis, [start, x(node).shape[axis]! - end])]
    }
  },

  Pad: {
    shape: (inputs, { axis, before, after }) => {
      checkArity('Pad', inputs, 1)
      checkAxis('Pad', inputs, axis)
      if (before < 0 || after < 0) refuse('Pad', inputs, 'it cannot take elements away')
      return [withAxis(inputs[0]!, axis, inputs[0]![axis]! + before + after)]
    },
    gradient: (node, dy) => {
      const { axis, before } = node.attributes
      return [slice(dy, axis, [before, before + x(node).shape[axis]!])]
    }
  },

  Concat: {
    shape: (inputs, { axis }) => {
      const first = inputs[0]
      if (!first) refuse('Concat', inputs, 'there is nothing to join')
      checkAxis('Concat', inputs, axis)
      const others = (shape: Shape) => withAxis(shape, axis, 0).join()
      if (inputs.some((shape) => others(shape) !== others(first))) {
        refuse('Concat', inputs, `they differ outside of axis ${axis}`)
      }
      const total = inputs.reduce((sum, shape) => sum + shape[axis]!, 0)
      return [withAxis(first, axis, total)]
    },
    gradient: (node, dy) => {
      const { axis } = node.attributes
      const sizes = node.inputs.map((value) => value.shape[axis]!)
      return [...split(dy, axis, sizes)]
    }
  },

  Split: {
    shape: (inputs, { axis, sizes }) => {
      checkArity('Split', inputs, 1)
      checkAxis('Split', inputs, axis)
      const total = sizes.reduce((sum, size) => sum + size, 0)
      if (total !== inputs[0]![axis] || sizes.some((size) => size < 1)) {
        refuse('Split', inputs, `parts of ${sizes.join(', ')} do not make up axis ${axis}`)
      }
      return sizes.map((size) => withAxis(inputs[0]!, axis, size))
    },
    gradient: (node, _, dys) => {
      const parts = node.outputs.map((part, i) => dys[i] ?? expand(constant([0]), part.shape))
      return [concat(parts, node.attributes.axis)]
    }
  },

  ReduceSum: {
    shape: reducedShape('ReduceSum'),
    gradient: (node, dy) => [expand(keepReduced(node, dy), x(node).shape)]
  },
  // Where several elements attain the maximum each gets an even share, as torch.amax does.
  ReduceMax: {
    shape: reducedShape('ReduceMax'),
    gradient: (node, dy) => {
      const below = indicator(sub(keepReduced(node, y(node)), x(node)))
      const attained = sub(constant([1]), below)
      const share = div(keepReduced(node, dy), reduceSum(attained, node.attributes.axes, true))
      return [mul(attained, share)]
    }
  },

  Softmax: {
    shape: sameShapeAlong('Softmax'),
    gradient: (node, dy) => {
      const weighted = mul(dy, y(node))
      return [sub(weighted, mul(y(node), reduceSum(weighted, [node.attributes.axis], true)))]
    }
  },
  LogSoftmax: {
    shape: sameShapeAlong('LogSoftmax'),
    gradient: (node, dy) => [
      sub(dy, mul(exp(y(node)), reduceSum(dy, [node.attributes.axis], true)))
    ]
  },

  LayerNormalization: {
    shape: (inputs, { epsilon }) => {
      checkArity('LayerNormalization', inputs, 3)
      const [shape, scale, shift] = [inputs[0]!, inputs[1]!, inputs[2]!]
      const n = shape.at(-1)
      if (n === undefined || [scale, shift].some((own) => own.length !== 1 || own[0] !== n)) {
        refuse('LayerNormalization', inputs, 'scale and shift must have the size of the last axis')
      }
      if (!(epsilon > 0)) refuse('LayerNormalization', inputs, `${epsilon} is not above 0`)
      const kept = withAxis(shape, shape.length - 1, 1)
      return [shape, kept, kept]
    },
    // With d = x − mean, s = 1/√(variance + epsilon) (so that d·s is what is scaled), g = dy·scale and
    // means along the last axis:
    // dx = g·s − (mean(g)·s − dmean/n) − d·(mean(g·d)·s³ + dinverse·s³/n).
    // Sums along either axis are products, which take less than a reduction and a pass before it.
    gradient: (node, _, [first, dMean, dInverse]) => {
      const { shape } = x(node)
      const n = shape.at(-1)!
      const rows = sizeOf(shape) / n
      const flat = (value: Value) => reshape(value, [rows, value.shape.at(-1)!])
      const dy = flat(first ?? expand(constant([0]), shape))
      const [mean, inverse] = [flat(node.outputs[1]!), flat(node.outputs[2]!)]
      const scale = x(node, 1)
      const column = reshape(mul(scale, constant([1 / n])), [n, 1])
      const share = (value: Value) => mul(flat(value), constant([1 / n]))
      const deviation = sub(flat(x(node)), mean)
      const product = mul(dy, deviation)
      const meanOfG = mul(matmul(dy, column), inverse)
      const level = dMean ? sub(meanOfG, share(dMean)) : meanOfG
      const meanOfProduct = matmul(product, column)
      const bend = dInverse ? add(meanOfProduct, share(dInverse)) : meanOfProduct
      const slope = mul(mul(mul(bend, inverse), inverse), inverse)
      const dx = sub(sub(mul(mul(dy, scale), inverse), level), mul(deviation, slope))
      const dScale = matmul(transposeLast(inverse), product)
      return [reshape(dx, shape), reshape(dScale, [n]), sumTo(dy, [n])]
    }
  }
}
