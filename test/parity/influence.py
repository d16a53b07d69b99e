"""Makes golden/influence.json: what 200 training rows do to 5 held-out examples, by four methods.

Asserted first: the scores agree with the sums written out, from gradients taken one example at a
time by automatic differentiation of the whole embedding table; word contributions add up to their
score; a copy of an example is a proponent with its own label and an opponent with another; and no
maximum, ReLU or top-10 is so near a tie that rounding could turn it.
"""

import random
import sys

sys.dont_write_bytecode = True

import common  # noqa: E402
import torch  # noqa: E402
from common import CLS, PAD, SEP, UNK  # noqa: E402

SIZES = {'V': 60, 'D': 8, 'F': 6, 'C': 2, 'w1': 5, 'w2': 5, 'T': 20}
ROWS, EXAMPLES, TOP = 200, 5, 10
EPOCHS, BATCH, MOMENTUM = 3, 20, 0.9
RATES = [0.08, 0.05, 0.02]  # one an epoch; a checkpoint is kept at each epoch's end
CONTRIBUTION_EXAMPLE, CONTRIBUTION_ROWS = 0, 20
CLASS_WORDS = [range(4, 10), range(10, 16)]
COMMON_WORDS = range(16, 60)


def make_texts(rng, count, noise):
    texts, labels = [], []
    for row in range(count):
        label = rng.randrange(2)
        length = rng.randint(5, SIZES['T'])
        words = [rng.choice(COMMON_WORDS) for _ in range(length - 2)]
        for at in rng.sample(range(len(words)), min(len(words), rng.randint(1, 3))):
            words[at] = rng.choice(CLASS_WORDS[label])
        if row % 7 == 3:
            words[-1] = words[0]  # a repeated word
        if row % 11 == 4:
            words[rng.randrange(len(words))] = PAD  # as an edit leaves it
        if row % 9 == 2:
            words[rng.randrange(len(words))] = UNK
        texts.append([CLS, *words, SEP])
        labels.append(1 - label if rng.random() < noise else label)
    return texts, labels


def make_checkpoints(seed, ids, lengths, labels):
    """SGD with momentum, an epoch each; what is kept is rounded to float32."""
    generator = torch.Generator().manual_seed(seed)
    parameters = common.random_parameters(SIZES, generator)
    momenta = {name: torch.zeros_like(p) for name, p in parameters.items()}
    checkpoints = []
    for epoch in range(EPOCHS):
        for batch in torch.randperm(ROWS, generator=generator).split(BATCH):
            gradients = common.evaluate(
                parameters, ids[batch], lengths[batch], labels[batch], SIZES
            )[3]
            for name in parameters:
                momenta[name] = MOMENTUM * momenta[name] + gradients[name]
                parameters[name] = parameters[name] - RATES[epoch] * momenta[name]
        checkpoints.append({name: p.float().double() for name, p in parameters.items()})
    return checkpoints


def top_positions(ids, norms):
    """The 10 positions of a text with the largest gradients, [PAD] left out; and the margin."""
    order = sorted((i for i in range(len(ids)) if ids[i] != PAD), key=lambda i: (-norms[i], i))
    margin = float('inf')
    if len(order) > TOP and norms[order[TOP - 1]] > 0:
        margin = 1 - norms[order[TOP]] / norms[order[TOP - 1]]
    return order[:TOP], margin


class Gradients:
    """Of texts at one checkpoint: by word, by word of the top 10, and of the last layer."""

    def __init__(self, parameters, texts, labels):
        ids, lengths = common.batch_of(texts, SIZES['T'])
        labels = torch.tensor(labels)
        values, self.losses, at_inputs, _ = common.evaluate(
            parameters, ids, lengths, labels, SIZES
        )
        self.logits = values['logits'].detach()
        self.kink, self.lead = common.margins(values)
        B, V, D = len(texts), SIZES['V'], SIZES['D']
        kept = torch.zeros(ids.shape, dtype=torch.bool)
        self.top_margin = float('inf')
        for b in range(B):
            norms = at_inputs[b].norm(dim=1).tolist()
            positions, margin = top_positions(ids[b].tolist(), norms)
            kept[b, positions] = True
            self.top_margin = min(self.top_margin, margin)
        zeros = torch.zeros(B, V, D, dtype=torch.float64)
        index = ids[:, :, None].expand(-1, -1, D)
        self.words = zeros.scatter_add(1, index, at_inputs)
        self.top_words = zeros.scatter_add(1, index, at_inputs * kept[:, :, None])
        self.words[:, PAD] = 0
        self.top_words[:, PAD] = 0
        g_logits = self.logits.softmax(dim=1)
        g_logits[torch.arange(B), labels] -= 1
        self.last = values['pooled'].detach()[:, :, None] * g_logits[:, None, :]


