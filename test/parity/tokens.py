"""Makes tokens.json: the ids and spans that BERT and RoBERTa tokenizers give for difficult texts.

    pip install transformers==5.24.0 tokenizers==0.23.3
    python3 test/parity/tokens.py

The vocabularies are trained here, on the texts themselves. The ids are those of `transformers`, and
the script asserts that `tokenizers` gives the same. The spans are those of `tokenizers`, turned from
code points into UTF-16 units; where a character is cut over pieces, the first piece has it.

Written are the texts, once; the vocabulary that WordPieceTrainer makes of some mails; and of each
tokenizer its tokenizer.json, the ids and spans of its texts, and the ids of some texts and pairs, cut
to a length. Ids are two digits in base 36 each. A span is its distance from the end of the last that
is not empty and its length, each one digit in base 36 or a number in parentheses.
"""

import csv
import gzip
import itertools
import json
import pathlib
import random
import tempfile
import unicodedata

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers
from transformers import BertTokenizer, PreTrainedTokenizerFast, RobertaTokenizer

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = 1000
BERT_SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
ROBERTA_SPECIAL = ['<s>', '<pad>', '</s>', '<unk>', '<mask>']

ENGLISH = """the a film was not bad at all but its unbelievable ending disappointed everyone who had
watched it twice I WOULD recommend This movie to Nobody except perhaps an unapologetic antidisestablishmentarian
don't can't we'll it's they've I'm you're he'd 'tis rock'n'roll well-made state-of-the-art""".split()
ACCENTS = 'café naïve Ångström façade Übergröße Việt Nam Tiếng Łódź Žižek Ελλάδα ΟΔΥΣΣΕΥΣ Σίσυφος ёлка'.split()
SCRIPTS = """我爱电影 電影很好看 日本語のテキスト カタカナ 한국어 영화가 좋았다 각힣 ᄀ 가 Привет мир
مرحبا بالعالم قَلَم שלום עִבְרִית नमस्ते क्षत्रिय தமிழ் ภาษาไทย ที่นี่ ไม่ดี ქართული հայերեն አማርኛ ᠮᠣᠩᠭᠣᠯ""".split()
LETTERS = 'İstanbul ıI ẞß ﬁn ﬂow ㎏ Ⅷ ½ ² ＦＵＬＬ ｗｉｄｔｈ Å K Ω ǅ ŉ ΐ ὈΔΎΣ 𝒜𝓫𝔠 𝟘𝟙 𐐀𐐨'.split()
IDEOGRAPHS = ['𠀀𪛖', '\U0002b820', '\U0002b8ff\U0002b920', '豈更', '\U0002f800', '〇〆', '㐀䶵', '\U00030000', '々']
EMOJI = ['👍🏽', '👩‍👩‍👧', '🇫🇷🇩🇪', '❤️', '1️⃣', '🏴\U000e0067\U000e0062\U000e007f', '😀😀😀', '🤷🏿‍♀️', '☺', '©®™', '🫨']
CONTROLS = ['\x00', '\x01', '\x1f', '\x7f', '\x85', '\x9f', '\ufffd', '\ue000', '\U000f0000', '\u0378', '\ufffe', '\U0010ffff']
FORMATS = ['\u200b', '\u200c', '\u200d', '\u200e', '\u2060', '\ufeff', '\xad', '\u061c', '\u180e', '\u08e2', '\u0890', '\U000e0020']
SPACES = [' ', ' ', ' ', ' ', ' ', ' ', '  ', '   ', '\t', '\n', '\r\n', '\n\n', ' \n ', '\v', '\f', '\x1c', '\xa0', '\u1680', '\u2003', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '']
NUMBERS = '3.14 10,000 1e-5 2024-02-29 +1(555)010-9999 ١٢٣ 五千 50% $9.99 €10 007 ٣٫٥'.split()
URLS = ['https://example.org/a_b?c=d&e=%20#f', 'user@example.com', 'C:\\dir\\file.txt', '@name', '#tag', '<br/>', '&amp;', 'snake_case', 'a/b/c']
MARKS = ['!!!', '...', '?!', '—', '–', '“quoted”', '«ici»', '¿qué?', '、。', '！？', '~^`|', '$$', '==>', ':-)', '᙭', '‽', '\u2e53', '\u061d', '׳', '·', "''", '"', '\u3008x\u3009']
SPECIAL = [*BERT_SPECIAL, *ROBERTA_SPECIAL, '[pad]', '[ PAD ]', '[PAD', '[MASK]ed', '[PAD][PAD]', 'x[SEP]y', '<mask>s', '<PAD>', '<<s>>', '##ing', 'Ġthe', '[UNK]']
BARE = ['\u0301', '\u0301\u0316', '\u0e48', '\u0345', '\u302e\u302f', '\ufe0f', '\u20e3', '\u0897', '\u1734', '\u1dfa']
RANGES = [(0x20, 0x7f), (0x80, 0x250), (0x250, 0x600), (0x600, 0xe00), (0xe00, 0x1800), (0x1800, 0x2000), (0x2000, 0x2e80),
          (0x2e80, 0x3400), (0x9f00, 0xd7ff), (0xf900, 0xffff), (0x10000, 0x12000), (0x16000, 0x19000), (0x1d000, 0x20000), (0x2a6d0, 0x2ceb0)]


