"""Makes cases/OP.json: what every operator of src-main/graph/ir.ts computes, case by case.

    python3 ops.py && npx prettier --log-level silent --write cases

Values are worked out by numpy in float64 from the operators' definitions and, before they are
written, held to PyTorch's own operators. Inputs are short binary fractions, so they are the same
numbers in float32. A file is a list of `{ op, attributes, inputs, outputs, note }`; `kink` says why
a case has no gradient to compare with differences. Numbers are written with all their digits.
"""

import itertools
import json
import math

import common
import numpy as np
import torch

CASES = common.HERE / 'cases'
generator = np.random.default_rng(20)


def numbers(*shape, low=-3.0, high=3.0):
    """Distinct multiples of 1/128, none of them zero: far from every kink."""
    size = int(np.prod(shape))
    grid = np.arange(int(low * 128), int(high * 128) + 1)
    picked = generator.choice(grid[grid != 0], size=size, replace=False)
    return (picked / 128).reshape(shape)


def positive(*shape):
    return numbers(*shape, low=0.25, high=4.0)


def negative(*shape):
    return numbers(*shape, low=-4.0, high=-0.25)


def zeros(*shape):
    return np.zeros(shape)


def exactly(values):
    return np.array(values, dtype=np.float64)


documents = {}


def case(op, note, inputs, attributes=None, kink=None):
    """Adds a case with the outputs that numpy gives and PyTorch confirms."""
    attributes = attributes or {}
    inputs = [np.asarray(x, dtype=np.float64) for x in inputs]
    for x in inputs:
        assert np.array_equal(x.astype(np.float32), x), f'{op}, {note}: not exact in float32'
    outputs = as_list(BY_NUMPY[op](attributes, *inputs))
    others = as_list(BY_TORCH[op](attributes, *[torch.from_numpy(x.copy()) for x in inputs]))
    assert len(outputs) == len(others)
    for ours, theirs in zip(outputs, others):
        assert ours.shape == tuple(theirs.shape), f'{op}, {note}: {ours.shape}, {theirs.shape}'
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-13, atol=1e-13)
        assert np.isfinite(ours).all()
    entry = {
        'op': op,
        'note': note,
        'attributes': attributes,
        'inputs': [tensor(x) for x in inputs],
        'outputs': [tensor(y) for y in outputs],
    }
    if kink:
        entry['kink'] = kink
    documents.setdefault(op, []).append(entry)


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def tensor(x):
    flat = np.ascontiguousarray(x).reshape(-1)
    # Adding 0 makes a positive zero of a negative one, which no executor has to keep.
    return {'shape': list(np.shape(x)), 'data': [plain(v) for v in (flat + 0.0).tolist()]}


def plain(x):
    return int(x) if x.is_integer() and abs(x) < 1e9 else x


def softmax(attributes, x):
    powers = np.exp(x - x.max(axis=attributes['axis'], keepdims=True))
    return powers / powers.sum(axis=attributes['axis'], keepdims=True)


def log_softmax(attributes, x):
    centred = x - x.max(axis=attributes['axis'], keepdims=True)
    return centred - np.log(np.exp(centred).sum(axis=attributes['axis'], keepdims=True))


def along(x, axis, start, end):
    window = [slice(None)] * x.ndim
    window[axis] = slice(start, end)
    return x[tuple(window)]


def pad_widths(x, axis, before, after):
    return [(before, after) if i == axis else (0, 0) for i in range(x.ndim)]


def torch_pad(x, axis, before, after):
    flat = [width for pair in reversed(pad_widths(x, axis, before, after)) for width in pair]
    return torch.nn.functional.pad(x, flat)


def product_by_sums(_, a, b):
    """Row times column, summed one by one: the definition of MatMul."""
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a = np.broadcast_to(a, (*shape, *a.shape[-2:]))
    b = np.broadcast_to(b, (*shape, *b.shape[-2:]))
    result = np.zeros((*shape, a.shape[-2], b.shape[-1]))
    for at in np.ndindex(result.shape):
        batch, row, column = at[:-2], at[-2], at[-1]
        result[at] = sum(a[(*batch, row, i)] * b[(*batch, i, column)] for i in range(a.shape[-1]))
    return result


def layer_norm(attributes, x, scale, shift):
    mean = x.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + attributes['epsilon'])
    return [(x - mean) * inverse * scale + shift, mean, inverse]


