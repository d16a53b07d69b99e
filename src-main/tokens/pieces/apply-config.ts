/**
 * What tokenizer_config.json makes of tokenizer.json in `transformers`. Its classes for BERT and
 * RoBERTa, taken also where the config names none, set up normalizer and pre-tokenizer by the config
 * alone and have their own defaults; any other class leaves them as tokenizer.json has them. Special
 * tokens of the config are found in a text as added tokens.
 */
import { specialToken, type AddedToken } from './added-tokens.ts'
import {
  isByteLevel,
  type BertFile,
  type ByteLevelFile,
  type TokenizerConfig,
  type TokenizerFile
} from './tokenizer-file.ts'

const specialNames = ['pad_token', 'unk_token', 'cls_token', 'sep_token', 'mask_token'] as const

/** The literal of a special token of the config. */
export function literalOf(
  config: TokenizerConfig | undefined,
  name: (typeof specialNames)[number]
): string | undefined {
  const token = config?.[name] ?? undefined
  return typeof token === 'object' ? token.content : token
}

/** The tokenizer.json that alone means what the two files mean together. */
export function applyConfig(file: TokenizerFile, config: TokenizerConfig): TokenizerFile {
  const added_tokens = addedTokens(file, config)
  if (isByteLevel(file)) return { ...withPrefixSpace(file, config), added_tokens }
  return { ...withNormalizer(file, config), added_tokens }
}

function withNormalizer(file: BertFile, config: TokenizerConfig): BertFile {
  if (!/^(Bert|DistilBert|Electra)Tokenizer/.test(config.tokenizer_class ?? 'BertTokenizer')) {
    return file
  }
  const normalizer = {
    type: 'BertNormalizer' as const,
    clean_text: true,
    handle_chinese_chars: config.tokenize_chinese_chars ?? true,
    strip_accents: config.strip_accents ?? null,
    lowercase: config.do_lower_case ?? true
  }
  return { ...file, normalizer }
}

function withPrefixSpace(file: ByteLevelFile, config: TokenizerConfig): ByteLevelFile {
  if (!/^RobertaTokenizer/.test(config.tokenizer_class ?? 'RobertaTokenizer')) return file
  const add_prefix_space = config.add_prefix_space ?? false
  return { ...file, pre_tokenizer: { ...file.pre_tokenizer, add_prefix_space } }
}

function addedTokens(file: TokenizerFile, config: TokenizerConfig): AddedToken[] {
  const tokens = new Map(file.added_tokens.map((token) => [token.content, token]))
  for (const [id, token] of Object.entries(config.added_tokens_decoder)) {
    tokens.set(token.content, { ...token, id: Number(id) })
  }
  for (const name of specialNames) {
    const content = literalOf(config, name)
    const id = content === undefined ? undefined : file.model.vocab[content]
    if (content === undefined || id === undefined || tokens.has(content)) continue
    const given = config[name]
    const flags = typeof given === 'object' && given !== null ? given : {}
    tokens.set(content, { ...specialToken(content, id), ...flags, content, id, special: true })
  }
  return [...tokens.values()]
}
