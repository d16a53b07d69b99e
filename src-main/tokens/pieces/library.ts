/**
 * What is used of @huggingface/tokenizers: the models, which cut a word into pieces, and the
 * post-processors. Its own declarations do not resolve under Node's rules for ES modules.
 */
import * as library from '@huggingface/tokenizers'
import type { BytePairModel, WordPieceModel } from './tokenizer-file.ts'

interface Model {
  tokens_to_ids: Map<string, number>
}

interface PostProcessor {
  post_process(
    first: string[],
    second: string[] | null,
    addSpecialTokens: boolean
  ): { tokens: string[]; token_type_ids?: number[] }
}

interface Library {
  WordPiece: new (model: WordPieceModel) => Model & {
    /** The pieces of all words, end to end. */
    encode(words: string[]): string[]
  }
  BPE: new (model: BytePairModel) => Model & {
    /** The merged letters of a word, whether or not the vocabulary has them. */
    bpe(word: string): string[]
  }
  Tokenizer: new (file: object, config: object) => { post_processor: PostProcessor }
}

export const { WordPiece, BPE, Tokenizer } = library as unknown as Library
