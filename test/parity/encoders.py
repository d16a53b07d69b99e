"""Makes golden/encoders/: tiny BERT-family checkpoints, and what transformers computes from them.

Made with Python 3.11.7, torch 2.13.0, transformers 5.24.0, tokenizers 0.23.3, safetensors 0.8.0, on
a CPU, one thread, all arithmetic in float64:

    python3 -m pip install torch transformers tokenizers safetensors
    python3 encoders.py                       # makes everything again
    python3 encoders.py logits FOLDER NAME    # what transformers makes of a folder, as JSON

`logits` loads FOLDER by AutoModelForSequenceClassification and AutoTokenizer, which is how a folder
that Erratum wrote is held, by hand, to the one that it was read from. It prints `labels`, the `ids`
and logits (`texts`) of the golden batch's texts, and the logits of the ids of golden NAME
(`batch`), all in float64. RoBERTa's fourth text differs from the batch's fourth row: left alone,
transformers does not count the place of an inner padding piece.

For each NAME of bert, roberta, distilbert, electra (embedding size ≠ hidden size) and minilm (a BERT
of 4 heads, encoder only: no head, no pooler, no prefix) there are

- golden/encoders/NAME/, the checkpoint folder (encoder_folders.py);
- golden/encoders/NAME.json:
  - `folder`, `family`, `sizes` (as Erratum counts them), `labels`;
  - `headParameters` (minilm alone): the pooler and the classifier that the folder has not got;
  - `parameters`: by our name `shape`, `norm` (root of the sum of squares) and `sample`, which is
    `[index, value]` at a few flat indices, of what the folder holds (the head included): checks
    names, transposes and fusing without the model;
  - `batch`: `texts` [5][1 or 2 parts], `ids` [5, tokens] padded at the end with the padding piece,
    `lengths` (tokens up to the last separator; a padding piece written in a text counts, and is
    attended to), `types`, `positions` (RoBERTa's are 2 + i, everywhere), `labels`, then `logits`,
    `losses` and `inputGradients` [5, tokens, embedding]: ∂ℓ/∂E of each example's own loss by the output
    of the word embedding, before positions and types are added;
  - `training`: `rows` (`texts`, `ids`, `lengths`, `types`, `positions`, `labels`, as above),
    `batches` [20][4] of row numbers, `learningRates`, and the settings of AdamW; then by step
    `losses` (mean of the batch, before the update) and `gradientNorms` (before clipping), and
    `float32Distance`, how far transformers' own run in float32 ends from it: the largest difference
    of any parameter but the keys' biases;
- golden/encoders/NAME-trained.safetensors: all parameters after the 20 steps under our names, as
  float32. What no gradient reaches, such as positions beyond every text, has only decayed.

Training. No dropout. Step s of S = 20, from 0, has the rate 0.001 · (s + 1) / 2 for s < 2, and
0.001 · (S − s) / (S − 2) after. All gradients, the word embedding's among them, are multiplied by
min(1, 1 / (norm + 1e-6)), where norm is that of all of them together. AdamW as PyTorch has it, betas
0.9 and 0.999. The word embedding: ε = 1e-30 (0/0 is 0), no decay, and the row of the padding piece
never changes (its gradient is 0, in the norm too). The others: ε = 1e-8; decay 0.01 · rate on every
tensor of two dimensions (weights, positions, types), none on biases, scales and shifts.

The keys' biases, columns hidden to 2 · hidden of `layerN.attention.bias`, shift all scores of a
query alike, so the logits do not depend on them, their gradient is rounding noise, and AdamW makes
steps of that noise. Do not compare them after training.

Asserted before anything is written: transformers agrees with the forward run written out from our
parameters (encoder_names.py) and its gradients, row by row as in the batch.
"""

import json
import sys

sys.dont_write_bytecode = True

import common  # noqa: E402
import encoder_folders  # noqa: E402
import encoder_names  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402
from transformers import (  # noqa: E402
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

STEPS, ROWS, BATCH, WARM_UP, RATE = 20, 16, 4, 2, 1e-3
BETAS, EPS, DECAY, EMBEDDING_EPS, CLIP = (0.9, 0.999), 1e-8, 0.01, 1e-30, 1.0
PADDED = '{pad}'  # becomes the literal of the padding piece

TEXTS = [
    (['this film was not good , it was'], 0),
    (['a fine plot'], 2),
    (['good film !', 'bad end'], 1),
    ([f'the {PADDED} was very {PADDED} dull'], 0),
    (['great great great'], 2),
]
TRAINING = [
    *TEXTS,
    (['the end is great'], 2),
    (['poor plot , dull end'], 0),
    (['it is quite fine'], 1),
    (['not bad', 'not good'], 1),
    (['very good and very fine'], 2),
    (['a bad film .'], 0),
    ([f'is it {PADDED} great'], 2),
    (['this plot is the end'], 1),
    (['un ly dull'], 0),
    (['it was good', 'great end !'], 2),
    (['but not this poor film'], 0),
]


def encode(tokenizer, literal, rows):
    """Ids padded to the longest, lengths, token types, positions and labels of texts."""
    pad = tokenizer.token_to_id(literal)
    texts = [[part.replace(PADDED, literal) for part in parts] for parts, _ in rows]
    found = [tokenizer.encode(*parts) for parts in texts]
    longest = max(len(each.ids) for each in found)
    padded = lambda ids, fill: [*ids, *[fill] * (longest - len(ids))]  # noqa: E731
    offset = 2 if literal == '<pad>' else 0
    return {
        'texts': texts,
        'ids': torch.tensor([padded(each.ids, pad) for each in found]),
        'lengths': torch.tensor([len(each.ids) for each in found]),
        'types': torch.tensor([padded(each.type_ids, 0) for each in found]),
        'positions': torch.arange(offset, offset + longest).expand(len(rows), -1),
        'labels': torch.tensor([label for _, label in rows]),
    }


def some(batch, rows):
    return {name: value[rows] for name, value in batch.items() if name != 'texts'}


def load(folder, dtype):
    """The classifier that transformers makes of a folder, ready to differentiate without dropout."""
    torch.manual_seed(0)  # of a head that the folder has not got
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=dtype, attn_implementation='eager', num_labels=len(encoder_folders.LABELS)
    )
    return model.eval()