def influence(rates, rows, examples):
    """Scores [method][example, row] and contributions [method][example, row, word]."""
    contributions = {'tracin-we': 0, 'tracin-we-topk': 0, 'tracin-we-adam': 0}
    last = 0
    for rate, x, held_out in zip(rates, rows, examples, strict=True):
        for method, field in (('tracin-we', 'words'), ('tracin-we-topk', 'top_words')):
            inner = torch.einsum('xwd,rwd->xrw', getattr(held_out, field), getattr(x, field))
            contributions[method] = contributions[method] + rate * inner
        # Each number over the root mean square of it in all rows, as Adam divides its steps.
        roots = (x.top_words**2).mean(dim=0).sqrt()
        scaled = torch.where(roots > 0, held_out.top_words / roots, 0)
        inner = torch.einsum('xwd,rwd->xrw', scaled, x.top_words)
        contributions['tracin-we-adam'] = contributions['tracin-we-adam'] + rate * inner
        last = last + rate * torch.einsum('xfc,rfc->xr', held_out.last, x.last)
    scores = {method: c.sum(dim=2) for method, c in contributions.items()}
    scores['tracin-last'] = last
    return scores, contributions


def check_written_out(checkpoints, rates, train, held_out, scores):
    """A few pairs by the definition: gradients of one text's loss, sums over shared words."""

    def gradients(parameters, text, label):
        leaves = {n: p.clone().requires_grad_(True) for n, p in parameters.items()}
        ids = torch.tensor([text])
        short = max(0, common.receptive_field(SIZES) - len(text))
        padded = torch.nn.functional.pad(ids, (0, short))
        embedded = leaves['embedding'][padded]
        embedded.retain_grad()
        values = common.forward(leaves, embedded, torch.tensor([len(text)]), SIZES)
        common.losses_of(values['logits'], torch.tensor([label])).sum().backward()
        return embedded.grad[0], leaves['embedding'].grad, leaves['dense.weight'].grad

    def by_word(text, positions, at):
        sums = {}
        for i in positions:
            if text[i] != PAD:
                sums[text[i]] = sums.get(text[i], 0) + at[i]
        return sums

    def side(parameters, text, label):
        at, table, dense = gradients(parameters, text, label)
        every = by_word(text, range(len(text)), at)
        for word, g in every.items():
            assert torch.allclose(g, table[word], rtol=1e-12, atol=1e-15)
        ranked = sorted(
            (i for i in range(len(text)) if text[i] != PAD),
            key=lambda i: (-at[i].norm().item(), i),
        )
        return every, by_word(text, ranked[:TOP], at), dense

    pairs = [(e, r) for e in range(EXAMPLES) for r in range(e, ROWS, 9)]
    expected = {method: dict.fromkeys(pairs, 0.0) for method in scores}
    for rate, parameters in zip(rates, checkpoints, strict=True):
        rows = [side(parameters, *row) for row in zip(*train, strict=True)]
        examples = [side(parameters, *example) for example in zip(*held_out, strict=True)]
        squares = {}
        for _, top, _ in rows:
            for word, g in top.items():
                squares[word] = squares.get(word, 0) + g**2
        for e, r in pairs:
            (every, top, dense), (every_row, top_row, dense_row) = examples[e], rows[r]
            for method, a, b in (
                ('tracin-we', every, every_row),
                ('tracin-we-topk', top, top_row),
            ):
                inner = sum((a[w] @ b[w]).item() for w in a.keys() & b.keys())
                expected[method][e, r] += rate * inner
            for word in top.keys() & top_row.keys():
                for g, g_row, square in zip(top[word], top_row[word], squares[word], strict=True):
                    if g_row != 0:
                        root = (square / ROWS) ** 0.5
                        expected['tracin-we-adam'][e, r] += rate * (g * g_row / root).item()
            expected['tracin-last'][e, r] += rate * (dense * dense_row).sum().item()
    for method, values in expected.items():
        for pair, value in values.items():
            found = scores[method][pair].item()
            assert abs(found - value) < 1e-13 + 1e-10 * abs(value), (method, pair)


