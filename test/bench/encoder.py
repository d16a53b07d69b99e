"""PyTorch's side of the benchmark: training steps, input gradients and predictions of small BERTs.

    python3 test/bench/encoder.py --threads 2 --seconds 3

prints one JSON document, as text_cnn.py does: {torch, threads, cases: [{name, medianMs, ...}]}.
The model is written down twice, with PyTorch's fused attention (sdpa) and without (products), and
taken from transformers where that is installed; the embedding is updated as a dense or as a sparse
table. All of them are cases of their own, so that the comparison can be made with the fastest; what
this PyTorch lacks is left out. Weights are random and there is no dropout. Environment variables are the caller's to set.
"""

import argparse
import json
import math
import os
import sys
import time
from importlib.util import find_spec

import torch
from torch import nn
from torch.nn import functional

import text_cnn

VOCABULARY, CLASSES, BATCH, POSITIONS = text_cnn.VOCABULARY, text_cnn.CLASSES, 32, 512
SIZES = {'tiny': (2, 128, 2), 'mini': (4, 256, 4), 'small': (4, 512, 8)}
WEIGHT_DECAY = 0.01
ROUNDS, ROUND_ROWS = 10, 1280


def draw_ids(rows, tokens, generator):
    """Zipf-like, as in text_cnn.py."""
    ranks = torch.arange(VOCABULARY - 1, dtype=torch.float64)
    drawn = torch.multinomial(1 / (ranks + 2.7), rows * tokens, True, generator=generator)
    return (drawn + 1).view(rows, tokens)


class Layer(nn.Module):
    def __init__(self, hidden, heads, fused):
        super().__init__()
        self.heads, self.fused = heads, fused
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.output = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=1e-12)
        self.inner = nn.Linear(hidden, 4 * hidden)
        self.outer = nn.Linear(4 * hidden, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=1e-12)

    def forward(self, x, mask):
        rows, tokens, hidden = x.shape
        size = hidden // self.heads
        qkv = self.qkv(x).view(rows, tokens, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        query, key, value = qkv.unbind(0)
        if self.fused:
            context = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        else:
            scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(size) + mask
            context = torch.matmul(functional.softmax(scores, dim=-1), value)
        context = context.transpose(1, 2).reshape(rows, tokens, hidden)
        x = self.norm1(x + self.output(context))
        return self.norm2(x + self.outer(functional.gelu(self.inner(x))))


class Bert(nn.Module):
    def __init__(self, size, fused, sparse):
        super().__init__()
        layers, hidden, heads = SIZES[size]
        self.embedding = nn.Embedding(VOCABULARY, hidden, padding_idx=0, sparse=sparse)
        self.positions = nn.Parameter(torch.randn(POSITIONS, hidden) * 0.02)
        self.types = nn.Parameter(torch.randn(2, hidden) * 0.02)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(hidden, heads, fused) for _ in range(layers))
        self.pooler = nn.Linear(hidden, hidden)
        self.classifier = nn.Linear(hidden, CLASSES)

    def from_embedded(self, embedded, mask):
        x = self.norm(embedded + self.positions[: embedded.shape[1]] + self.types[0])
        for layer in self.layers:
            x = layer(x, mask)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))

    def forward(self, ids, mask):
        return self.from_embedded(self.embedding(ids), mask)

    def mask_of(self, ids):
        """0 at tokens and a large negative number at [PAD], to be added to scores."""
        return torch.zeros(len(ids), 1, 1, ids.shape[1]).masked_fill_((ids == 0)[:, None, None], -1e9)


class Transformers(nn.Module):
    """BertForSequenceClassification, which computes its mask itself."""

    def __init__(self, size):
        super().__init__()
        from transformers import BertConfig, BertForSequenceClassification

        layers, hidden, heads = SIZES[size]
        self.bert = BertForSequenceClassification(
            BertConfig(
                vocab_size=VOCABULARY,
                hidden_size=hidden,
                num_hidden_layers=layers,
                num_attention_heads=heads,
                intermediate_size=4 * hidden,
                max_position_embeddings=POSITIONS,
                hidden_dropout_prob=0,
                attention_probs_dropout_prob=0,
                num_labels=CLASSES,
            )
        )
        self.embedding = self.bert.bert.embeddings.word_embeddings

    def from_embedded(self, embedded, mask):
        return self.bert(inputs_embeds=embedded, attention_mask=mask).logits

    def forward(self, ids, mask):
        return self.bert(input_ids=ids, attention_mask=mask).logits

    def mask_of(self, ids):
        return (ids != 0).long()


MODELS = {
    'sdpa': lambda size, sparse: Bert(size, True, sparse),
    'products': lambda size, sparse: Bert(size, False, sparse),
    'transformers': lambda size, sparse: Transformers(size),
}
# PyTorch 1 has no fused attention.
if not hasattr(functional, 'scaled_dot_product_attention'):
    del MODELS['sdpa']
if not find_spec('transformers'):
    del MODELS['transformers']

