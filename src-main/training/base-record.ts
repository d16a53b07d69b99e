/** What `model/base.json` says of a base model. */
import { z } from 'zod'
import { deviceNames } from '../executors/devices.ts'
import { trainingSchema } from './settings.ts'

/** An epoch with what the model then makes of the held-out split. */
export const epochSchema = z.object({
  epoch: z.int(),
  step: z.int(),
  loss: z.number(),
  accuracy: z.number(),
  learningRate: z.number(),
  heldOutLoss: z.number(),
  heldOutAccuracy: z.number()
})

/** What computed something, in order; older versions had the CPU alone. */
export const devicesSchema = z.array(z.enum(deviceNames)).default(['cpu'])

const baseShape = z.object({
  seed: z.int(),
  settings: trainingSchema,
  epochs: z.array(epochSchema).min(1),
  /** Epochs whose checkpoints influence is summed over, unless the user says otherwise. */
  checkpoints: z.array(z.int()).min(1),
  /** Reasons not to trust influence. */
  doubts: z.array(z.string()),
  seconds: z.number(),
  /** More than one where a device has failed, or a training went on elsewhere. */
  devices: devicesSchema,
  /** Most memory that the whole process has had; missing in what older versions wrote. */
  peakBytes: z.number().optional()
})

export const baseSchema = baseShape.refine(
  ({ epochs, checkpoints }) =>
    checkpoints.every((wanted) => epochs.some(({ epoch }) => epoch === wanted)),
  { path: ['checkpoints'], message: 'Names an epoch that there is not' }
)

export type Epoch = z.infer<typeof epochSchema>

/** What `model/base.json` says of the base model. */
export type BaseRecord = z.infer<typeof baseSchema>

/** The same without what a training took, and where: records of equal trainings are equal. */
export function withoutCosts(
  base: BaseRecord
): Omit<BaseRecord, 'seconds' | 'devices' | 'peakBytes'> {
  const { seed, settings, epochs, checkpoints, doubts } = base
  return { seed, settings, epochs, checkpoints, doubts }
}
