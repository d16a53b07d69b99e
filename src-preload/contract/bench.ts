/** The repair bench: one mistake, the training rows behind it, and fixes to try. */
import { z } from 'zod'
import { actions } from '../../src-main/fix/actions.ts'
import { methodNames } from '../../src-main/influence/method-names.ts'
import { call, inProject, rowId, startedJob } from './call.ts'

/** [start, end) in UTF-16 code units. */
const span = z.tuple([z.int(), z.int()])

const wordInText = z.object({
  /** As the vocabulary spells it; [UNK] for words that it lacks. */
  word: z.string(),
  influence: z.number(),
  /** Whether [PAD] may take its place. */
  editable: z.boolean(),
  /** Where it stands in the text. */
  spans: z.array(span)
})

const benchRow = z.object({
  row: rowId,
  /** Null until it is asked for; then the words have no spans either. */
  text: z.string().nullable(),
  label: z.string(),
  influence: z.number(),
  /** The most negative first; they add up to the influence. */
  words: z.array(wordInText),
  /** The word that [PAD] would take; null where no editable word is negative. */
  padWord: z.string().nullable(),
  /** Rows of one number are near-duplicates of each other. */
  group: z.int()
})

export type BenchRow = z.infer<typeof benchRow>

const wordsOfRow = z.object({ row: rowId, words: z.array(z.string()) })

export type WordsOfRow = z.infer<typeof wordsOfRow>

const textOfRow = z.object({
  text: z.string(),
  /** Of each word, in the order of the words asked for. */
  spans: z.array(z.array(span))
})

export type TextOfRow = z.infer<typeof textOfRow>

export const benchView = z.object({
  example: z.object({
    row: rowId,
    text: z.string(),
    trueLabel: z.string(),
    predictedLabel: z.string(),
    /** Of the true label. */
    probability: z.number(),
    /** Influence of each word of the example, summed over the rows shown. */
    words: z.array(wordInText),
    baseline: z.object({ fixed: z.int(), rounds: z.int(), stablyWrong: z.boolean() }).nullable()
  }),
  method: z.enum(methodNames),
  methods: z.array(
    z.object({ name: z.enum(methodNames), title: z.string(), description: z.string() })
  ),
  checkpoints: z.array(z.object({ epoch: z.int(), learningRate: z.number(), loss: z.number() })),
  /** Reasons not to trust this. */
  doubts: z.array(z.string()),
  opponents: z.array(benchRow),
  proponents: z.array(benchRow),
  /** Entry k − 1: summed influence of the k strongest opponents, up to the first thousand. */
  cumulative: z.array(z.number()),
  counts: z.object({ training: z.int(), opponents: z.int(), proponents: z.int() }),
  /** On the device that would compute a fix now. */
  timing: z.object({
    /** Of one round on one core; null while none is known. */
    secondsPerRound: z.number().nullable(),
    knownBaselineRounds: z.int(),
    threads: z.int()
  })
})

export type BenchView = z.infer<typeof benchView>

const fixOptions = inProject.extend({
  /** Row id. */
  example: rowId,
  method: z.enum(methodNames),
  rounds: z.int().min(1).max(200),
  control: z.boolean()
})

export const benchContract = {
  /** Extracts gradients first where they are missing, which is a job of its own. */
  explain: call(
    inProject.extend({
      example: rowId,
      method: z.enum(methodNames).nullable(),
      top: z.int().min(1).max(2000),
      /** Rows of each list that come with their texts: those that are seen first. */
      read: z.int().min(0).max(2000)
    }),
    benchView
  ),
  /** The texts of training rows, and where words of them stand. */
  texts: call(inProject.extend({ rows: z.array(wordsOfRow).max(500) }), z.array(textOfRow)),
  /** Tries these edits, which the user has chosen. */
  fix: call(
    fixOptions.extend({
      choices: z
        .array(z.object({ row: rowId, action: z.enum(actions) }))
        .min(1)
        .max(5000)
    }),
    startedJob
  ),
  /** Tries the k strongest opponents for several k. */
  curve: call(
    fixOptions.extend({
      action: z.enum(actions),
      ks: z.array(z.int().min(1)).min(1).max(20)
    }),
    startedJob
  )
} as const
