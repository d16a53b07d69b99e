/** The tokenizer.json of a BERT tokenizer, from its vocabulary. */
import { specialToken } from './added-tokens.ts'
import { wrong } from './tokenizer-file.ts'

/** BERT's special tokens, in the order in which a new vocabulary has them. */
export const bertSpecialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const

/** Throws `bad-argument` if the vocabulary lacks a special token; it may lack [MASK]. */
export function wordPieceFile(
  path: string,
  pieces: readonly string[],
  { lowerCase }: { lowerCase: boolean }
): unknown {
  const vocab: Record<string, number> = Object.fromEntries(pieces.map((piece, id) => [piece, id]))
  const missing = bertSpecialTokens.find(
    (token) => token !== '[MASK]' && vocab[token] === undefined
  )
  if (missing) {
    const remedy = 'Give the vocab.txt of a BERT model, or the tokenizer.json of the model.'
    throw wrong(path, `it has no line ${missing}`, remedy)
  }
  const special = (token: string, type: number): object => ({
    SpecialToken: { id: token, type_id: type }
  })
  const part = (id: string, type: number): object => ({ Sequence: { id, type_id: type } })
  const single = [special('[CLS]', 0), part('A', 0), special('[SEP]', 0)]
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: bertSpecialTokens
      .filter((token) => vocab[token] !== undefined)
      .map((token) => specialToken(token, vocab[token]!)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: lowerCase
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [...single, part('B', 1), special('[SEP]', 1)],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [
          token,
          { id: token, ids: [vocab[token]], tokens: [token] }
        ])
      )
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab
    }
  }
}
