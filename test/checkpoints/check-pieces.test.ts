import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkPieces, type Pieces } from '../../src-main/checkpoints/check-pieces.ts'
import { inspectCheckpoint } from '../../src-main/checkpoints/inspect.ts'
import { goldenFolder } from './support.ts'

const folder = goldenFolder('bert')
const pieces = readFileSync(join(folder, 'vocab.txt'), 'utf8').trim().split('\n')
const special = {
  pad: { id: 0, literal: '[PAD]' },
  start: { id: 2, literal: '[CLS]' },
  mask: undefined
}

it('accepts the pieces of the folder, and fewer than the embedding has rows', async () => {
  const inspected = await inspectCheckpoint(folder)
  expect(pieces).toHaveLength(inspected.words)
  checkPieces(inspected, { pieces, special })
  checkPieces(inspected, { pieces: pieces.slice(0, 40), special })
})

const bad: [string, Partial<Pieces>, RegExp][] = [
  [
    'too many',
    { pieces: [...pieces, 'more'] },
    /tokenizer\.json: it has 53 pieces, but the embedding of the model has 52 rows\. The tokenizer is that of another model\. Download/
  ],
  [
    'an id out of range',
    { special: { start: { id: 52, literal: '[CLS]' } } },
    /the start token \[CLS\] has the id 52 of 52 pieces/
  ],
  [
    'another piece',
    { special: { start: { id: 3, literal: '[CLS]' } } },
    /tokenizer\.json: the start token is \[CLS\], but piece 3 is \[SEP\]/
  ],
  [
    'another padding',
    { special: { pad: { id: 1, literal: '[UNK]' } } },
    /the padding piece \[UNK\] has the id 1, but pad_token_id of .*config\.json is 0/
  ]
]

it.each(bad)('refuses %s', async (_, changed, message) => {
  const inspected = await inspectCheckpoint(folder)
  const check = () => checkPieces(inspected, { pieces, special, ...changed })
  expect(check).toThrow(message)
})
