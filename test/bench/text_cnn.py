"""PyTorch's side of the benchmark: training steps and input gradients of the TextCNN.

    python3 test/bench/text_cnn.py --threads 1 --seconds 3

prints one JSON document: {torch, threads, cases: [{name, medianMs, minMs, rowsPerSecond}]}.
rowsPerSecond goes by the median. Every variant that could be the fastest is a case of its own, so
that the comparison can be made with the best of them. (torch.compile takes 20 s to start and gains
nothing on these shapes, so there is no such case.)
"""

import argparse
import json
import os
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

VOCABULARY, DIMENSION, CLASSES, TOKENS, BATCH = 20_000, 128, 2, 48, 32
WIDTH = 5
PAD = 0
MOMENTUM, WEIGHT_DECAY = 0.9, 0.01


def draw_ids(rows, generator):
    """Zipf-like: the word of rank r = 0, 1, ... has P proportional to 1 / (r + 2.7); id r + 1."""
    ranks = torch.arange(VOCABULARY - 1, dtype=torch.float64)
    drawn = torch.multinomial(1 / (ranks + 2.7), rows * TOKENS, True, generator=generator)
    return (drawn + 1).view(rows, TOKENS)


class TextCNN(nn.Module):
    def __init__(self, filters, sparse=False, channels_last=False):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, DIMENSION, padding_idx=PAD, sparse=sparse)
        self.channels_last = channels_last
        if channels_last:
            convolution = lambda i, o, w: nn.Conv2d(i, o, (1, w))  # noqa: E731
        else:
            convolution = nn.Conv1d
        self.conv1 = convolution(DIMENSION, filters, WIDTH)
        self.conv2 = convolution(filters, filters, WIDTH)
        self.conv3 = convolution(filters, filters, 1)
        self.dense = nn.Linear(filters, CLASSES)
        if channels_last:
            self.to(memory_format=torch.channels_last)

    def from_embedded(self, embedded, mask):
        x = embedded.transpose(1, 2)
        if self.channels_last:
            x = x.unsqueeze(2)  # [B, D, 1, T], already with channels last in memory
        x = functional.relu(self.conv1(x), inplace=True)
        x = functional.relu(self.conv2(x), inplace=True)
        x = functional.relu(self.conv3(x), inplace=True)
        if self.channels_last:
            x = x.squeeze(2)
        return self.dense((x + mask[:, None, :]).amax(dim=2))

    def forward(self, ids, mask):
        return self.from_embedded(self.embedding(ids), mask)


class ShiftedTextCNN(nn.Module):
    """The same with each convolution as one product by all taps and shifted additions."""

    def __init__(self, filters, sparse=False):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, DIMENSION, padding_idx=PAD, sparse=sparse)
        self.filters = filters
        self.conv1 = nn.Linear(DIMENSION, WIDTH * filters, bias=False)
        self.bias1 = nn.Parameter(torch.zeros(filters))
        self.conv2 = nn.Linear(filters, WIDTH * filters, bias=False)
        self.bias2 = nn.Parameter(torch.zeros(filters))
        self.conv3 = nn.Linear(filters, filters)
        self.dense = nn.Linear(filters, CLASSES)

    def shifted(self, taps, bias):
        steps, F = taps.shape[1] - WIDTH + 1, self.filters
        out = bias
        for k in range(WIDTH):
            out = out + taps[:, k : k + steps, k * F : (k + 1) * F]
        return functional.relu(out, inplace=True)

    def from_embedded(self, embedded, mask):
        x = self.shifted(self.conv1(embedded), self.bias1)
        x = self.shifted(self.conv2(x), self.bias2)
        x = functional.relu(self.conv3(x), inplace=True)
        return self.dense((x + mask[:, :, None]).amax(dim=1))

    def forward(self, ids, mask):
        return self.from_embedded(self.embedding(ids), mask)


MODELS = {
    'conv1d': lambda filters, sparse: TextCNN(filters, sparse),
    'channels-last': lambda filters, sparse: TextCNN(filters, sparse, channels_last=True),
    'shifted': lambda filters, sparse: ShiftedTextCNN(filters, sparse),
}


class LazyMomentum:
    """SGD with momentum on the rows of a sparse gradient only, exactly as the dense update.

    A row's steps without a gradient are caught up when it is next touched, which is what the
    benchmark's other side does and torch.optim doesn't offer. The constant rate makes the sum of
    the missed steps a geometric one.
    """

    def __init__(self, table, rate):
        self.table, self.rate, self.now = table, rate, 0
        self.velocity = torch.zeros_like(table, requires_grad=False)
        self.done = torch.zeros(len(table), dtype=torch.int64)

    def zero_grad(self, set_to_none=True):
        self.table.grad = None

    def touch(self, ids):
        """Before the forward run: bring the batch's rows up to date."""
        self.rows = ids.unique()
        n = self.now - self.done[self.rows]
        power = torch.pow(MOMENTUM, n.to(self.table.dtype))[:, None]
        velocity = self.velocity[self.rows]
        missed = (self.rate * MOMENTUM / (1 - MOMENTUM)) * (1 - power)
        with torch.no_grad():
            self.table.index_add_(0, self.rows, velocity * -missed)
        self.decayed = velocity.mul_(power * MOMENTUM)  # by the missed steps and by this one

    def step(self):
        gradient = self.table.grad.coalesce()  # its indices are self.rows: both are sorted
        velocity = self.decayed.add_(gradient.values())
        self.velocity.index_copy_(0, self.rows, velocity)
        with torch.no_grad():
            self.table.index_add_(0, self.rows, velocity, alpha=-self.rate)
        self.now += 1
        self.done[self.rows] = self.now