def torch_layer_norm(attributes, x, scale, shift):
    mean = x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(x.var(-1, unbiased=False, keepdim=True) + attributes['epsilon'])
    normalised = torch.nn.functional.layer_norm(x, x.shape[-1:], scale, shift, attributes['epsilon'])
    return [normalised, mean, inverse]


def erf(_, x):
    return np.vectorize(math.erf)(x)


def rows_added(attributes, at, x):
    result = np.zeros((attributes['rows'], x.shape[1]))
    for index, row in zip(at.astype(int), x):
        result[index] += row
    return result


def rows_set(_, x, at, rows):
    result = x.copy()
    result[at.astype(int)] = rows
    return result


def constant(attributes):
    return exactly(attributes['data']).reshape(attributes['shape'])


BY_NUMPY = {
    'Constant': constant,
    'Add': lambda _, a, b: a + b,
    'Sub': lambda _, a, b: a - b,
    'Mul': lambda _, a, b: a * b,
    'Div': lambda _, a, b: a / b,
    'Neg': lambda _, x: -x,
    'Exp': lambda _, x: np.exp(x),
    'Log': lambda _, x: np.log(x),
    'Sqrt': lambda _, x: np.sqrt(x),
    'Relu': lambda _, x: np.where(x > 0, x, 0.0),
    'Indicator': lambda _, x: (x != 0) * 1.0,
    'MatMul': product_by_sums,
    'Transpose': lambda a, x: np.transpose(x, a['permutation']),
    'Reshape': lambda a, x: np.reshape(x, a['shape']),
    'Expand': lambda a, x: np.broadcast_to(x, a['shape']),
    'Gather': lambda _, x, at: x[at.astype(int)],
    'ScatterND': rows_added,
    'SetRows': rows_set,
    'Floor': lambda _, x: np.floor(x),
    'Slice': lambda a, x: along(x, a['axis'], a['start'], a['end']),
    'Pad': lambda a, x: np.pad(x, pad_widths(x, **a)),
    'Concat': lambda a, *xs: np.concatenate(xs, axis=a['axis']),
    'Split': lambda a, x: np.split(x, np.cumsum(a['sizes'])[:-1], axis=a['axis']),
    'ReduceSum': lambda a, x: x.sum(axis=tuple(a['axes']), keepdims=a['keepDims']),
    'ReduceMax': lambda a, x: x.max(axis=tuple(a['axes']), keepdims=a['keepDims']),
    'Softmax': softmax,
    'LogSoftmax': log_softmax,
    'Tanh': lambda _, x: np.tanh(x),
    'Erf': erf,
    'Gelu': lambda _, x: x * (1 + erf(_, x / math.sqrt(2))) / 2,
    'LayerNormalization': layer_norm,
}

BY_TORCH = {
    'Constant': lambda a: torch.tensor(a['data'], dtype=torch.float64).reshape(a['shape']),
    'Add': lambda _, a, b: torch.add(a, b),
    'Sub': lambda _, a, b: torch.sub(a, b),
    'Mul': lambda _, a, b: torch.mul(a, b),
    'Div': lambda _, a, b: torch.div(a, b),
    'Neg': lambda _, x: torch.neg(x),
    'Exp': lambda _, x: torch.exp(x),
    'Log': lambda _, x: torch.log(x),
    'Sqrt': lambda _, x: torch.sqrt(x),
    'Relu': lambda _, x: torch.relu(x),
    'Indicator': lambda _, x: x.ne(0).double(),
    'MatMul': lambda _, a, b: torch.matmul(a, b),
    'Transpose': lambda a, x: x.permute(a['permutation']),
    'Reshape': lambda a, x: x.reshape(a['shape']),
    'Expand': lambda a, x: x.expand(a['shape']),
    'Gather': lambda _, x, at: torch.index_select(x, 0, at.long()),
    'ScatterND': lambda a, at, x: torch.zeros(a['rows'], x.shape[1], dtype=x.dtype).index_add(0, at.long(), x),
    'SetRows': lambda _, x, at, rows: x.index_copy(0, at.long(), rows),
    'Floor': lambda _, x: torch.floor(x),
    'Slice': lambda a, x: x.narrow(a['axis'], a['start'], a['end'] - a['start']),
    'Pad': lambda a, x: torch_pad(x, **a),
    'Concat': lambda a, *xs: torch.cat(xs, a['axis']),
    'Split': lambda a, x: torch.split(x, a['sizes'], a['axis']),
    'ReduceSum': lambda a, x: x.sum(a['axes'], a['keepDims']),
    'ReduceMax': lambda a, x: x.amax(a['axes'], a['keepDims']),
    'Softmax': lambda a, x: torch.softmax(x, a['axis']),
    'LogSoftmax': lambda a, x: torch.log_softmax(x, a['axis']),
    'Tanh': lambda _, x: torch.tanh(x),
    'Erf': lambda _, x: torch.erf(x),
    'Gelu': lambda _, x: torch.nn.functional.gelu(x),
    'LayerNormalization': torch_layer_norm,
}


