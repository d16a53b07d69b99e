/** tokenizer.json as far as it is read here, and what tokenizer_config.json changes of it. */
import { z } from 'zod'
import { ErratumError } from '../../errors.ts'

const addedToken = z.object({
  id: z.int().nonnegative(),
  content: z.string(),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
  special: z.boolean().default(false)
})

const vocabulary = z.record(z.string(), z.int().nonnegative())

const wordPiece = z.object({
  type: z.literal('WordPiece'),
  unk_token: z.string().default('[UNK]'),
  continuing_subword_prefix: z.string().default('##'),
  max_input_chars_per_word: z.int().positive().default(100),
  vocab: vocabulary
})

const nothing = z.union([z.literal(''), z.null()]).optional()

const bytePair = z.object({
  type: z.literal('BPE'),
  dropout: z.literal(0).nullish(),
  unk_token: z.string().nullish().default(null),
  continuing_subword_prefix: nothing,
  end_of_word_suffix: nothing,
  byte_fallback: z.literal(false).default(false),
  ignore_merges: z.boolean().default(false),
  vocab: vocabulary,
  merges: z.union([z.array(z.tuple([z.string(), z.string()])), z.array(z.string())])
})

const bertNormalizer = z.object({
  type: z.literal('BertNormalizer'),
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish().default(null),
  lowercase: z.boolean().default(true)
})

const common = {
  added_tokens: z.array(addedToken).default([]),
  post_processor: z.looseObject({ type: z.string() }),
  truncation: z.looseObject({ direction: z.literal('Right').optional() }).nullish(),
  padding: z.looseObject({ pad_token: z.string() }).nullish()
}

const bertFile = z.looseObject({
  ...common,
  normalizer: bertNormalizer,
  pre_tokenizer: z.looseObject({ type: z.literal('BertPreTokenizer') }),
  model: wordPiece
})

const byteLevelFile = z.looseObject({
  ...common,
  normalizer: z.null().optional(),
  pre_tokenizer: z.looseObject({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.boolean().default(true),
    use_regex: z.literal(true).default(true)
  }),
  model: bytePair
})

/** A tokenizer.json that was checked: BERT's kind or RoBERTa's. Keys that are not read are kept. */
export type TokenizerFile = BertFile | ByteLevelFile
export type BertFile = z.infer<typeof bertFile>
export type ByteLevelFile = z.infer<typeof byteLevelFile>
export type WordPieceModel = BertFile['model']
export type BytePairModel = ByteLevelFile['model']

export function isByteLevel(file: TokenizerFile): file is ByteLevelFile {
  return file.model.type === 'BPE'
}

/** A special token in tokenizer_config.json: its literal, or an object that has it. */
const literal = z.union([z.string(), addedToken.partial().extend({ content: z.string() })])

const configFile = z.looseObject({
  tokenizer_class: z.string().nullish(),
  do_lower_case: z.boolean().optional(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().optional(),
  add_prefix_space: z.boolean().optional(),
  truncation_side: z.literal('right').nullish(),
  pad_token: literal.nullish(),
  unk_token: literal.nullish(),
  cls_token: literal.nullish(),
  sep_token: literal.nullish(),
  mask_token: literal.nullish(),
  added_tokens_decoder: z.record(z.string(), addedToken.omit({ id: true })).default({})
})

export type TokenizerConfig = z.infer<typeof configFile>

const remedy =
  'Erratum reads tokenizers of BERT (WordPiece) and of RoBERTa (byte-level BPE). Use a model of ' +
  'these families, such as BERT, DistilBERT, ELECTRA, MiniLM or RoBERTa.'

/** Checks a parsed tokenizer.json; throws `bad-argument` for any other kind of tokenizer. */
export function readTokenizerFile(path: string, parsed: unknown): TokenizerFile {
  const model = z.looseObject({ model: z.looseObject({}) }).safeParse(parsed)
  if (!model.success) throw wrong(path, 'it has no model', remedy)
  const type = model.data.model['type'] ?? impliedType(model.data.model)
  const schema = { WordPiece: bertFile, BPE: byteLevelFile }[String(type)]
  if (!schema) throw wrong(path, `its model is of type ${String(type)}`, remedy)
  const file = schema.safeParse({ ...model.data, model: { ...model.data.model, type } })
  if (!file.success) throw wrong(path, firstIssue(file.error), remedy)
  return file.data
}

/** Checks a parsed tokenizer_config.json. */
export function readTokenizerConfig(path: string, parsed: unknown): TokenizerConfig {
  const config = configFile.safeParse(parsed)
  if (config.success) return config.data
  throw wrong(path, `in its tokenizer_config.json, ${firstIssue(config.error)}`, remedy)
}

/** The error for a tokenizer that cannot be used. */
export function wrong(path: string, what: string, how: string): ErratumError {
  return new ErratumError('bad-argument', `Reading the tokenizer ${path}: ${what}. ${how}`)
}

/** Files of old say no type. */
function impliedType(model: Record<string, unknown>): string {
  if ('merges' in model) return 'BPE'
  return 'continuing_subword_prefix' in model ? 'WordPiece' : 'unknown'
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!
  return `${issue.path.join('.') || 'the file'}: ${issue.message}`
}
