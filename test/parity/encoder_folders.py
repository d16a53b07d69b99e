"""The tiny checkpoint folders of encoders.py: seeded random weights, real small tokenizers.

A folder has config.json, model.safetensors (float32), tokenizer.json, tokenizer_config.json, and
that of `bert` a vocab.txt as well. Nothing in the weights is trivially 0 or 1: the scales and
shifts of the normalisations, the biases and the row of the padding piece are drawn too.
"""

import json

import common
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    ElectraConfig,
    ElectraForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

LABELS = ['negative', 'neutral', 'positive']
HEAD = {'id2label': dict(enumerate(LABELS)), 'label2id': {n: i for i, n in enumerate(LABELS)}}
POSITIONS = 40

BERT = {
    'hidden_size': 16,
    'num_hidden_layers': 2,
    'num_attention_heads': 2,
    'intermediate_size': 32,
    'max_position_embeddings': POSITIONS,
    'initializer_range': 0.2,
    'pad_token_id': 0,
}
DISTILBERT = {
    'dim': 16,
    'n_layers': 2,
    'n_heads': 2,
    'hidden_dim': 32,
    'max_position_embeddings': POSITIONS,
    'initializer_range': 0.2,
    'pad_token_id': 0,
}
ROBERTA = {
    'type_vocab_size': 1,
    'layer_norm_eps': 1e-5,
    'pad_token_id': 1,
    'bos_token_id': 0,
    'eos_token_id': 2,
}

# name: (seed, family, configuration without the vocabulary, class)
FOLDERS = {
    'bert': (1, 'bert', lambda n: BertConfig(vocab_size=n, **BERT, **HEAD), BertForSequenceClassification),
    'roberta': (
        2,
        'roberta',
        lambda n: RobertaConfig(vocab_size=n, **{**BERT, **ROBERTA}, **HEAD),
        RobertaForSequenceClassification,
    ),
    'distilbert': (
        3,
        'distilbert',
        lambda n: DistilBertConfig(vocab_size=n, **DISTILBERT, **HEAD),
        DistilBertForSequenceClassification,
    ),
    'electra': (
        4,
        'electra',
        lambda n: ElectraConfig(vocab_size=n, embedding_size=8, **BERT, **HEAD),
        ElectraForSequenceClassification,
    ),
    # Encoder only: no head, no pooler, no prefix before the names of the tensors.
    'minilm': (
        5,
        'bert',
        lambda n: BertConfig(vocab_size=n, **{**BERT, 'num_attention_heads': 4}),
        lambda config: BertModel(config, add_pooling_layer=False),
    ),
}  # fmt: skip

WORDS = """a the it and but not was is this film plot end good bad fine dull great poor very quite
un ##ly ##s ##ed ##er ##ing , . ! ' n t""".split()
LETTERS = ['##e', '##o', '##r', 's', 'c', 'e', '##n', '##t', 'o', 'w', '##i', 'k', '##d', 'b', '##a']
BYTE_CORPUS = [
    'a good film , a great plot .',
    'the film was not good , it was dull and bad .',
    'this is a fine film and the end is very good !',
    'the plot is poor , the end is dull .',
    'quite fine but not great',
]


def word_pieces():
    """WordPiece as BERT has it: lower case, [PAD] 0, then [UNK], [CLS], [SEP], [MASK]."""
    pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', *WORDS, *LETTERS]
    assert len(set(pieces)) == len(pieces)
    ids = {piece: i for i, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token='[UNK]'))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(pieces[:5])
    tokenizer.post_processor = processors.TemplateProcessing(
        single='[CLS] $A [SEP]',
        pair='[CLS] $A [SEP] $B:1 [SEP]:1',
        special_tokens=[('[CLS]', 2), ('[SEP]', 3)],
    )
    return tokenizer, {
        'do_lower_case': True,
        'pad_token': '[PAD]',
        'unk_token': '[UNK]',
        'cls_token': '[CLS]',
        'sep_token': '[SEP]',
        'mask_token': '[MASK]',
    }


def byte_pairs():
    """Byte-level BPE as RoBERTa has it: <s> 0, <pad> 1, </s> 2, <unk> 3, <mask> last."""
    special = ['<s>', '<pad>', '</s>', '<unk>']
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=75, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(BYTE_CORPUS, trainer)
    tokenizer.add_special_tokens([*special, '<mask>'])
    tokenizer.post_processor = processors.RobertaProcessing(
        ('</s>', 2), ('<s>', 0), add_prefix_space=False
    )
    return tokenizer, {
        'bos_token': '<s>',
        'eos_token': '</s>',
        'cls_token': '<s>',
        'sep_token': '</s>',
        'pad_token': '<pad>',
        'unk_token': '<unk>',
        'mask_token': '<mask>',
    }


def tokenizer_of(family):
    return byte_pairs() if family == 'roberta' else word_pieces()


CLASSES = {
    'bert': 'BertTokenizer',
    'roberta': 'RobertaTokenizer',
    'distilbert': 'DistilBertTokenizer',
    'electra': 'ElectraTokenizer',
}


def draw(model, seed):
    """Every parameter anew, exact in float32: weights of deviation 0.2, scales around 1."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = 0.2 * torch.randn(parameter.shape, generator=generator)
            parameter.copy_(values + 1 if name.lower().endswith('norm.weight') else values)


def make_folder(name):
    """Writes golden/encoders/NAME/ and returns its path."""
    seed, family, configuration, make = FOLDERS[name]
    folder = common.GOLDEN / 'encoders' / name
    tokenizer, special = tokenizer_of(family)
    model = make(configuration(tokenizer.get_vocab_size()))
    draw(model, seed)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / 'tokenizer.json'), pretty=False)
    settings = {
        'tokenizer_class': CLASSES[family],
        'model_max_length': POSITIONS - (2 if family == 'roberta' else 0),
        **special,
    }
    (folder / 'tokenizer_config.json').write_text(json.dumps(settings, indent=2) + '\n')
    if name == 'bert':
        pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        (folder / 'vocab.txt').write_text(''.join(f'{piece}\n' for piece, _ in pieces))
    return folder