def leaves():
    case('Constant', 'scalar', [], {'data': [2.5], 'shape': []})
    case('Constant', 'size-1 axes', [], {'data': [-0.75], 'shape': [1, 1, 1]})
    data = numbers(6).tolist()
    case('Constant', 'matrix in row-major order', [], {'data': data, 'shape': [2, 3]})
    case('Constant', 'zero', [], {'data': [0, 0, 0], 'shape': [3]})
    case('Constant', 'large magnitude', [], {'data': [1e9, -65536, 2.0**100], 'shape': [3]})


def two_at_a_time(op, second):
    case(op, 'scalars', [numbers(), second()])
    case(op, 'same shape', [numbers(2, 3), second(2, 3)])
    case(op, 'a scalar on the left', [numbers(), second(2, 3)])
    case(op, 'a scalar on the right', [numbers(2, 3), second()])
    case(op, 'leading axes on the left', [numbers(2, 3, 4), second(4)])
    case(op, 'leading axes on the right', [numbers(3, 1), second(2, 3, 2)])
    case(op, 'both stretch', [numbers(2, 1, 3), second(4, 1)])
    case(op, 'size-1 axes meet', [numbers(1, 1), second(1)])
    case(op, 'a size-1 axis on both sides', [numbers(2, 1, 3), second(1, 1, 3)])
    case(op, 'all negative', [negative(2, 2), negative(2, 2)])
    case(op, 'zero on the left', [zeros(3), second(2, 3)])
    large = exactly([[1e4, -65536.0], [2.0**20, -1e6]])
    case(op, 'large magnitude', [large, exactly([2.0**12, -1e4])])
    if op != 'Div':
        case(op, 'zero on the right', [numbers(2, 3), zeros(3)])


def one_at_a_time():
    inputs = {
        'scalar': numbers(),
        'vector': numbers(5),
        'size-1 axes': numbers(1, 3, 1),
        'all negative': negative(2, 3),
    }
    large = exactly([1e4, -1e4, 2.0**30, -(2.0**30)])
    for op in ('Neg', 'Exp', 'Relu', 'Indicator'):
        for note, x in inputs.items():
            case(op, note, [x])
        steep = 'the slope jumps at 0' if op in ('Relu', 'Indicator') else None
        case(op, 'zero', [zeros(3)], kink=steep)
    for op in ('Neg', 'Relu', 'Indicator'):
        case(op, 'large magnitude', [large])
    case('Relu', 'zero between both signs', [exactly([-1, 0, 1])], kink='the slope jumps at 0')
    case('Exp', 'large magnitude', [exactly([20.0, 10.5])])
    case('Exp', 'far below zero', [exactly([-1e4, -200.0, 0.0])])
    case('Log', 'scalar', [positive()])
    case('Log', 'size-1 axes', [positive(1, 3, 1)])
    case('Log', 'below one: all negative results', [numbers(4, low=0.25, high=0.75)])
    case('Log', 'one gives zero', [exactly([1.0, 1.0])])
    case('Log', 'large and small magnitude', [exactly([2.0**100, 1e4, 0.125])])


