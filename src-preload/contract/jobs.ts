/** Long pieces of work: what runs, how far it is, what has come of it so far. */
import { z } from 'zod'
import { errorCodes } from '../../src-main/errors.ts'
import { epochSchema } from '../../src-main/training/base-record.ts'
import { call, jobId, nothing, projectId, rowId } from './call.ts'

export const jobKinds = [
  'demo',
  'import',
  'train',
  'gradients',
  'stability',
  'fix',
  'curve',
  'export',
  'export-model'
] as const

export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const

export const arms = ['baseline', 'control', 'edited'] as const

/** A round that has ended, as the run's view draws it. */
const liveRound = z.object({
  example: rowId,
  arm: z.enum(arms),
  /** Edits of its arm; tells the points of a curve apart. */
  k: z.int(),
  seed: z.int(),
  fixed: z.boolean(),
  trueProbability: z.number(),
  accuracy: z.number()
})

const tally = liveRound.pick({ example: true, arm: true, k: true }).extend({
  fixed: z.int(),
  rounds: z.int(),
  /** Wilson 95 % interval of fixed / rounds. */
  interval: z.tuple([z.number(), z.number()]).readonly()
})

/** What a job has found so far. */
export const liveSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('training'),
    /** Running means of the loss, one about every hundredth of the training. */
    curve: z.array(z.object({ step: z.int(), loss: z.number(), accuracy: z.number() })),
    steps: z.int(),
    epochs: z.array(epochSchema)
  }),
  z.object({
    kind: z.literal('rounds'),
    rounds: z.array(liveRound),
    /** What the rounds of one arm of one fix amount to so far. */
    tallies: z.array(tally),
    wanted: z.int()
  })
])

/** A file of an export; its name is the path within the folder, with slashes. */
const writtenFile = z.object({ name: z.string(), token: z.uuid(), bytes: z.number() })

/** What a finished job leads to. */
export const jobResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('project'), project: projectId }),
  z.object({ kind: z.literal('trained'), accuracy: z.number() }),
  z.object({ kind: z.literal('fixes'), fixes: z.array(z.string()) }),
  z.object({
    kind: z.literal('exported'),
    folder: z.string(),
    files: z.array(writtenFile),
    rowsRemoved: z.int(),
    rowsEdited: z.int()
  }),
  z.object({
    kind: z.literal('exported-model'),
    /** Which training it is of, as `modelKey` of the model's info. */
    model: z.string(),
    folder: z.string(),
    files: z.array(writtenFile),
    epoch: z.int(),
    /** Of that epoch, over the held-out rows. */
    accuracy: z.number()
  }),
  z.object({ kind: z.literal('nothing') })
])

export const jobView = z.object({
  id: jobId,
  kind: z.enum(jobKinds),
  project: projectId.nullable(),
  projectName: z.string(),
  /** For people: "Training the base model". */
  title: z.string(),
  /** The example that a fix is for. */
  example: rowId.nullable(),
  state: z.enum(jobStates),
  progress: z
    .object({
      done: z.number(),
      total: z.number().nullable(),
      secondsLeft: z.number().nullable(),
      message: z.string()
    })
    .nullable(),
  /** What went otherwise than asked, in sentences. */
  notes: z.array(z.string()),
  live: liveSchema.nullable(),
  result: jobResult.nullable(),
  error: z.object({ code: z.enum(errorCodes), message: z.string() }).nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string().nullable()
})

export type JobView = z.infer<typeof jobView>
export type JobKind = JobView['kind']
export type Live = z.infer<typeof liveSchema>
export type JobResult = z.infer<typeof jobResult>

export const jobsContract = {
  /** An event: all jobs, the newest first, again whenever one changes. */
  watch: call(nothing, z.array(jobView)),
  /** Asks a job to stop; what it has finished stays. */
  cancel: call(z.object({ job: jobId }), nothing),
  /** Starts a cancelled or failed job again, where it stopped. */
  resume: call(z.object({ job: jobId }), nothing),
  /** Takes a job that has ended off the list. */
  dismiss: call(z.object({ job: jobId }), nothing)
} as const
