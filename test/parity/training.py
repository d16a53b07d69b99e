"""Makes golden/training.json: 50 steps of SGD with momentum and of AdamW, rate constant or falling.

Three things are asserted before anything is written: torch.optim agrees with the formulas written
out; updating a word's row of the embedding only when a batch holds the word, and catching up then,
agrees with updating every row at every step; and training in float32 stays near, so that no step
hangs on a rounding error.
"""

import math
import random
import sys

sys.dont_write_bytecode = True

import common  # noqa: E402
import torch  # noqa: E402
from common import CLS, PAD, SEP, UNK  # noqa: E402

SIZES = {'V': 80, 'D': 6, 'F': 4, 'C': 2, 'w1': 5, 'w2': 5, 'T': 18}
ROWS, BATCH, STEPS = 96, 16, 50
MOMENTUM = 0.9
BETA1, BETA2, EPS, DECAY = 0.9, 0.999, 1e-8, 0.01
EMBEDDING_EPS, EMBEDDING_DECAY = 1e-30, 0

CLASS_WORDS = [range(4, 12), range(12, 20)]
COMMON_WORDS = range(20, 70)
RARE_WORDS = range(70, 79)  # each in one rare row
UNSEEN_WORD = 79  # in no row: its embedding stays as it was
# Rare rows 87 to 95 hold words 70 to 78 and come at these steps only.
RARE_STEPS = [[0], [49], [0, 49], [3, 47], [10], [0, 1, 2, 40], [5, 20, 21], [25], [12, 44]]
FIRST_RARE_ROW = ROWS - len(RARE_WORDS)


def make_rows(rng):
    texts, labels = [], []
    for row in range(ROWS):
        label = row % 2
        words = [rng.choice(COMMON_WORDS) for _ in range(rng.randint(3, SIZES['T'] - 5))]
        for _ in range(rng.randint(1, 3)):
            words.insert(rng.randint(0, len(words)), rng.choice(CLASS_WORDS[label]))
        if row % 16 == 5:
            words[rng.randrange(len(words))] = PAD
        if row % 16 == 9:
            words[rng.randrange(len(words))] = UNK
        if row >= FIRST_RARE_ROW:
            # Early in the text, where a window of even a long text may well be the maximum.
            words[rng.randrange(len(words))] = RARE_WORDS[row - FIRST_RARE_ROW]
        texts.append([CLS, *words[: SIZES['T'] - 2], SEP])
        labels.append(1 - label if rng.random() < 0.06 else label)
    return texts, labels


def make_batches(rng):
    batches = []
    for step in range(STEPS):
        rare = [FIRST_RARE_ROW + n for n, steps in enumerate(RARE_STEPS) if step in steps]
        batch = rare + rng.sample(range(FIRST_RARE_ROW), BATCH - len(rare))
        rng.shuffle(batch)
        batches.append(batch)
    return batches


def rates(first, falling):
    return [first * (1 - step / STEPS) if falling else first for step in range(STEPS)]


def optimizers_of(kind, leaves):
    embedding = leaves['embedding']
    others = [leaf for name, leaf in leaves.items() if name != 'embedding']
    if kind == 'sgd':
        return [torch.optim.SGD([embedding, *others], lr=1.0, momentum=MOMENTUM, foreach=False)]
    betas = (BETA1, BETA2)
    return [
        torch.optim.AdamW(
            [embedding], lr=1.0, betas=betas, eps=EMBEDDING_EPS, weight_decay=EMBEDDING_DECAY
        ),
        torch.optim.AdamW(others, lr=1.0, betas=betas, eps=EPS, weight_decay=DECAY),
    ]


def train(kind, learning_rates, initial, data, dtype=torch.float64):
    """By torch.optim, every row of the embedding at every step."""
    ids, lengths, labels, batches = data
    leaves = {n: p.to(dtype).clone().requires_grad_(True) for n, p in initial.items()}
    optimizers = optimizers_of(kind, leaves)
    losses, nearest, lead = [], float('inf'), float('inf')
    for rate, batch in zip(learning_rates, batches, strict=True):
        embedded = torch.nn.functional.embedding(ids[batch], leaves['embedding'], padding_idx=PAD)
        values = common.forward(leaves, embedded, lengths[batch], SIZES)
        loss = common.losses_of(values['logits'], labels[batch]).mean()
        for optimizer in optimizers:
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group['lr'] = rate
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
        margin = common.margins(values)
        nearest, lead = min(nearest, margin[0]), min(lead, margin[1])
    return {n: leaf.detach() for n, leaf in leaves.items()}, losses, (nearest, lead)