def products():
    case('MatMul', 'matrices', [numbers(2, 3), numbers(3, 4)])
    case('MatMul', 'one by one', [numbers(1, 1), numbers(1, 1)])
    case('MatMul', 'inner size 1', [numbers(3, 1), numbers(1, 2)])
    case('MatMul', 'row times column', [numbers(1, 4), numbers(4, 1)])
    case('MatMul', 'column times row of a batch', [numbers(2, 3, 1), numbers(2, 1, 2)])
    case('MatMul', 'a batch times one matrix', [numbers(2, 3, 4), numbers(4, 2)])
    case('MatMul', 'one matrix times a batch', [numbers(2, 3), numbers(4, 3, 2)])
    case('MatMul', 'a batch of 1 stretches', [numbers(1, 2, 3), numbers(3, 3, 2)])
    case('MatMul', 'both batches stretch', [numbers(2, 1, 2, 3), numbers(3, 3, 1)])
    case('MatMul', 'all negative', [negative(2, 2), negative(2, 2)])
    case('MatMul', 'zero', [zeros(2, 2), numbers(2, 3)])
    large = exactly([[1e4, -1e4], [65536.0, 1.0]])
    case('MatMul', 'large magnitude', [large, exactly([[1e4, 2.0], [1e4, 3.0]])])


def movements():
    case('Transpose', 'scalar', [numbers()], {'permutation': []})
    case('Transpose', 'vector', [numbers(3)], {'permutation': [0]})
    case('Transpose', 'matrix', [numbers(2, 3)], {'permutation': [1, 0]})
    case('Transpose', 'a cycle is not its own inverse', [numbers(2, 3, 4)], {'permutation': [1, 2, 0]})
    case('Transpose', 'the other cycle', [numbers(2, 3, 4)], {'permutation': [2, 0, 1]})
    case('Transpose', 'size-1 axes', [numbers(1, 3, 1, 2)], {'permutation': [2, 3, 0, 1]})
    case('Transpose', 'nothing moves', [numbers(2, 2)], {'permutation': [0, 1]})

    case('Reshape', 'scalar to [1, 1]', [numbers()], {'shape': [1, 1]})
    case('Reshape', '[1] to a scalar', [numbers(1)], {'shape': []})
    case('Reshape', 'flat', [numbers(2, 3)], {'shape': [6]})
    case('Reshape', 'other rows', [numbers(2, 6)], {'shape': [3, 2, 2]})
    case('Reshape', 'size-1 axes come and go', [numbers(1, 4, 1)], {'shape': [2, 1, 2]})

    case('Expand', 'scalar', [numbers()], {'shape': [2, 3]})
    case('Expand', 'scalar to a scalar', [numbers()], {'shape': []})
    case('Expand', 'new leading axes', [numbers(3)], {'shape': [2, 2, 3]})
    case('Expand', 'an inner axis', [numbers(2, 1, 3)], {'shape': [2, 4, 3]})
    case('Expand', 'leading and inner axes at once', [numbers(3, 1)], {'shape': [2, 3, 2]})
    case('Expand', 'several axes', [numbers(1, 2, 1)], {'shape': [3, 2, 2]})
    case('Expand', 'size 1 stays 1', [numbers(1, 2)], {'shape': [1, 2]})

    case('Slice', 'start', [numbers(5)], {'axis': 0, 'start': 0, 'end': 2})
    case('Slice', 'end', [numbers(5)], {'axis': 0, 'start': 3, 'end': 5})
    case('Slice', 'middle axis', [numbers(2, 4, 3)], {'axis': 1, 'start': 1, 'end': 3})
    case('Slice', 'last axis, one element', [numbers(2, 3)], {'axis': 1, 'start': 1, 'end': 2})
    case('Slice', 'all of a size-1 axis', [numbers(2, 1)], {'axis': 1, 'start': 0, 'end': 1})

    case('Pad', 'before', [numbers(3)], {'axis': 0, 'before': 2, 'after': 0})
    case('Pad', 'after', [numbers(2, 2)], {'axis': 0, 'before': 0, 'after': 1})
    case('Pad', 'both, middle axis', [numbers(2, 2, 2)], {'axis': 1, 'before': 1, 'after': 2})
    case('Pad', 'a size-1 axis', [numbers(1, 2)], {'axis': 0, 'before': 1, 'after': 1})
    case('Pad', 'all negative: the padding is zero', [negative(2)], {'axis': 0, 'before': 1, 'after': 1})
    case('Pad', 'nothing', [numbers(2, 2)], {'axis': 1, 'before': 0, 'after': 0})

    case('Concat', 'one part', [numbers(2, 2)], {'axis': 0})
    case('Concat', 'vectors', [numbers(2), numbers(1), numbers(3)], {'axis': 0})
    case('Concat', 'last axis', [numbers(2, 1), numbers(2, 3)], {'axis': 1})
    case('Concat', 'middle axis', [numbers(2, 1, 2), numbers(2, 2, 2)], {'axis': 1})
    case('Concat', 'size-1 axes', [numbers(1, 1), numbers(1, 1)], {'axis': 0})

    case('Split', 'one part', [numbers(3)], {'axis': 0, 'sizes': [3]})
    case('Split', 'even', [numbers(4, 2)], {'axis': 0, 'sizes': [2, 2]})
    case('Split', 'uneven, last axis', [numbers(2, 6)], {'axis': 1, 'sizes': [1, 3, 2]})
    case('Split', 'middle axis', [numbers(2, 3, 2)], {'axis': 1, 'sizes': [2, 1]})
    case('Split', 'all of size 1', [numbers(1, 3)], {'axis': 1, 'sizes': [1, 1, 1]})