def long_word(draw):
    length = draw.choice([99, 100, 101, 130, 201, 255])
    kind = draw.randrange(4)
    if kind == 0:
        return draw.choice('aZé') * length
    if kind == 1:
        return 'e\u0301' * (length // 2)
    if kind == 2:
        return ''.join(draw.choice(['the', 'film', 'un', 'able']) for _ in range(length // 3))[:length]
    return draw.choice(['한', '😀', '字', 'ไ']) * (length // 3)


def fragment(draw):
    pool = draw.choices(
        [ENGLISH, ACCENTS, SCRIPTS, LETTERS, IDEOGRAPHS, EMOJI, CONTROLS, FORMATS, NUMBERS, URLS, MARKS, SPECIAL, BARE],
        [30, 8, 10, 6, 3, 5, 4, 5, 4, 4, 7, 8, 3])[0]
    text = draw.choice(pool)
    kind = draw.randrange(12)
    if kind == 0:
        return unicodedata.normalize('NFD', text)
    if kind == 1:
        return text.upper()
    if kind == 2:
        return text + draw.choice(FORMATS + BARE)
    if kind == 3:
        return draw.choice(MARKS) + text + draw.choice(MARKS)
    return text


def any_characters(draw):
    low, high = draw.choice(RANGES)
    points = [draw.randrange(low, high) for _ in range(draw.randrange(1, 8))]
    return ''.join(draw.choice(['', 'a', ' ', 'B']) + chr(p) for p in points if not 0xd800 <= p < 0xe000)


def text_of(draw, index):
    if index % 5 == 0:
        return any_characters(draw)
    if index % 100 == 1:
        return draw.choice(['', ' ', 'say ']) + long_word(draw) + draw.choice(['', ' end', '!'])
    if index % 50 == 2:
        return draw.choice(SPACES) * draw.randrange(4) + draw.choice(CONTROLS + FORMATS)
    parts = []
    for _ in range(draw.randrange(1, 7)):
        parts += [fragment(draw), draw.choice(SPACES)]
    if draw.randrange(3):
        parts.pop()
    return ''.join(parts)


def make_texts():
    draw = random.Random(20261126)
    return ['', ' ', '\n\t '] + [text_of(draw, index) for index in range(3, TEXTS)]


def train_bert(texts, size, **normalizer):
    tokenizer = Tokenizer(models.WordPiece(unk_token='[UNK]', max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, **normalizer)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix='##')
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=BERT_SPECIAL, limit_alphabet=300, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in ('[CLS]', '[SEP]')]
    tokenizer.post_processor = processors.TemplateProcessing(
        single='[CLS]:0 $A:0 [SEP]:0', pair='[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1', special_tokens=ids)
    return tokenizer


def train_roberta(texts, size, prefix=False, mask_strips=True):
    tokenizer = Tokenizer(models.BPE(unk_token=None, continuing_subword_prefix='', end_of_word_suffix=''))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.decoder = decoders.ByteLevel()
    mask = AddedToken('<mask>', lstrip=mask_strips, special=True, normalized=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, special_tokens=[*ROBERTA_SPECIAL[:4], mask],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    sep, cls = [(token, tokenizer.token_to_id(token)) for token in ('</s>', '<s>')]
    tokenizer.post_processor = processors.RobertaProcessing(sep, cls, trim_offsets=True, add_prefix_space=prefix)
    return tokenizer


def train_words():
    """The vocabulary that some mails train, of a size at which a hash table's order decides nothing."""
    csv.field_size_limit(1 << 30)
    with gzip.open(HERE / '../../resources/spam-assassin.csv.gz', 'rt', encoding='utf-8', newline='') as file:
        texts = [row['text'][:400] for row in itertools.islice(csv.DictReader(file), 600)]
    for size in range(1200, 300, -50):
        vocabularies = [sorted(train_bert(texts, size, lowercase=True).get_vocab()) for _ in range(8)]
        if all(each == vocabularies[0] for each in vocabularies):
            return {'size': size, 'texts': len(texts), 'characters': 400, 'pieces': ' '.join(vocabularies[0])}
    raise AssertionError('ties everywhere')


def in_transformers(tokenizer, cls, config):
    """The tokenizer as `transformers` loads it from a folder."""
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save(f'{folder}/tokenizer.json')
        pathlib.Path(folder, 'tokenizer_config.json').write_text(json.dumps(config), encoding='utf-8')
        return cls.from_pretrained(folder)


def base36(value):
    digits = '0123456789abcdefghijklmnopqrstuvwxyz'
    return digits[value] if value < 36 else base36(value // 36) + digits[value % 36]


def pack_ids(ids):
    assert all(each < 36 * 36 for each in ids)
    return ''.join(base36(each).rjust(2, '0') for each in ids)


def pack_spans(text, offsets):
    """Offsets in code points as spans in UTF-16 units that do not overlap."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xffff else 1))
    packed, free = [], 0
    for start, end in offsets:
        start = max(units[start], free)
        end = max(units[end], start)
        packed += [start - free, end - start]
        # A space that the tokenizer has put before a text has no place of its own.
        free = end if end > start else free
    return ''.join(base36(each) if each < 36 else f'({each})' for each in packed)


def record(name, tokenizer, loaded, texts, config):
    rows = []
    for text in texts:
        ids = loaded(text, add_special_tokens=False)['input_ids']
        encoding = tokenizer.encode(text, add_special_tokens=False)
        assert ids == encoding.ids, (name, text, ids, encoding.ids)
        rows.append(pack_ids(ids) + ' ' + pack_spans(text, encoding.offsets))
    draw = random.Random(len(texts))
    pairs = []
    for _ in range(20):
        first, second = draw.randrange(len(texts)), draw.randrange(len(texts))
        length = draw.choice([5, 8, 9, 12, 13, 30])
        both = loaded(texts[first], texts[second], truncation=True, max_length=length)
        one = loaded(texts[first], truncation=True, max_length=length)
        pairs.append([first, second, length, pack_ids(one['input_ids']), pack_ids(both['input_ids'])])
    # Loading and cutting leave their marks in the backend; the file is that of the trained one.
    return {'name': name, 'config': config, 'file': json.loads(tokenizer.to_str()), 'rows': rows, 'pairs': pairs}


def bert_config(**flags):
    tokens = dict(zip(('pad_token', 'unk_token', 'cls_token', 'sep_token', 'mask_token'), BERT_SPECIAL))
    return {'tokenizer_class': 'BertTokenizer', **tokens, **flags}


def roberta_config(**flags):
    start, pad, end, unknown, mask = ROBERTA_SPECIAL
    return {'tokenizer_class': 'RobertaTokenizer', 'pad_token': pad, 'unk_token': unknown,
            'cls_token': start, 'sep_token': end, 'mask_token': mask, **flags}


def main():
    texts = make_texts()
    some = texts[::20] + texts[1::20]
    cases = []

    def add(name, tokenizer, cls, config, rows=texts):
        cases.append(record(name, tokenizer, in_transformers(tokenizer, cls, config), rows, config))

    uncased = train_bert(texts, 500, lowercase=True)
    add('bert-uncased', uncased, BertTokenizer, bert_config(do_lower_case=True))
    add('bert-cased', train_bert(texts, 500, lowercase=False), BertTokenizer, bert_config(do_lower_case=False))
    add('roberta', train_roberta(texts, 700), RobertaTokenizer, roberta_config())

    accents = train_bert(some, 400, lowercase=True, strip_accents=False)
    add('bert-accents', accents, BertTokenizer, bert_config(do_lower_case=True, strip_accents=False), some)
    prefix = train_roberta(some, 350, prefix=True)
    add('roberta-prefix', prefix, RobertaTokenizer, roberta_config(add_prefix_space=True), some)

    # Added tokens with every flag; this class takes tokenizer.json as it is.
    flagged = train_bert(some, 300, lowercase=True)
    flagged.add_tokens([
        AddedToken('film', single_word=True, normalized=False),
        AddedToken('Café', normalized=True),
        AddedToken('the', lstrip=True, rstrip=True, normalized=False),
        AddedToken('BAD', normalized=True, rstrip=True, single_word=True),
        AddedToken('th', normalized=False),
    ])
    extra = ['film films film', 'filmé _film film_ ,film, 𐐀film', 'CAFE\u0301 café cafés', 'in \u3000 the\u2003\nend', 'then th e',
             'bad\t\n bad badly', 'the the  the[PAD]the', ' film', 'unthe', 'Bad', 'ba\u200bd']
    config = {**bert_config(), 'tokenizer_class': 'PreTrainedTokenizerFast'}
    add('bert-added', flagged, PreTrainedTokenizerFast, config, extra)

    path = HERE / 'golden' / 'tokens.json'
    lists = [[case['name'], len(case['rows'])] for case in cases]
    lines = [f'"texts":{json.dumps(texts, ensure_ascii=False)}', f'"extra":{json.dumps(extra, ensure_ascii=False)}']
    lines.append(f'"trained":{json.dumps(train_words(), ensure_ascii=False)}')
    lines.append('"tokenizers":[\n' + ',\n'.join(json.dumps(case, ensure_ascii=False, separators=(',', ':')) for case in cases) + ']')
    path.write_text('{\n' + ',\n'.join(lines) + '\n}\n', encoding='utf-8')
    print(path.stat().st_size, lists)


if __name__ == '__main__':
    main()
