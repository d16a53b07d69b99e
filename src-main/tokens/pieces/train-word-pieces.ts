/**
 * Trains the vocabulary of a BERT tokenizer on texts, as Hugging Face's WordPieceTrainer does: words
 * begin as single characters, all but the first marked by ##, and the pair of neighbours that is most
 * frequent over all words becomes one piece, again and again (byte-pair encoding; Sennrich et al.,
 * "Neural Machine Translation of Rare Words with Subword Units", 2016).
 *
 * Equal texts give an equal vocabulary: of pairs that are equally frequent, the one of smaller ids is
 * merged, and ids of characters go by code point. (Theirs go by the order of a hash table.)
 */
import { BertNormaliser } from './normalise.ts'
import { PairCounts } from './pair-counts.ts'
import { bertSpecialTokens, wordPieceFile } from './word-piece-file.ts'
import { cutWords } from './word-piece-scheme.ts'

export interface WordPieceTraining {
  /** Most pieces, special tokens and characters included. */
  size?: number
  /** Pairs that are rarer over all texts are not merged. */
  minimumFrequency?: number
  /** Most different characters; words are trained without the rarer ones. */
  alphabet?: number
}

const prefix = '##'

/** Longer words are unknown to the tokenizer that is trained, so they teach it nothing. */
const longestWord = 100

/** The tokenizer.json, lower-casing, that the texts train. */
export function trainWordPieces(
  texts: Iterable<string>,
  { size = 8_000, minimumFrequency = 2, alphabet = 1_000 }: WordPieceTraining = {}
): unknown {
  const counts = countWords(texts)
  const pieces: string[] = [...bertSpecialTokens]
  const ids = new Map(pieces.map((piece, id) => [piece, id]))
  const idOf = (piece: string): number => {
    const known = ids.get(piece) ?? pieces.length
    if (known === pieces.length) {
      pieces.push(piece)
      ids.set(piece, known)
    }
    return known
  }
  const characters = frequentCharacters(counts, alphabet)
  for (const character of characters) idOf(character)
  for (const character of continuing(counts, characters)) idOf(prefix + character)

  const words = [...counts].map(([word, count]) => ({
    ids: Array.from(word, (character, index) =>
      ids.get(index > 0 ? prefix + character : character)
    ).filter((id) => id !== undefined),
    count
  }))
  const pairs = new PairCounts(words)
  while (pieces.length < size) {
    const pair = pairs.mostFrequent()
    if (!pair || pair.count < minimumFrequency) break
    const [first, second] = [pieces[pair.first]!, pieces[pair.second]!]
    pairs.merge(pair, idOf(first + second.slice(second.startsWith(prefix) ? prefix.length : 0)))
  }
  return wordPieceFile('in training', pieces, { lowerCase: true })
}

function countWords(texts: Iterable<string>): Map<string, number> {
  const settings = { cleanText: true, spaceIdeographs: true, stripAccents: true, lowerCase: true }
  const normaliser = new BertNormaliser(settings)
  const counts = new Map<string, number>()
  for (const text of texts) {
    const normal = normaliser.normalise(text.toWellFormed(), 0).text
    for (const [start, end] of cutWords(normal)) {
      const word = normal.slice(start, end)
      counts.set(word, (counts.get(word) ?? 0) + 1)
    }
  }
  for (const word of counts.keys()) {
    if (word.length > longestWord && Array.from(word).length > longestWord) counts.delete(word)
  }
  return counts
}

/** The most frequent characters of all words, by code point. */
function frequentCharacters(words: ReadonlyMap<string, number>, most: number): string[] {
  const counts = new Map<string, number>()
  for (const [word, count] of words) {
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count)
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || byPoint(a, b))
    .slice(0, most)
    .map(([character]) => character)
    .sort(byPoint)
}

/** Those characters that words go on with, by code point. */
function continuing(words: ReadonlyMap<string, number>, characters: string[]): string[] {
  const found = new Set<string>()
  for (const word of words.keys()) for (const each of Array.from(word).slice(1)) found.add(each)
  return characters.filter((character) => found.has(character))
}

function byPoint(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!
}