def reductions():
    for op, keep in itertools.product(('ReduceSum', 'ReduceMax'), (False, True)):
        kept = 'kept' if keep else 'dropped'

        def reduce(note, x, axes, kink=None):
            case(op, f'{note}, {kept}', [x], {'axes': axes, 'keepDims': keep}, kink)

        reduce('vector', numbers(4), [0])
        reduce('first axis', numbers(3, 2), [0])
        reduce('last axis', numbers(2, 3), [1])
        reduce('middle axis', numbers(2, 3, 2), [1])
        reduce('several axes', numbers(2, 3, 4), [0, 2])
        reduce('several axes, named backwards', numbers(2, 3, 2), [2, 1])
        reduce('all axes', numbers(2, 2, 2), [0, 1, 2])
        reduce('an axis of size 1', numbers(2, 1, 3), [1])
        reduce('all negative', negative(2, 3), [1])
        reduce('large magnitude', exactly([[1e4, -65536.0], [1e6, 2.0**20]]), [1])
        reduce('zero', zeros(2, 2), [0], 'a tie' if op == 'ReduceMax' else None)
        reduce('a tie', exactly([[1.5, 3.0, 3.0], [-2.0, -2.0, -2.0]]), [1],
               'a tie' if op == 'ReduceMax' else None)
        reduce('a tie across axes', exactly([[0.5, 2.0], [2.0, 1.0]]), [0, 1],
               'a tie' if op == 'ReduceMax' else None)


def softmaxes():
    for op in ('Softmax', 'LogSoftmax'):
        case(op, 'vector', [numbers(4)], {'axis': 0})
        case(op, 'last axis', [numbers(2, 3)], {'axis': 1})
        case(op, 'first axis', [numbers(3, 2)], {'axis': 0})
        case(op, 'middle axis', [numbers(2, 3, 2)], {'axis': 1})
        case(op, 'an axis of size 1', [numbers(3, 1)], {'axis': 1})
        case(op, 'all negative', [negative(2, 3)], {'axis': 1})
        case(op, 'zero', [zeros(2, 4)], {'axis': 1})
        case(op, 'large magnitude', [exactly([[1e4, 0, -1e4], [1e4, 1e4 - 1, 1e4 - 2.5]])], {'axis': 1})
        case(op, 'large and all negative', [exactly([-1e4, -1e4 - 0.5, -2e4])], {'axis': 0})
        case(op, 'excluded by -1e9', [exactly([[0.5, -1e9, 1.5]])], {'axis': 1})


def lookups():
    case('Gather', 'some rows, out of order', [numbers(4, 3), exactly([2, 0, 3])])
    case('Gather', 'a row several times', [numbers(3, 2), exactly([1, 1, 0, 1, 2, 1])])
    case('Gather', 'one column', [numbers(3, 1), exactly([2, 1])])
    case('Gather', 'one row', [numbers(1, 4), exactly([0, 0])])

    case('ScatterND', 'each to its own, out of order', [exactly([2, 0, 1]), numbers(3, 2)], {'rows': 3})
    case('ScatterND', 'rows without any are zero', [exactly([3, 1]), numbers(2, 2)], {'rows': 5})
    case('ScatterND', 'several to one', [exactly([1, 1, 0, 1]), numbers(4, 3)], {'rows': 2})
    case('ScatterND', 'all to the only row', [exactly([0, 0, 0]), numbers(3, 1)], {'rows': 1})
    many = exactly([i * i % 5 for i in range(60)])
    case('ScatterND', 'many to a few', [many, numbers(60, 8)], {'rows': 5})


