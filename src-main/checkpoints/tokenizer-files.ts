/** The files of a folder's tokenizer. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { EncoderFamily } from '../models/encoder.ts'
import { refusal } from './refuse.ts'

/** All that transformers may read; they are copied as they are. */
const fileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt'
]

/** Paths of the tokenizer's files in a folder; throws `bad-checkpoint` where none has the pieces. */
export async function findTokenizer(folder: string, family: EncoderFamily): Promise<string[]> {
  const present = new Set(await readdir(folder))
  const found = fileNames.filter((name) => present.has(name))
  // A byte-level vocabulary is nothing without its merges, which tokenizer.json has.
  const enough = family === 'roberta' ? ['tokenizer.json'] : ['tokenizer.json', 'vocab.txt']
  if (enough.some((name) => present.has(name))) return found.map((name) => join(folder, name))
  throw refusal(
    folder,
    `it has no ${enough.join(' and no ')}`,
    `Write it with Python and transformers:\n${saving(folder)}\nThen open the folder again.`
  )
}

function saving(folder: string): string {
  const place = JSON.stringify(folder)
  return [
    '  from transformers import AutoTokenizer',
    `  AutoTokenizer.from_pretrained(${place}).save_pretrained(${place})`
  ].join('\n')
}
