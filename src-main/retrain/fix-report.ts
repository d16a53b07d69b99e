/** The result of a fix, as `fix --json` prints it and as `report.html` shows it (DESIGN, section 5). */
import { z } from 'zod'
import { editSchema } from '../fix/edits.ts'
import { actions } from '../fix/actions.ts'
import { methodNames } from '../influence/method-names.ts'
import { devicesSchema } from '../training/base-record.ts'

const interval = z.tuple([z.number(), z.number()]).readonly()

/** The rounds of one arm: baseline, control or edited. */
export const armSchema = z.object({
  fixed: z.int(),
  rounds: z.int(),
  /** fixed / rounds */
  probability: z.number(),
  /** Wilson 95 % interval of `probability`. */
  interval,
  /** Mean over rounds of the probability of the true label. */
  meanTrueProbability: z.number(),
  /** Mean over rounds of the accuracy on the held-out split. */
  accuracy: z.number(),
  /** By round, in the order of `seeds`. */
  byRound: z.array(
    z.object({
      seed: z.int(),
      fixed: z.boolean(),
      trueProbability: z.number(),
      accuracy: z.number()
    })
  )
})

export const upliftSchema = z.object({
  /** Edited minus baseline fix probability. */
  difference: z.number(),
  /** Newcombe's 95 % interval for paired proportions. */
  interval,
  /** McNemar's exact two-sided p-value of the pairs. */
  pValue: z.number()
})

const collateralSchema = z.object({
  example: z.int(),
  text: z.string(),
  trueLabel: z.string(),
  /** Share of rounds in which it is right. */
  baselineRight: z.number(),
  editedRight: z.number()
})

export const fixReportSchema = z.object({
  example: z.int(),
  text: z.string(),
  trueLabel: z.string(),
  predictedLabel: z.string(),
  method: z.enum(methodNames),
  /** `mix` where some rows are removed and others padded. */
  action: z.enum([...actions, 'mix']),
  k: z.int().min(0),
  seeds: z.array(z.int()),
  /** Whether the example is wrong in most baseline rounds. */
  stablyWrong: z.boolean(),
  baseline: armSchema,
  control: armSchema.nullable(),
  edited: armSchema,
  uplift: upliftSchema,
  collateral: z.object({
    /** Mean number a round, edited against baseline of the same seed. */
    newlyWrong: z.number(),
    newlyRight: z.number(),
    /** The same numbers between two baseline rounds of different seeds: the noise to compare with. */
    baselineChurn: z.number(),
    examples: z.array(collateralSchema)
  }),
  edits: z.array(editSchema),
  seconds: z.number(),
  /** What computed its rounds. */
  devices: devicesSchema
})

export type ArmReport = z.infer<typeof armSchema>
export type Uplift = z.infer<typeof upliftSchema>
/** A held-out prediction that the edited rounds change, beyond what the baseline rounds do among themselves. */
export type CollateralExample = z.infer<typeof collateralSchema>
export type FixReport = z.infer<typeof fixReportSchema>