def of_encoders():
    for op in ('Tanh', 'Erf', 'Gelu'):
        case(op, 'scalar', [numbers()])
        case(op, 'matrix', [numbers(3, 4)])
        case(op, 'size-1 axes', [numbers(1, 3, 1)])
        case(op, 'zero', [zeros(3)])
        case(op, 'all negative', [negative(2, 3)])
        case(op, 'around where a series ends', [exactly([2.375, 2.5, 2.625, -2.5])])
        case(op, 'far from zero', [exactly([-40.0, -7.0, 7.0, 40.0])])

    def normalise(note, x, epsilon=1e-5):
        n = x.shape[-1]
        case('LayerNormalization', note, [x, numbers(n), numbers(n)], {'epsilon': epsilon})

    normalise('matrix', numbers(3, 5))
    normalise('vector', numbers(4))
    normalise('leading axes', numbers(2, 1, 3))
    normalise('all negative', negative(2, 4))
    normalise('a large epsilon', numbers(2, 4), epsilon=2.0)
    normalise('large magnitude', exactly([[1e4, -65536.0, 2.0**15], [300.0, 20.0, 1.0]]))
    normalise('hardly any variance', exactly([[2.0, 2.0078125, 1.9921875, 2.0]]), epsilon=1e-2)


def roots():
    case('Sqrt', 'scalar', [positive()])
    case('Sqrt', 'matrix', [positive(3, 4)])
    case('Sqrt', 'size-1 axes', [positive(1, 3, 1)])
    case('Sqrt', 'one gives one', [exactly([1.0, 1.0])])
    case('Sqrt', 'zero', [zeros(3)], kink='the slope is infinite at 0')
    case('Sqrt', 'large magnitude', [exactly([2.0**100, 65536.0, 1e8])])
    case('Sqrt', 'far below one', [exactly([2.0**-100, 2.0**-41, 0.0])], kink='too steep for differences')


def of_updates():
    case('SetRows', 'some rows, out of order', [numbers(4, 3), exactly([3, 1]), numbers(2, 3)])
    case('SetRows', 'all rows', [numbers(2, 2), exactly([1, 0]), numbers(2, 2)])
    case('SetRows', 'one column', [numbers(3, 1), exactly([2]), numbers(1, 1)])
    case('SetRows', 'the only row', [numbers(1, 4), exactly([0]), numbers(1, 4)])
    many = exactly([i * 7 % 40 for i in range(30)])
    case('SetRows', 'many', [numbers(40, 8), many, numbers(30, 8)])
    same = exactly([[1.5, -2.0]])
    twice = np.concatenate([same, same, exactly([[0.25, 3.0]])])
    case('SetRows', 'equal rows to one', [numbers(3, 2), exactly([1, 1, 0]), twice], kink='two rows share a place')

    case('Floor', 'scalar', [numbers()])
    case('Floor', 'matrix', [numbers(3, 4)])
    case('Floor', 'size-1 axes', [numbers(1, 3, 1)])
    case('Floor', 'all negative', [negative(2, 3)])
    case('Floor', 'zero', [zeros(3)], kink='it jumps at 0')
    case('Floor', 'integers stay', [exactly([-2, -1, 1, 2, 2.0**24 - 1])], kink='it jumps there')
    case('Floor', 'large magnitude', [exactly([1e4 + 0.5, -1e4 - 0.5, 2.0**30])])


def write():
    CASES.mkdir(exist_ok=True)
    for op, cases in documents.items():
        text = json.dumps(cases, indent=1)
        (CASES / f'{op}.json').write_text(text + '\n', encoding='utf-8')
        print(f'{op}: {len(cases)} cases')


leaves()
for name, right in (('Add', numbers), ('Sub', numbers), ('Mul', numbers), ('Div', positive)):
    two_at_a_time(name, right)
one_at_a_time()
products()
movements()
reductions()
softmaxes()
lookups()
of_encoders()
roots()
of_updates()
assert documents.keys() == BY_NUMPY.keys()
write()