def optimizers_of(model, name):
    table = model.embedding.weight
    others = [p for p in model.parameters() if p is not table]
    everything = [table, *others]
    rate = 1e-3
    if name == 'sgd-dense-foreach':
        return [torch.optim.SGD(everything, lr=rate, momentum=MOMENTUM, foreach=True)]
    if name == 'sgd-dense-fused':
        return [torch.optim.SGD(everything, lr=rate, momentum=MOMENTUM, fused=True)]
    if name == 'sgd-sparse-lazy':
        return [
            LazyMomentum(table, rate),
            torch.optim.SGD(others, lr=rate, momentum=MOMENTUM, fused=True),
        ]
    if name == 'sgd-sparse-no-momentum':
        # The least a sparse step can cost; less work than the others do.
        return [
            torch.optim.SGD([table], lr=rate),
            torch.optim.SGD(others, lr=rate, momentum=MOMENTUM, fused=True),
        ]
    if name == 'sgd-sparse-torch':
        # torch.optim.SGD's own: the momentum becomes a sparse tensor that each step appends to.
        return [
            torch.optim.SGD([table], lr=rate, momentum=MOMENTUM),
            torch.optim.SGD(others, lr=rate, momentum=MOMENTUM, fused=True),
        ]
    if name == 'adamw-dense-foreach':
        return [torch.optim.AdamW(everything, lr=rate, weight_decay=WEIGHT_DECAY, foreach=True)]
    if name == 'adamw-dense-fused':
        return [torch.optim.AdamW(everything, lr=rate, weight_decay=WEIGHT_DECAY, fused=True)]
    if name == 'adamw-sparse':
        return [
            torch.optim.SparseAdam([table], lr=rate),
            torch.optim.AdamW(others, lr=rate, weight_decay=WEIGHT_DECAY, fused=True),
        ]
    raise ValueError(name)


def mask_of(rows):
    return torch.zeros(rows, TOKENS - 2 * (WIDTH - 1))


def train_step(model_name, optimizer_name, filters, generator):
    model = MODELS[model_name](filters, 'sparse' in optimizer_name)
    optimizers = optimizers_of(model, optimizer_name)
    batches = [draw_ids(BATCH, generator) for _ in range(64)]
    labels = torch.randint(CLASSES, (BATCH,), generator=generator)
    mask = mask_of(BATCH)
    turn = 0

    def step():
        nonlocal turn
        ids = batches[turn % len(batches)]
        turn += 1
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        if isinstance(optimizers[0], LazyMomentum):
            optimizers[0].touch(ids)
        functional.cross_entropy(model(ids, mask), labels).backward()
        for optimizer in optimizers:
            optimizer.step()

    return step


def input_gradient(model_name, rows, filters, generator):
    model = MODELS[model_name](filters, False).requires_grad_(False)
    batches = [draw_ids(rows, generator) for _ in range(16)]
    labels = torch.randint(CLASSES, (rows,), generator=generator)
    mask = mask_of(rows)
    turn = 0

    def step():
        nonlocal turn
        embedded = model.embedding(batches[turn % len(batches)]).requires_grad_(True)
        turn += 1
        loss = functional.cross_entropy(
            model.from_embedded(embedded, mask), labels, reduction='sum'
        )
        return torch.autograd.grad(loss, embedded)[0]

    return step


def measure(step, seconds, rows):
    for _ in range(5):
        step()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1000)
    median = statistics.median(times)
    return {
        'medianMs': round(median, 3),
        'minMs': round(min(times), 3),
        'rowsPerSecond': round(rows / median * 1000),
    }


OPTIMIZERS = [
    'sgd-dense-foreach',
    'sgd-dense-fused',
    'sgd-sparse-torch',
    'sgd-sparse-lazy',
    'sgd-sparse-no-momentum',
    'adamw-dense-foreach',
    'adamw-dense-fused',
    'adamw-sparse',
]
TRAINING = [('channels-last', optimizer) for optimizer in OPTIMIZERS] + [
    (model, optimizer)
    for model in ('conv1d', 'shifted')
    for optimizer in ('sgd-dense-fused', 'sgd-sparse-lazy', 'adamw-dense-fused', 'adamw-sparse')
]


def cases(generator):
    """(name, rows a step, maker of the step), in the order they are run."""
    for filters in (10, 50):
        for model, optimizer in TRAINING:
            yield (
                f'train F={filters} {model} {optimizer}',
                BATCH,
                lambda m=model, o=optimizer, f=filters: train_step(m, o, f, generator),
            )
        for rows in (32, 64, 128, 256):
            for model in MODELS:
                yield (
                    f'input-gradient F={filters} rows={rows} {model}',
                    rows,
                    lambda m=model, r=rows, f=filters: input_gradient(m, r, f, generator),
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--seconds', type=float, default=2.0, help='for each case')
    parser.add_argument(
        '--only', nargs='+', default=[''], help='run the cases with one of these in their names'
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    results = []
    for name, rows, make in cases(torch.Generator().manual_seed(1)):
        if not any(part in name for part in options.only):
            continue
        torch.manual_seed(1)
        results.append({'name': name, **measure(make(), options.seconds, rows)})
        print(f'{name}: {results[-1]["medianMs"]} ms', file=sys.stderr)
    document = {
        'torch': torch.__version__,
        'threads': options.threads,
        'cores': os.cpu_count(),
        'cases': results,
    }
    print(json.dumps(document, indent=2))


if __name__ == '__main__':
    main()
