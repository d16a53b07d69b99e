/** How the texts of a project become tokens: made when a base model is trained, kept beside it. */
import { join } from 'node:path'
import { z } from 'zod'
import type { RowText } from '../dataset/dataset.ts'
import { rowsOf } from '../dataset/dataset.ts'
import type { OpenDataset } from '../dataset/open.ts'
import { readJson } from '../files/read-json.ts'
import { writeJsonAtomically } from '../files/write.ts'
import { models } from '../models/models.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { encodeAll } from '../tokens/encode.ts'
import type { Project } from '../project/project.ts'
import { PieceTokenizer } from '../tokens/pieces/piece-tokenizer.ts'
import { trainWordPieces } from '../tokens/pieces/train-word-pieces.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { wordTokenizer } from '../tokens/tokenizer.ts'
import { Vocabulary, buildVocabulary } from '../tokens/vocabulary.ts'
import { WordNumbers, WordsOfPieces } from '../tokens/words-of-pieces.ts'
import { openPieces, pretrainedFolderOf } from './pretrained.ts'
import type { Workspace } from './workspace.ts'

/** Words that stand in one text only are [UNK]: nothing is learned of them that could be tested. */
const vocabularySettings = { minimumTexts: 2, maximumWords: 50_000 }

/** What turns texts into tokens, and the words that they make up. */
export interface Reading {
  readonly tokenizer: Tokenizer
  readonly vocabulary: Vocabulary
}

/** Both splits, encoded. */
export interface SplitTexts {
  training: EncodedTexts
  heldOut: EncodedTexts
}

const names = { vocabulary: 'vocabulary.json', pieces: 'tokenizer.json' } as const

/** Makes a tokenizer for the project's model, and encodes both splits. */
export async function readTexts(workspace: Workspace): Promise<Reading & { texts: SplitTexts }> {
  return models[workspace.modelName].tokens === 'words'
    ? readAsWords(workspace)
    : readAsPieces(workspace)
}

function readAsWords({ dataset, settings }: Workspace): Reading & { texts: SplitTexts } {
  const vocabulary = buildVocabulary(partsOf(textsOf(dataset, 'train')), vocabularySettings)
  const encode = (split: 'train' | 'test') =>
    encodeAll(textsOf(dataset, split), vocabulary, settings.maximumLength)
  const texts = { training: encode('train'), heldOut: encode('test') }
  return { tokenizer: wordTokenizer(vocabulary), vocabulary, texts }
}

async function readAsPieces(workspace: Workspace): Promise<Reading & { texts: SplitTexts }> {
  const { project, dataset, settings } = workspace
  const { checkpoint } = project.settings.model
  const pieces = checkpoint ? await openPieces(pretrainedFolderOf(project)) : trainedPieces(dataset)
  const tokenizer = wordsOf(pieces, project)
  const numbers = new WordNumbers(tokenizer)
  const encode = (split: 'train' | 'test') =>
    numbers.encodeAll(textsOf(dataset, split), settings.maximumLength)
  const texts = { training: encode('train'), heldOut: encode('test') }
  return { tokenizer, vocabulary: numbers.vocabulary, texts }
}

function trainedPieces(dataset: OpenDataset): PieceTokenizer {
  return PieceTokenizer.fromJson(names.pieces, trainWordPieces(partsOf(textsOf(dataset, 'train'))))
}

function wordsOf(pieces: PieceTokenizer, { settings: { model } }: Project): WordsOfPieces {
  return new WordsOfPieces(pieces, { unit: model.unit, size: model.checkpoint?.words })
}

/** Writes what is needed to read more texts in the same way. */
export async function writeReading(
  folder: string,
  { tokenizer, vocabulary }: Reading,
  { modelName }: Workspace
): Promise<void> {
  await writeJsonAtomically(join(folder, names.vocabulary), vocabulary.words)
  if (models[modelName].tokens === 'words') return
  await writeJsonAtomically(join(folder, names.pieces), tokenizer.content)
}

/** Reads what `writeReading` wrote; `remedy` says what to do where it is damaged. */
export async function openReading(
  folder: string,
  { modelName, project }: Workspace,
  remedy: string
): Promise<Reading> {
  const words = await readJson(join(folder, names.vocabulary), z.array(z.string()), remedy)
  const vocabulary = new Vocabulary(words)
  if (models[modelName].tokens === 'words') {
    return { tokenizer: wordTokenizer(vocabulary), vocabulary }
  }
  const path = join(folder, names.pieces)
  const pieces = PieceTokenizer.fromJson(path, await readJson(path, z.unknown(), remedy))
  return { tokenizer: wordsOf(pieces, project), vocabulary }
}

/** Texts of the rows of one split, in the order of their ids. */
function* textsOf(dataset: OpenDataset, split: 'train' | 'test'): Generator<RowText> {
  for (const row of rowsOf(dataset, split)) yield dataset.text(row)
}

/** The single texts of rows, one at a time: all of them together need not fit in memory. */
function* partsOf(texts: Iterable<RowText>): Generator<string> {
  for (const text of texts) yield* text
}