# PyTorch 1 has no fused AdamW on the CPU.
FUSED = {'fused': True} if torch.__version__ >= '2.4' else {}


def optimizers_of(model, name):
    table = model.embedding.weight
    others = [p for p in model.parameters() if p is not table]
    adamw = lambda of: torch.optim.AdamW(of, lr=1e-3, weight_decay=WEIGHT_DECAY, **FUSED)  # noqa: E731
    if name == 'adamw-sparse':
        return [torch.optim.SparseAdam([table], lr=1e-3), adamw(others)]
    return [adamw([table, *others])]


def stepper(model, optimizers, labels):
    def step(ids):
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(model(ids, model.mask_of(ids)), labels).backward()
        for optimizer in optimizers:
            optimizer.step()

    return step


def in_turn(step, batches):
    turn = 0

    def run():
        nonlocal turn
        turn += 1
        return step(batches[turn % len(batches)])

    return run


def train_step(model_name, optimizer_name, size, tokens, generator):
    model = MODELS[model_name](size, 'sparse' in optimizer_name).train()
    labels = torch.randint(CLASSES, (BATCH,), generator=generator)
    batches = [draw_ids(BATCH, tokens, generator) for _ in range(16)]
    return in_turn(stepper(model, optimizers_of(model, optimizer_name), labels), batches)


def input_gradient(model_name, size, tokens, generator):
    model = MODELS[model_name](size, False).eval().requires_grad_(False)
    labels = torch.randint(CLASSES, (BATCH,), generator=generator)

    def step(ids):
        embedded = model.embedding(ids).requires_grad_(True)
        logits = model.from_embedded(embedded, model.mask_of(ids))
        loss = functional.cross_entropy(logits, labels, reduction='sum')
        return torch.autograd.grad(loss, embedded)[0]

    return in_turn(step, [draw_ids(BATCH, tokens, generator) for _ in range(16)])


def prediction(model_name, size, tokens, generator):
    model = MODELS[model_name](size, False).eval().requires_grad_(False)

    def step(ids):
        with torch.inference_mode():
            return model(ids, model.mask_of(ids))

    return in_turn(step, [draw_ids(BATCH, tokens, generator) for _ in range(16)])


def rounds(model_name, optimizer_name, size, tokens, generator):
    """Ten trainings of one epoch, one after the other, each with its prediction of 64 other rows."""
    batches = [draw_ids(BATCH, tokens, generator) for _ in range(ROUND_ROWS // BATCH)]
    labels = torch.randint(CLASSES, (BATCH,), generator=generator)
    others = draw_ids(64, tokens, generator)

    def run():
        for seed in range(ROUNDS):
            torch.manual_seed(seed)
            model = MODELS[model_name](size, 'sparse' in optimizer_name).train()
            step = stepper(model, optimizers_of(model, optimizer_name), labels)
            for ids in batches:
                step(ids)
            with torch.inference_mode():
                model(others, model.mask_of(others))

    return run


OPTIMIZERS = ['adamw-dense', 'adamw-sparse']


def cases(generator):
    """(name, maker of the work, whether it is run once only)."""
    for size in SIZES:
        for tokens in (64, 128):
            for model in MODELS:
                for optimizer in OPTIMIZERS:
                    if model == 'transformers' and optimizer == 'adamw-sparse':
                        continue
                    given = (model, optimizer, size, tokens, generator)
                    yield (
                        f'train {size} T={tokens} {model} {optimizer}',
                        lambda given=given: train_step(*given),
                        False,
                    )
                    if size == 'tiny' and tokens == 64:
                        yield (
                            f'rounds {size} T={tokens} {model} {optimizer}',
                            lambda given=given: rounds(*given),
                            True,
                        )
                given = (model, size, tokens, generator)
                yield (
                    f'input-gradient {size} T={tokens} {model}',
                    lambda given=given: input_gradient(*given),
                    False,
                )
                yield (
                    f'prediction {size} T={tokens} {model}',
                    lambda given=given: prediction(*given),
                    False,
                )


def once(run):
    start = time.perf_counter()
    run()
    ms = round((time.perf_counter() - start) * 1000)
    return {'medianMs': ms, 'minMs': ms}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seconds', type=float, default=2.0, help='for each case')
    parser.add_argument('--only', nargs='+', default=[''], help='cases with one of these in their names')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    results = []
    for name, make, is_run_once in cases(torch.Generator().manual_seed(1)):
        if not any(part in name for part in options.only):
            continue
        torch.manual_seed(1)
        run = make()
        times = once(run) if is_run_once else text_cnn.measure(run, options.seconds, BATCH)
        results.append({'name': name, **times})
        print(f'{name}: {times["medianMs"]} ms', file=sys.stderr)
    document = {
        'torch': torch.__version__,
        'threads': options.threads,
        'cores': os.cpu_count(),
        'cases': results,
    }
    print(json.dumps(document, indent=2))


if __name__ == '__main__':
    main()