def logits_of(model, family, batch):
    tokens = batch['ids'].shape[1]
    given = {
        'input_ids': batch['ids'],
        'attention_mask': (torch.arange(tokens) < batch['lengths'][:, None]).long(),
    }
    if family != 'distilbert':  # has no types, and counts positions itself
        given |= {'token_type_ids': batch['types'], 'position_ids': batch['positions']}
    return model(**given).logits


def word_embedding(model):
    return model.base_model.embeddings.word_embeddings


def input_gradients(model, family, batch):
    """Logits, losses and each example's gradients at the outputs of the word embedding."""
    kept = []

    def keep(_module, _inputs, output):
        output.retain_grad()
        kept.append(output)

    hook = word_embedding(model).register_forward_hook(keep)
    logits = logits_of(model, family, batch)
    hook.remove()
    losses = common.losses_of(logits, batch['labels'])
    # The examples do not touch one another, so the gradient of the sum is each one's own.
    losses.sum().backward()
    model.zero_grad()
    return logits.detach(), losses.detach(), kept[0].grad


def learning_rates():
    return [
        RATE * ((s + 1) / WARM_UP if s < WARM_UP else (STEPS - s) / (STEPS - WARM_UP))
        for s in range(STEPS)
    ]


def train(model, family, rows, batches):
    """Losses and norms of the gradients by step; the model is trained in place."""
    embedding = word_embedding(model).weight
    others = [p for p in model.parameters() if p is not embedding]
    optimizer = torch.optim.AdamW(
        [
            {'params': [embedding], 'eps': EMBEDDING_EPS, 'weight_decay': 0},
            {'params': [p for p in others if p.dim() == 2], 'weight_decay': DECAY},
            {'params': [p for p in others if p.dim() == 1], 'weight_decay': 0},
        ],
        betas=BETAS,
        eps=EPS,
        foreach=False,
    )
    losses, norms = [], []
    for rate, batch in zip(learning_rates(), batches, strict=True):
        chosen = some(rows, batch)
        loss = common.losses_of(logits_of(model, family, chosen), chosen['labels']).mean()
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None for p in model.parameters())
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        for group in optimizer.param_groups:
            group['lr'] = rate
        optimizer.step()
        losses.append(loss.item())
    return losses, norms


def sizes_of(family, config):
    """As Erratum counts them."""
    electra, distilbert, roberta = (family == f for f in ('electra', 'distilbert', 'roberta'))
    return {
        'embedding': config.embedding_size if electra else config.hidden_size,
        'hidden': config.hidden_size,
        'layers': config.num_hidden_layers,
        'heads': config.num_attention_heads,
        'intermediate': config.hidden_dim if distilbert else config.intermediate_size,
        'positions': config.max_position_embeddings,
        'types': 0 if distilbert else 1 if roberta else 2,
        'normEpsilon': 1e-12 if distilbert else config.layer_norm_eps,
        'padId': config.pad_token_id,
    }


