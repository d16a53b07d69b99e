/** Fixes that were tried, and taking one out of Erratum. */
import { z } from 'zod'
import { formats } from '../../src-main/dataset/source.ts'
import { armSchema, fixReportSchema, upliftSchema } from '../../src-main/retrain/fix-report.ts'
import { suggestionSchema } from '../../src-main/fix/suggestion.ts'
import { call, inProject, nothing, pickedToken, rowId, startedJob } from './call.ts'

const fixId = z.string().regex(/^[\w.-]{1,120}$/)

const armSummary = armSchema.omit({ byRound: true })

export const runSummary = z.object({
  id: fixId,
  example: rowId,
  text: z.string(),
  trueLabel: z.string(),
  predictedLabel: z.string(),
  action: fixReportSchema.shape.action,
  method: fixReportSchema.shape.method,
  k: z.int(),
  baseline: armSummary,
  control: armSummary.nullable(),
  edited: armSummary,
  uplift: upliftSchema,
  stablyWrong: z.boolean(),
  /** Mean numbers a round. */
  newlyWrong: z.number(),
  newlyRight: z.number(),
  /** What it does: "Remove 50 opponents". */
  title: z.string(),
  /** What the user calls it, and has written about it; empty where nothing was. */
  name: z.string(),
  note: z.string(),
  /** Whether the base model was trained anew since. */
  outdated: z.boolean(),
  /** ISO 8601: when it was saved. */
  savedAt: z.string()
})

export type RunSummary = z.infer<typeof runSummary>

const editedRow = z.object({
  suggestion: suggestionSchema,
  text: z.string(),
  label: z.string(),
  /** Where [PAD] goes in the text: [start, end) in UTF-16 code units; none for a removed row. */
  spans: z.array(z.tuple([z.int(), z.int()]))
})

export const runView = z.object({
  id: fixId,
  report: fixReportSchema,
  sentences: z.object({
    fix: z.string(),
    accuracy: z.string(),
    collateral: z.string(),
    cautions: z.array(z.string())
  }),
  /** What the training set loses, in the order of the report's edits. */
  edited: z.array(editedRow),
  summary: runSummary
})

export type RunView = z.infer<typeof runView>

export const combination = z.object({
  rowsRemoved: z.int(),
  rowsPadded: z.int(),
  /** Rows that two fixes edit in different ways, and what is done. */
  conflicts: z.array(z.object({ row: rowId, fixes: z.array(fixId), resolution: z.string() }))
})

export type Combination = z.infer<typeof combination>

export const runsContract = {
  /** The newest first. */
  list: call(inProject, z.array(runSummary)),
  get: call(inProject.extend({ fix: fixId }), runView),
  /** Names a fix and writes about it. */
  annotate: call(
    inProject.extend({ fix: fixId, name: z.string().trim().max(80), note: z.string().max(4000) }),
    nothing
  ),
  /** Takes a fix off the list; `restore` brings it back. */
  delete: call(inProject.extend({ fix: fixId }), nothing),
  restore: call(inProject.extend({ fix: fixId }), nothing),
  /** What several fixes amount to as one. */
  combine: call(inProject.extend({ fixes: z.array(fixId).min(1) }), combination),
  /** Retrains with the edits of several fixes at once, for the example of each. */
  prove: call(
    inProject.extend({
      fixes: z.array(fixId).min(2),
      rounds: z.int().min(1).max(200),
      control: z.boolean()
    }),
    startedJob
  ),
  export: call(
    inProject.extend({
      fixes: z.array(fixId).min(1),
      format: z.enum(formats).nullable(),
      /** A folder that the user has picked, to make one in; null: the exports of the project. */
      destination: pickedToken.nullable()
    }),
    startedJob
  )
} as const
