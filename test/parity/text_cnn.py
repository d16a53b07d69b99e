"""Makes golden/text-cnn.json: one batch a case with its logits, losses and every gradient.

Before anything is written the gradients are held against plain Python loops (forward and
backward, no tensor library) and, where no maximum is tied, against central differences.
"""

import math
import sys

sys.dont_write_bytecode = True

import common  # noqa: E402
import torch  # noqa: E402
from common import CLS, PAD, SEP, UNK  # noqa: E402

SIZES = {'V': 60, 'D': 8, 'F': 6, 'C': 3, 'w1': 5, 'w2': 5, 'B': 5, 'T': 14}
SMALL = {'V': 60, 'D': 8, 'F': 6, 'C': 2, 'w1': 3, 'w2': 2, 'B': 5, 'T': 14}

# Lengths 2 to 14; words repeated within a text; texts shorter than the receptive field; an inner
# [PAD] as an edit leaves it (row 1), and one at the very end of a text (row 3 of MIXED).
MIXED = [
    [CLS, 17, 8, 17, 41, 17, 8, 23, 5, 59, 12, 8, 30, SEP],
    [CLS, 9, 21, PAD, 33, 9, 44, 21, 9, 50, SEP],
    [CLS, SEP],
    [CLS, 14, UNK, 14, 26, 37, 4, 11, 52, PAD],
    [CLS, 28, 6, 47, SEP],
]
# One word over and over: the windows within the run are equal, so their maxima are tied.
REPEATED = [
    [CLS] + [19] * 12 + [SEP],
    [19] * 14,
    [CLS] + [7, 31] * 6 + [SEP],
    [7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
    [CLS, 31, 31, 31, SEP],
]


def loops(parameters, ids, length, label, sizes):
    """One example by plain loops: logits, loss, gradient at the embeddings, and parameters'."""
    P = {name: p.tolist() for name, p in parameters.items()}
    D, F, C, T = sizes['D'], sizes['F'], sizes['C'], sizes['T']
    x = [P['embedding'][i] for i in ids]

    def conv(inputs, weight, bias, width):
        channels = len(inputs[0])
        return [
            [
                bias[f]
                + sum(
                    inputs[t + k][d] * weight[d][k * F + f]
                    for k in range(width)
                    for d in range(channels)
                )
                for f in range(F)
            ]
            for t in range(len(inputs) - width + 1)
        ]

    def relu(rows):
        return [[max(v, 0.0) for v in row] for row in rows]

    widths = [sizes['w1'], sizes['w2'], 1]
    inputs, activations = [x], []
    for n, width in enumerate(widths, 1):
        a = conv(inputs[-1], P[f'conv{n}.weight'], P[f'conv{n}.bias'], width)
        activations.append(a)
        inputs.append(relu(a))
    R = sizes['w1'] + sizes['w2'] - 1
    assert len(inputs[-1]) == T - R + 1
    allowed = [i for i in range(T - R + 1) if i <= max(length - R, 0)]
    pooled = [max(inputs[-1][i][f] for i in allowed) for f in range(F)]
    logits = [
        P['dense.bias'][c] + sum(pooled[f] * P['dense.weight'][f][c] for f in range(F))
        for c in range(C)
    ]
    total = sum(math.exp(v) for v in logits)
    loss = math.log(total) - logits[label]

    g = {name: torch.zeros_like(p) for name, p in parameters.items()}
    g_logits = [math.exp(v) / total - (1 if c == label else 0) for c, v in enumerate(logits)]
    g_out = [[0.0] * F for _ in inputs[-1]]
    for c in range(C):
        g['dense.bias'][c] += g_logits[c]
        for f in range(F):
            g['dense.weight'][f, c] += pooled[f] * g_logits[c]
    for f in range(F):
        share = sum(P['dense.weight'][f][c] * g_logits[c] for c in range(C))
        winners = [i for i in allowed if inputs[-1][i][f] == pooled[f]]
        for i in winners:
            g_out[i][f] = share / len(winners)
    for n in (3, 2, 1):
        weight, source = P[f'conv{n}.weight'], inputs[n - 1]
        g_in = [[0.0] * len(source[0]) for _ in source]
        for t, row in enumerate(activations[n - 1]):
            for f in range(F):
                if row[f] <= 0 or g_out[t][f] == 0:
                    continue
                g[f'conv{n}.bias'][f] += g_out[t][f]
                for k in range(widths[n - 1]):
                    for d in range(len(source[0])):
                        g[f'conv{n}.weight'][d, k * F + f] += source[t + k][d] * g_out[t][f]
                        g_in[t + k][d] += weight[d][k * F + f] * g_out[t][f]
        g_out = g_in
    for i, word in enumerate(ids):
        if word != PAD:
            for d in range(D):
                g['embedding'][word, d] += g_out[i][d]
    return logits, loss, g_out, g


def close(actual, expected, tolerance, what):
    worst = (actual - expected).abs().max().item()
    assert worst <= tolerance, f'{what}: {worst} apart'


def check_by_loops(parameters, ids, lengths, labels, sizes, found):
    values, losses, input_gradients, gradients = found
    B = len(losses)
    sums = {name: torch.zeros_like(p) for name, p in parameters.items()}
    for b in range(B):
        logits, loss, g_inputs, g = loops(
            parameters, ids[b].tolist(), int(lengths[b]), int(labels[b]), sizes
        )
        close(values['logits'][b], torch.tensor(logits, dtype=torch.float64), 1e-12, 'logits')
        assert abs(losses[b].item() - loss) < 1e-12
        expected = torch.tensor(g_inputs, dtype=torch.float64)
        close(input_gradients[b], expected, 1e-12, 'input gradient')
        for name in sums:
            sums[name] += g[name] / B
    for name in sums:
        close(gradients[name], sums[name], 1e-12, name)


def check_by_differences(parameters, ids, lengths, labels, sizes, found, h=1e-6):
    _, _, input_gradients, gradients = found

    def losses_at(p, embedded):
        return common.losses_of(common.forward(p, embedded, lengths, sizes)['logits'], labels)

    embedded = parameters['embedding'][ids]
    for i in range(sizes['T']):
        for d in range(sizes['D']):
            step = torch.zeros_like(embedded)
            step[:, i, d] = h
            up = losses_at(parameters, embedded + step)
            down = losses_at(parameters, embedded - step)
            close(input_gradients[:, i, d], (up - down) / (2 * h), 1e-8, f'position {i}')
    for name, p in parameters.items():
        for at in range(p.numel()):
            if name == 'embedding' and at < sizes['D']:
                continue  # the row of [PAD] is frozen
            ends = []
            for sign in (1, -1):
                moved = dict(parameters)
                moved[name] = p.clone()
                moved[name].view(-1)[at] += sign * h
                ends.append(losses_at(moved, moved['embedding'][ids]).mean())
            difference = (ends[0] - ends[1]) / (2 * h)
            close(gradients[name].view(-1)[at], difference, 1e-8, f'{name} at {at}')


def check_independence_of_T(parameters, ids, lengths, labels, sizes, found):
    """More [PAD] at the end changes nothing."""
    wide = torch.nn.functional.pad(ids, (0, 7))
    wider = common.evaluate(parameters, wide, lengths, labels, sizes)
    _, losses, input_gradients, gradients = wider
    close(losses, found[1], 1e-13, 'losses of the wider batch')
    close(input_gradients[:, : sizes['T']], found[2], 1e-13, 'gradients of the wider batch')
    assert not input_gradients[:, sizes['T'] :].any()
    for name in gradients:
        close(gradients[name], found[3][name], 1e-13, name)


def case(name, note, sizes, texts, labels, scale, grid, tied):
    ids, lengths = common.batch_of(texts, sizes['T'])
    labels = torch.tensor(labels)
    for seed in range(1, 10_000):
        generator = torch.Generator().manual_seed(seed)
        parameters = common.random_parameters(sizes, generator, scale, grid)
        found = common.evaluate(parameters, ids, lengths, labels, sizes)
        nearest, lead = common.margins(found[0])
        # Every row and nearly every filter must take part, and no kink may be near.
        live = (found[2].abs().amax(dim=(1, 2)) > 1e-3).all() and (
            (found[3]['conv1.bias'].abs() > 1e-4).sum() >= sizes['F'] - 1
        )
        pooled_live = (found[0]['pooled'] > 0).double().mean() > 0.6
        calm = found[1].max() < 6
        if live and pooled_live and calm and nearest > 1e-4 and (tied or lead > 1e-3):
            break
    else:
        raise AssertionError(f'{name}: no seed will do')
    assert all(common.is_float32(p) for p in parameters.values())
    check_by_loops(parameters, ids, lengths, labels, sizes, found)
    check_independence_of_T(parameters, ids, lengths, labels, sizes, found)
    if tied:
        candidates = found[0]['candidates']
        winners = (candidates == candidates.amax(dim=1, keepdim=True)) & (candidates > 0)
        assert (winners.sum(dim=1) >= 3).any(), 'no maximum is tied'
        single = {name: p.float() for name, p in parameters.items()}
        rough = common.forward(single, single['embedding'][ids], lengths, sizes)['pooled']
        assert torch.equal(rough.double(), found[0]['pooled']), 'float32 is not exact'
    else:
        check_by_differences(parameters, ids, lengths, labels, sizes, found)
    assert not found[3]['embedding'][PAD].any()
    print(f'{name}: seed {seed}, nearest kink {nearest:.2g}, smallest lead {lead:.2g}')
    values, losses, input_gradients, gradients = found
    return {
        'name': name,
        'note': note,
        'seed': seed,
        'sizes': sizes,
        'receptiveField': common.receptive_field(sizes),
        'ids': common.plain(ids),
        'lengths': common.plain(lengths),
        'labels': common.plain(labels),
        'parameters': common.tensor_entries(parameters),
        'logits': common.plain(values['logits']),
        'losses': common.plain(losses),
        'meanLoss': common.number(losses.mean().item()),
        'inputGradients': common.tensor_entry(input_gradients),
        'gradients': common.tensor_entries(gradients),
    }


def main():
    torch.set_num_threads(1)
    cases = [
        case(
            'mixed',
            'lengths 2 to 14, repeated words, an inner [PAD], texts shorter than the window',
            SIZES, MIXED, [0, 2, 1, 2, 1], 0.6, 512, False,
        ),
        case(
            'small windows',
            'two classes, widths 3 and 2',
            SMALL, MIXED, [1, 0, 1, 1, 0], 0.6, 512, False,
        ),
        case(
            'ties',
            'equal windows: the gradient of a tied maximum is shared evenly; '
            'all forward values before the softmax are exact in float32',
            SIZES, REPEATED, [2, 0, 1, 1, 0], 0.5, 8, True,
        ),
    ]  # fmt: skip
    common.write_golden('text-cnn.json', {'torch': torch.__version__, 'cases': cases})


if __name__ == '__main__':
    main()