def described(tensor):
    """Shape, norm, and a few numbers with their flat indices, the last among them."""
    flat = tensor.double().reshape(-1)
    indices = sorted({i * (len(flat) - 1) // 2 for i in range(3)})
    return {
        'shape': list(tensor.shape),
        'norm': common.number(flat.norm().item()),
        'sample': [[i, common.number(flat[i].item())] for i in indices],
    }


def apart(one, other):
    return max((one[name].double() - other[name].double()).abs().max().item() for name in one)


def without_key_biases(parameters, hidden):
    kept = dict(parameters)
    for name in parameters:
        if name.endswith('attention.bias'):
            query, _, value = parameters[name].chunk(3)
            kept[name] = torch.cat([query, value])
    return kept


def check_written_out(parameters, family, sizes, batch, found):
    """The forward run by our names, one row at a time without padding, and its gradients."""
    logits, _, gradients = found
    for row, length in enumerate(batch['lengths'].tolist()):
        one = {n: v[row : row + 1] for n, v in batch.items() if n not in ('texts', 'labels')}
        one |= {n: one[n][:, :length] for n in ('ids', 'types', 'positions')}
        # A table of this row's own tokens: its gradient is that at each position.
        table = parameters['embedding'][one['ids'][0]].clone().requires_grad_(True)
        own = {**parameters, 'embedding': table}
        one['ids'] = torch.arange(length)[None]
        alone = encoder_names.forward(own, family, sizes, one)
        common.losses_of(alone, batch['labels'][row : row + 1]).sum().backward()
        assert (alone[0] - logits[row]).abs().max() < 1e-12, (family, row)
        assert (table.grad - gradients[row, :length]).abs().max() < 1e-12, (family, row)
        assert not gradients[row, length:].any(), (family, row)


def make(name):
    family = encoder_folders.FOLDERS[name][1]
    folder = encoder_folders.make_folder(name)
    tokenizer = Tokenizer.from_file(str(folder / 'tokenizer.json'))
    literal = '<pad>' if family == 'roberta' else '[PAD]'
    batch = encode(tokenizer, literal, TEXTS)
    rows = encode(tokenizer, literal, TRAINING)
    generator = torch.Generator().manual_seed(7)
    batches = [torch.randperm(ROWS, generator=generator)[:BATCH].tolist() for _ in range(STEPS)]

    exact = load(folder, torch.float64)
    single = load(folder, torch.float32)
    headless = name == 'minilm'
    if headless:
        encoder_folders.draw(exact.classifier, 11)
        encoder_folders.draw(exact.bert.pooler, 12)
        single.load_state_dict(exact.state_dict())
    sizes = sizes_of(family, exact.config)
    ours = lambda model: encoder_names.ours(family, sizes['layers'], model.state_dict())  # noqa: E731
    # What is trained in place would change what is only another view of it.
    initial = {n: p.clone() for n, p in ours(exact).items()}
    assert all(common.is_float32(p) for p in initial.values())

    found = input_gradients(exact, family, batch)
    check_written_out(initial, family, sizes, batch, found)
    losses, norms = train(exact, family, rows, batches)
    train(single, family, rows, batches)
    final = ours(exact)
    compared = [without_key_biases(p, sizes['hidden']) for p in (ours(single), final)]
    drift = apart(*compared)
    assert max(norms) > CLIP > min(norms), 'clipping is on at all steps or at none'
    assert drift < 1e-4, drift

    shown = lambda encoded: {n: common.plain(v) for n, v in encoded.items()}  # noqa: E731
    logits, own_losses, gradients = found
    document = {'torch': torch.__version__, 'folder': name, 'family': family, 'sizes': sizes}
    document['labels'] = encoder_folders.LABELS
    if headless:
        head = {n: p for n, p in initial.items() if n.startswith(('pooler', 'classifier'))}
        document['headParameters'] = common.tensor_entries(head)
    document['parameters'] = {n: described(p) for n, p in initial.items()}
    document['batch'] = {
        **shown(batch),
        'logits': common.plain(logits),
        'losses': common.plain(own_losses),
        'inputGradients': common.tensor_entry(gradients),
    }
    document['training'] = {
        'rows': shown(rows),
        'batches': batches,
        'learningRates': common.plain(learning_rates()),
        'betas': list(BETAS),
        'eps': EPS,
        'weightDecay': DECAY,
        'embeddingEps': EMBEDDING_EPS,
        'embeddingWeightDecay': 0,
        'clipNorm': CLIP,
        'losses': common.plain(losses),
        'gradientNorms': common.plain(norms),
        'float32Distance': common.number(drift),
    }
    common.write_golden(f'encoders/{name}.json', document)
    save_file(
        {n: p.float() for n, p in final.items()},
        common.GOLDEN / 'encoders' / f'{name}-trained.safetensors',
    )
    print(
        f'{name}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, gradient norms {min(norms):.2g} to '
        f'{max(norms):.2g}, float32 {drift:.1g} apart'
    )


def print_logits(folder, name):
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float64, attn_implementation='eager'
    ).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    stored = json.loads((common.GOLDEN / 'encoders' / f'{name}.json').read_text())['batch']
    encoded = [tokenizer(*parts, return_tensors='pt') for parts in stored['texts']]
    given = ('ids', 'lengths', 'types', 'positions')
    batch = {field: torch.tensor(stored[field]) for field in given}
    with torch.no_grad():
        found = {
            'labels': [model.config.id2label[i] for i in range(model.config.num_labels)],
            'ids': [each['input_ids'][0].tolist() for each in encoded],
            'texts': [model(**each).logits[0].tolist() for each in encoded],
            'batch': logits_of(model, model.config.model_type, batch).tolist(),
        }
    print(json.dumps(found))


def main():
    torch.set_num_threads(1)
    if sys.argv[1:2] == ['logits']:
        print_logits(*sys.argv[2:4])
        return
    for name in encoder_folders.FOLDERS:
        make(name)


if __name__ == '__main__':
    main()
