"""An encoder under Erratum's names, and its forward run written out from these in plain PyTorch.

`ours` renames, transposes (transformers keeps a weight as [outputs, inputs]) and lays query, key
and value side by side. `forward` uses none of transformers, so its agreement with the classes there
holds the names, the layouts and what each family does besides.
"""

import math

import torch

EMBEDDINGS = {
    'embedding': 'embeddings.word_embeddings.weight',
    'positions': 'embeddings.position_embeddings.weight',
    'types': 'embeddings.token_type_embeddings.weight',
    'embeddings.norm.scale': 'embeddings.LayerNorm.weight',
    'embeddings.norm.shift': 'embeddings.LayerNorm.bias',
    'projection.weight': 'embeddings_project.weight',
    'projection.bias': 'embeddings_project.bias',
}
BERT_LAYER = {
    'layer': 'encoder.layer',
    'query': 'attention.self.query',
    'key': 'attention.self.key',
    'value': 'attention.self.value',
    'attention.output': 'attention.output.dense',
    'attention.norm': 'attention.output.LayerNorm',
    'inner': 'intermediate.dense',
    'output': 'output.dense',
    'norm': 'output.LayerNorm',
}
DISTILBERT_LAYER = {
    'layer': 'transformer.layer',
    'query': 'attention.q_lin',
    'key': 'attention.k_lin',
    'value': 'attention.v_lin',
    'attention.output': 'attention.out_lin',
    'attention.norm': 'sa_layer_norm',
    'inner': 'ffn.lin1',
    'output': 'ffn.lin2',
    'norm': 'output_layer_norm',
}
HEADS = {
    'bert': ('bert.pooler.dense', 'classifier'),
    'roberta': ('classifier.dense', 'classifier.out_proj'),
    'distilbert': ('pre_classifier', 'classifier'),
    'electra': ('classifier.dense', 'classifier.out_proj'),
}
HEAD_ACTIVATIONS = {
    'bert': torch.tanh,
    'roberta': torch.tanh,
    'distilbert': torch.relu,
    'electra': torch.nn.functional.gelu,
}


def ours(family, layers, theirs):
    """Tensors of a classifier of transformers under our names, in our layouts."""
    layer = DISTILBERT_LAYER if family == 'distilbert' else BERT_LAYER
    found = {}
    for name, theirs_name in EMBEDDINGS.items():
        tensor = theirs.get(f'{family}.{theirs_name}')
        if tensor is not None:
            found[name] = tensor.T if name == 'projection.weight' else tensor
    for n in range(layers):
        of = lambda part: f'{family}.{layer["layer"]}.{n}.{layer[part]}'  # noqa: E731
        to = f'layer{n + 1}'
        three = [of(part) for part in ('query', 'key', 'value')]
        found[f'{to}.attention.weight'] = torch.cat([theirs[f'{p}.weight'].T for p in three], 1)
        found[f'{to}.attention.bias'] = torch.cat([theirs[f'{p}.bias'] for p in three])
        for part in ('attention.output', 'attention.norm', 'inner', 'output', 'norm'):
            weight, bias = theirs[f'{of(part)}.weight'], theirs[f'{of(part)}.bias']
            if part.endswith('norm'):
                found[f'{to}.{part}.scale'], found[f'{to}.{part}.shift'] = weight, bias
            else:
                found[f'{to}.{part}.weight'], found[f'{to}.{part}.bias'] = weight.T, bias
    for name, theirs_name in zip(('pooler', 'classifier'), HEADS[family], strict=True):
        found[f'{name}.weight'] = theirs[f'{theirs_name}.weight'].T
        found[f'{name}.bias'] = theirs[f'{theirs_name}.bias']
    return {name: tensor.detach().contiguous() for name, tensor in found.items()}


def norm(x, p, name, eps):
    centred = x - x.mean(-1, keepdim=True)
    deviation = (centred.square().mean(-1, keepdim=True) + eps).sqrt()
    return centred / deviation * p[f'{name}.scale'] + p[f'{name}.shift']


def dense(x, p, name):
    return x @ p[f'{name}.weight'] + p[f'{name}.bias']


def gelu(x):
    return x * (1 + torch.erf(x / math.sqrt(2))) / 2


def forward(p, family, sizes, batch):
    """Logits [rows, classes]; the batch has ids, types, positions [rows, tokens] and lengths."""
    ids, lengths = batch['ids'], batch['lengths']
    rows, tokens = ids.shape
    heads, eps = sizes['heads'], sizes['normEpsilon']
    x = p['embedding'][ids] + p['positions'][batch['positions']]
    if 'types' in p:
        x = x + p['types'][batch['types']]
    x = norm(x, p, 'embeddings.norm', eps)
    if 'projection.weight' in p:
        x = dense(x, p, 'projection')
    size = x.shape[2] // heads
    within = torch.arange(tokens) < lengths[:, None]
    mask = torch.where(within, 0.0, float('-inf'))[:, None, None, :]
    apart = lambda y: y.reshape(rows, tokens, heads, size).transpose(1, 2)  # noqa: E731
    for n in range(1, sizes['layers'] + 1):
        query, key, value = map(apart, dense(x, p, f'layer{n}.attention').chunk(3, dim=2))
        scores = query @ key.transpose(2, 3) / math.sqrt(size) + mask
        mixed = (scores.softmax(3) @ value).transpose(1, 2).reshape(x.shape)
        x = norm(x + dense(mixed, p, f'layer{n}.attention.output'), p, f'layer{n}.attention.norm', eps)
        inner = gelu(dense(x, p, f'layer{n}.inner'))
        x = norm(x + dense(inner, p, f'layer{n}.output'), p, f'layer{n}.norm', eps)
    pooled = HEAD_ACTIVATIONS[family](dense(x[:, 0], p, 'pooler'))
    return dense(pooled, p, 'classifier')