def check_signs(checkpoints, rates, held_out):
    texts, labels = held_out
    for wrong in (False, True):
        copies = [1 - label if wrong else label for label in labels]
        rows = [Gradients(p, texts, copies) for p in checkpoints]
        examples = [Gradients(p, texts, labels) for p in checkpoints]
        scores, _ = influence(rates, rows, examples)
        for method in scores.values():
            own = method.diagonal()
            assert ((own < 0) if wrong else (own > 0)).all()


def attempt(seed):
    rng = random.Random(seed)
    train, held_out = make_texts(rng, ROWS, 0.1), make_texts(rng, EXAMPLES, 0.4)
    ids, lengths = common.batch_of(train[0], SIZES['T'])
    checkpoints = make_checkpoints(seed, ids, lengths, torch.tensor(train[1]))
    rows = [Gradients(p, *train) for p in checkpoints]
    examples = [Gradients(p, *held_out) for p in checkpoints]
    everything = rows + examples
    nearest = {
        'kink': min(g.kink for g in everything),
        'maximum': min(g.lead for g in everything),
        'top': min(g.top_margin for g in everything),
    }
    return train, held_out, checkpoints, rows, examples, nearest


def will_do(train, rows, examples, nearest):
    if min(nearest.values()) < 1e-5:
        return False
    if any(g.losses.mean() < 0.1 for g in rows):
        return False  # saturated
    if rows[-1].losses.mean() > 0.9 * rows[0].losses.mean():
        return False  # learns nothing
    # Every example has gradients, and some of them are predicted wrongly.
    if any((g.words.abs().amax(dim=(1, 2)) < 1e-3).any() for g in examples):
        return False
    dead = (rows[-1].words.abs().amax(dim=(1, 2)) == 0).double().mean()
    return dead < 0.05


def main():
    torch.set_num_threads(1)
    for seed in range(1, 2000):
        train, held_out, checkpoints, rows, examples, nearest = attempt(seed)
        if will_do(train, rows, examples, nearest):
            break
    else:
        raise AssertionError('no seed will do')
    # No tie, near (1e-6) or exact, in what decides where a gradient goes or which word counts.
    assert min(nearest.values()) > 1e-6, nearest
    scores, contributions = influence(RATES, rows, examples)
    check_written_out(checkpoints, RATES, train, held_out, scores)
    check_signs(checkpoints, RATES, held_out)
    for method in contributions:
        assert not contributions[method][:, :, PAD].any()
    assert all(common.is_float32(p) for c in checkpoints for p in c.values())
    differ = (scores['tracin-we'] - scores['tracin-we-topk']).abs().max().item()
    assert differ > 1e-3, 'the top 10 change nothing'
    wrong = [
        label != int(logits.argmax())
        for label, logits in zip(held_out[1], examples[-1].logits, strict=True)
    ]
    print(
        f'seed {seed}, nearest ties {({k: f"{v:.1g}" for k, v in nearest.items()})}, '
        f'mean losses {[round(g.losses.mean().item(), 3) for g in rows]}, '
        f'{sum(wrong)} of {EXAMPLES} examples wrong'
    )

    def words_of(method, row):
        ids = sorted(set(train[0][row]) & set(held_out[0][CONTRIBUTION_EXAMPLE]) - {PAD})
        values = contributions[method][CONTRIBUTION_EXAMPLE, row]
        total = values[ids].sum().item()
        assert abs(total - scores[method][CONTRIBUTION_EXAMPLE, row].item()) < 1e-14
        return {'row': row, 'words': ids, 'contributions': common.plain(values[ids])}

    common.write_golden(
        'influence.json',
        {
            'torch': torch.__version__,
            'seed': seed,
            'sizes': SIZES,
            'top': TOP,
            'nearestTies': {k: common.number(v) for k, v in nearest.items()},
            'train': {'texts': train[0], 'labels': train[1]},
            'heldOut': {
                'texts': held_out[0],
                'labels': held_out[1],
                'logits': common.plain(examples[-1].logits),
            },
            'checkpoints': [
                {'learningRate': rate, 'parameters': common.tensor_entries(p)}
                for rate, p in zip(RATES, checkpoints, strict=True)
            ],
            'scores': {method: common.plain(s) for method, s in scores.items()},
            'wordContributions': {
                'example': CONTRIBUTION_EXAMPLE,
                **{
                    method: [words_of(method, row) for row in range(CONTRIBUTION_ROWS)]
                    for method in contributions
                },
            },
        },
    )


if __name__ == '__main__':
    main()
