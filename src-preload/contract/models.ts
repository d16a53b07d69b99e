/** Models that a new project may have: from nothing, or taken from a folder. */
import { z } from 'zod'
import { call, nothing, pickedToken } from './call.ts'

/** The data of a new project, before they are imported. */
export const newData = z.object({
  file: pickedToken,
  testFile: pickedToken.nullable(),
  text: z.string(),
  textPair: z.string().nullable(),
  label: z.string(),
  split: z.string().nullable(),
  heldOutShare: z.number().gt(0).lt(1)
})

/** A preset by its name, or the folder of a Hugging Face model. */
export const chosenModel = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preset'), name: z.string() }),
  z.object({
    kind: z.literal('folder'),
    folder: pickedToken,
    /** Whether its classifier is left out, and learnt from the beginning. */
    newHead: z.boolean()
  })
])

export type ChosenModel = z.infer<typeof chosenModel>

const sizes = z.object({
  layers: z.int(),
  width: z.int(),
  /** Numbers that training may change. */
  parameters: z.int()
})

/** A preset that is an encoder. */
const encoderPreset = sizes.extend({
  name: z.string(),
  /** Of its family: BERT. */
  title: z.string()
})

/** What a model's folder holds. */
export const modelFolder = sizes.extend({
  name: z.string(),
  title: z.string(),
  /** Of its weights on the disk. */
  bytes: z.number(),
  /** Of its classifier; null where it has none. */
  labels: z.array(z.string()).nullable(),
  /** Why its classifier is not one for the data; null where it is, or has none. */
  misfit: z.string().nullable(),
  /** Parts that are not in the folder, to be drawn at random. */
  missing: z.array(z.enum(['pooler', 'classifier']))
})

export type ModelFolder = z.infer<typeof modelFolder>

/** What a training takes on this machine. */
export const expectation = z.object({
  trainingRows: z.int(),
  bytes: z.number(),
  freeBytes: z.number(),
  /** null where it was not measured: a job runs, or the memory is too small. */
  secondsAnEpoch: z.number().nullable()
})

export type Expectation = z.infer<typeof expectation>

export const modelsContract = {
  list: call(
    nothing,
    z.object({
      encoders: z.array(encoderPreset),
      /** Folders of models in the place where this machine keeps them. */
      offered: z.array(z.object({ token: pickedToken, name: z.string() })),
      /** That place. */
      place: z.string()
    })
  ),
  /** Looks into a folder; `data` is what its classifier is compared with. */
  inspect: call(z.object({ folder: pickedToken, data: newData.nullable() }), modelFolder),
  /** Memory and time of a training, the time by a few steps of it. */
  expect: call(z.object({ model: chosenModel, data: newData }), expectation)
} as const
