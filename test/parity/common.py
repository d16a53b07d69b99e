"""The TextCNN that the golden values come from, in PyTorch, and the writer of the JSON files.

Parameter names, layouts and rules are those of README.md in this folder. The convolutions are
one matrix product by all taps followed by shifted additions; text_cnn.py holds the whole against
plain loops and finite differences.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The folder of the script comes first in the search path, and statistics.py here would hide the
# standard library's, which torch needs: the folder goes to the end.
sys.path.sort(key=lambda folder: pathlib.Path(folder).resolve() == HERE)

import torch  # noqa: E402

PAD, UNK, CLS, SEP = 0, 1, 2, 3
MASKED = -1e9
GOLDEN = HERE / 'golden'


def parameter_shapes(sizes):
    D, F = sizes['D'], sizes['F']
    return {
        'embedding': (sizes['V'], D),
        'conv1.weight': (D, sizes['w1'] * F),
        'conv1.bias': (F,),
        'conv2.weight': (F, sizes['w2'] * F),
        'conv2.bias': (F,),
        'conv3.weight': (F, F),
        'conv3.bias': (F,),
        'dense.weight': (F, sizes['C']),
        'dense.bias': (sizes['C'],),
    }


def random_parameters(sizes, generator, scale=0.6, grid=512):
    """Uniform multiples of 1/grid: exact in decimal, in float32 and in float64."""
    parameters = {}
    for name, shape in parameter_shapes(sizes).items():
        uniform = torch.rand(shape, generator=generator, dtype=torch.float64) * 2 - 1
        if name == 'conv3.bias':
            uniform = uniform.abs()  # few dead filters, so that gradients are worth comparing
        parameters[name] = torch.round(uniform * scale * grid) / grid
    parameters['embedding'][PAD] = 0
    return parameters


def receptive_field(sizes):
    return sizes['w1'] + sizes['w2'] - 1


def convolution(x, weight, bias, width):
    """out[b, t, f] = bias[f] + sum over k and d of x[b, t + k, d] * weight[d, k * F + f]."""
    F = bias.shape[0]
    steps = x.shape[1] - width + 1
    taps = x @ weight
    out = bias
    for k in range(width):
        out = out + taps[:, k : k + steps, k * F : (k + 1) * F]
    return out


def batch_of(texts, T):
    """The ids [B, T], padded at the end, and the lengths of a list of texts."""
    ids = torch.full((len(texts), T), PAD)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
    return ids, torch.tensor([len(text) for text in texts])


def position_mask(lengths, T, R):
    """[B, T']: 0 where the window lies within the text (or is the first), else -1e9."""
    positions = torch.arange(T - R + 1)
    allowed = positions <= (lengths - R).clamp(min=0)[:, None]
    return torch.where(allowed, 0.0, MASKED).to(torch.float64)


def forward(parameters, embedded, lengths, sizes):
    """Every value of the forward run from the embedding outputs [B, T, D]."""
    p = parameters
    a1 = convolution(embedded, p['conv1.weight'], p['conv1.bias'], sizes['w1'])
    h1 = a1.relu()
    a2 = convolution(h1, p['conv2.weight'], p['conv2.bias'], sizes['w2'])
    h2 = a2.relu()
    a3 = convolution(h2, p['conv3.weight'], p['conv3.bias'], 1)
    h3 = a3.relu()
    for h in (h1, h2, h3):
        if h.requires_grad:
            h.retain_grad()  # read by margins()
    mask = position_mask(lengths, embedded.shape[1], receptive_field(sizes)).to(embedded.dtype)
    candidates = h3 + mask[:, :, None]
    pooled = candidates.amax(dim=1)  # shares the gradient evenly on ties
    logits = pooled @ p['dense.weight'] + p['dense.bias']
    return {
        'layers': ((a1, h1), (a2, h2), (a3, h3)),
        'candidates': candidates,
        'pooled': pooled,
        'logits': logits,
    }


def losses_of(logits, labels):
    return torch.nn.functional.cross_entropy(logits, labels, reduction='none')


def evaluate(parameters, ids, lengths, labels, sizes):
    """Losses per example, their gradients at the embedding outputs, and those of the mean."""
    leaves = {name: p.clone().requires_grad_(True) for name, p in parameters.items()}
    embedded = torch.nn.functional.embedding(ids, leaves['embedding'], padding_idx=PAD)
    embedded.retain_grad()
    values = forward(leaves, embedded, lengths, sizes)
    losses = losses_of(values['logits'], labels)
    losses.mean().backward()
    # The examples do not touch one another, so B times the gradient of the mean is each one's own.
    input_gradients = embedded.grad * len(losses)
    return values, losses, input_gradients, {name: leaf.grad for name, leaf in leaves.items()}


def margins(values):
    """How near a run comes to a kink: (smallest |pre-activation|, smallest lead of a maximum).

    Call after backward(). Only what a gradient arrives at counts: another arithmetic, rounding
    otherwise, might send that gradient another way. The lead is relative to the maximum.
    """
    nearest = float('inf')
    for a, h in values['layers']:
        reached = a.detach()[h.grad != 0].abs()
        nearest = min([nearest, *reached.tolist()])
    lead = float('inf')
    candidates = values['candidates'].detach()
    if candidates.shape[1] > 1:
        top, order = candidates.topk(2, dim=1)
        # Two windows whose second layer is wholly dead both give the bias of the third: a tie
        # that no gradient flows through beyond that bias, so how it is shared is not seen.
        a2 = values['layers'][1][0].detach()
        live = (a2 > 0).any(dim=2, keepdim=True).expand_as(candidates).gather(1, order)
        counts = (top[:, 0] > 0) & live.any(dim=1)
        gaps = ((top[:, 0] - top[:, 1]) / top[:, 0])[counts]
        lead = min([lead, *gaps.tolist()])
    return nearest, lead


def is_float32(tensor):
    return torch.equal(tensor.to(torch.float32).to(torch.float64), tensor)


def number(value):
    """A number at 9 significant digits, without needless characters."""
    if isinstance(value, bool) or isinstance(value, int):
        return value
    rounded = float(f'{value:.9g}')
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e9 else rounded


def plain(value):
    """Nested lists of plain numbers, from tensors, lists and numbers."""
    if isinstance(value, torch.Tensor):
        value = value.detach().tolist()
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return number(value) if isinstance(value, (int, float)) else value


def tensor_entry(tensor):
    """{shape, data}: data flat and C-contiguous."""
    return {'shape': list(tensor.shape), 'data': plain(tensor.detach().contiguous().view(-1))}


def tensor_entries(tensors):
    return {name: tensor_entry(tensor) for name, tensor in tensors.items()}


def text_of(value, indent=''):
    """JSON with one field a line and arrays of numbers on one line."""
    inner = indent + ' '
    if isinstance(value, dict):
        fields = [f'{inner}{json.dumps(k)}: {text_of(v, inner)}' for k, v in value.items()]
        return '{\n' + ',\n'.join(fields) + f'\n{indent}}}'
    if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
        return '[\n' + ',\n'.join(inner + text_of(v, inner) for v in value) + f'\n{indent}]'
    return json.dumps(value, separators=(',', ':'))


def write_golden(name, document):
    path = GOLDEN / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text_of(document) + '\n', encoding='utf-8')
    size = path.stat().st_size
    assert size < 400_000, f'{name} takes {size} bytes'
    print(f'{name}: {size} bytes')