class WrittenOut:
    """The same updates by their formulas, the embedding's rows only when touched."""

    def __init__(self, kind, learning_rates, initial):
        self.kind, self.rates = kind, learning_rates
        self.parameters = {n: p.clone() for n, p in initial.items()}
        self.first = {n: torch.zeros_like(p) for n, p in initial.items()}
        self.second = {n: torch.zeros_like(p) for n, p in initial.items()}
        self.done = [0] * SIZES['V']  # steps that a row has seen

    def scale(self, step):
        """The step size of AdamW over m / sqrt(v), with the bias corrections in it."""
        return self.rates[step] * math.sqrt(1 - BETA2 ** (step + 1)) / (1 - BETA1 ** (step + 1))

    def catch_up(self, word, step):
        """The steps without a gradient since the row was last touched, at once."""
        w, m = self.parameters['embedding'][word], self.first['embedding'][word]
        v = self.second['embedding'][word]
        missed = range(self.done[word], step)
        n = len(missed)
        if self.kind == 'sgd':
            w -= m * sum(self.rates[s] * MOMENTUM ** (k + 1) for k, s in enumerate(missed))
            m *= MOMENTUM**n
        else:
            ratio = BETA1 / math.sqrt(BETA2)
            total = sum(self.scale(s) * ratio ** (k + 1) for k, s in enumerate(missed))
            w -= torch.where(v > 0, m / v.sqrt(), 0.0) * total
            m *= BETA1**n
            v *= BETA2**n
        self.done[word] = step

    def update(self, w, m, v, g, step, eps, decay):
        if self.kind == 'sgd':
            m.mul_(MOMENTUM).add_(g)
            w -= self.rates[step] * m
            return
        w *= 1 - self.rates[step] * decay
        m.mul_(BETA1).add_((1 - BETA1) * g)
        v.mul_(BETA2).add_((1 - BETA2) * g * g)
        m_hat, v_hat = m / (1 - BETA1 ** (step + 1)), v / (1 - BETA2 ** (step + 1))
        w -= self.rates[step] * m_hat / (v_hat.sqrt() + eps)

    def run(self, data):
        ids, lengths, labels, batches = data
        for step, batch in enumerate(batches):
            words = [w for w in ids[batch].unique().tolist() if w != PAD]
            for word in words:
                self.catch_up(word, step)
            gradients = common.evaluate(
                self.parameters, ids[batch], lengths[batch], labels[batch], SIZES
            )[3]
            for name, w in self.parameters.items():
                m, v, g = self.first[name], self.second[name], gradients[name]
                if name != 'embedding':
                    self.update(w, m, v, g, step, EPS, DECAY)
                    continue
                for word in words:
                    self.update(
                        w[word], m[word], v[word], g[word], step, EMBEDDING_EPS, EMBEDDING_DECAY
                    )
                    self.done[word] = step + 1
        for word in range(1, SIZES['V']):
            self.catch_up(word, STEPS)
        return self.parameters


def distance(one, other):
    return max((one[n].double() - other[n].double()).abs().max().item() for n in one)


RUNS = [
    ('sgd', 'constant', 'sgd', rates(0.1, False)),
    ('sgd', 'falling', 'sgd', rates(0.1, True)),
    ('adamw', 'constant', 'adamw', rates(0.005, False)),
    ('adamw', 'falling', 'adamw', rates(0.005, True)),
]


def attempt(seed):
    """All runs from one seed, or None where a run learns nothing or hangs on a rounding error."""
    rng = random.Random(seed)
    texts, labels = make_rows(rng)
    batches = make_batches(rng)
    ids, lengths = common.batch_of(texts, SIZES['T'])
    data = (ids, lengths, torch.tensor(labels), batches)
    initial = common.random_parameters(SIZES, torch.Generator().manual_seed(seed))
    runs = []
    for name, schedule, kind, learning_rates in RUNS:
        final, losses, margin = train(kind, learning_rates, initial, data)
        if sum(losses[-10:]) > 0.8 * sum(losses[:10]):
            return None
        moved = (final['embedding'] - initial['embedding']).abs().amax(dim=1) > 1e-6
        if not moved[1 : UNSEEN_WORD].all():
            return None
        single, _, _ = train(kind, learning_rates, initial, data, torch.float32)
        drift = distance(single, final)
        if drift > 2e-5 or margin[0] < 1e-6 or margin[1] < 1e-6:
            return None
        runs.append((name, schedule, learning_rates, final, losses, drift, margin))
    return texts, labels, batches, initial, data, runs


def main():
    torch.set_num_threads(1)
    for seed in range(1, 400):
        found = attempt(seed)
        if found:
            break
    else:
        raise AssertionError('no seed will do')
    texts, labels, batches, initial, data, runs = found
    assert all(common.is_float32(p) for p in initial.values())
    assert all(len(set(batch)) == BATCH for batch in batches)
    document = {
        'torch': torch.__version__,
        'seed': seed,
        'sizes': SIZES,
        'texts': texts,
        'labels': labels,
        'batches': batches,
        'unseenWord': UNSEEN_WORD,
        'initialParameters': common.tensor_entries(initial),
        'runs': [],
    }
    for name, schedule, learning_rates, final, losses, drift, margin in runs:
        written = WrittenOut(name, learning_rates, initial).run(data)
        apart = distance(written, final)
        assert apart < 1e-11, f'{name} {schedule}: the formulas are {apart} apart'
        assert torch.equal(final['embedding'][UNSEEN_WORD], initial['embedding'][UNSEEN_WORD])
        assert not final['embedding'][PAD].any()
        print(
            f'{name} {schedule}: seed {seed}, loss {losses[0]:.3f} -> {losses[-1]:.3f}, '
            f'formulas {apart:.1g} apart, float32 {drift:.1g}, '
            f'nearest kink {margin[0]:.1g}, smallest lead {margin[1]:.1g}'
        )
        hyper = (
            {'momentum': MOMENTUM, 'weightDecay': 0}
            if name == 'sgd'
            else {
                'betas': [BETA1, BETA2],
                'eps': EPS,
                'weightDecay': DECAY,
                'embeddingEps': EMBEDDING_EPS,
                'embeddingWeightDecay': EMBEDDING_DECAY,
            }
        )
        document['runs'].append(
            {
                'name': f'{name} {schedule}',
                'optimizer': name,
                **hyper,
                'learningRates': common.plain(learning_rates),
                'losses': common.plain(losses),
                'finalParameters': common.tensor_entries(final),
                'float32Distance': common.number(drift),
            }
        )
    common.write_golden('training.json', document)


if __name__ == '__main__':
    main()
