/** Projects: those that are known, making one, and the data in it. */
import { z } from 'zod'
import { formats } from '../../src-main/dataset/source.ts'
import { call, inProject, nothing, pickedToken, projectId, rowId, startedJob } from './call.ts'
import { chosenModel, newData } from './models.ts'

export const projectCard = z.object({
  id: projectId,
  name: z.string(),
  folder: z.string(),
  demo: z.boolean(),
  /** Whether it was made in a window, so that it may be deleted in one. */
  own: z.boolean(),
  /** ISO 8601. */
  openedAt: z.string(),
  /** What stands in the folder, or why it cannot be opened. */
  state: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('ready'),
      rows: z.int(),
      labels: z.int(),
      /** Of the base model on the held-out split; null before it is trained. */
      accuracy: z.number().nullable(),
      mistakes: z.int().nullable(),
      fixes: z.int()
    }),
    z.object({ kind: z.literal('unusable'), message: z.string() })
  ])
})

const split = z.enum(['train', 'test', 'unused'])

export const projectOverview = z.object({
  id: projectId,
  name: z.string(),
  folder: z.string(),
  demo: z.boolean(),
  data: z.object({
    file: z.string(),
    format: z.enum(formats),
    columns: z.object({
      text: z.string(),
      textPair: z.string().nullable(),
      label: z.string(),
      split: z.string().nullable()
    }),
    seed: z.int(),
    heldOutShare: z.number().nullable(),
    rows: z.object({ train: z.int(), test: z.int(), unused: z.int() }),
    labels: z.array(
      z.object({ label: z.string(), train: z.int(), test: z.int(), unused: z.int() })
    ),
    /** What the import has found, in sentences; null for a project whose import kept none. */
    warnings: z.array(z.string()).nullable(),
    fingerprint: z.string()
  }),
  modelTitle: z.string(),
  trained: z.boolean()
})

export type ProjectCard = z.infer<typeof projectCard>
export type ProjectOverview = z.infer<typeof projectOverview>

/** A data file before it is imported. */
export const inspection = z.object({
  name: z.string(),
  format: z.enum(formats),
  encoding: z.string().nullable(),
  columns: z.array(z.string()),
  /** The first rows, a cell a column, long ones cut. */
  sample: z.array(z.array(z.string())),
  guess: z.object({
    text: z.string().nullable(),
    textPair: z.string().nullable(),
    label: z.string().nullable(),
    split: z.string().nullable()
  }),
  /** A name for the project that no known project has. */
  projectName: z.string()
})

export type Inspection = z.infer<typeof inspection>

export const newProject = newData.extend({
  name: z.string().trim().min(1).max(80),
  seed: z.int().min(0),
  model: chosenModel
})

export const projectsContract = {
  list: call(nothing, z.array(projectCard)),
  open: call(inProject, projectOverview),
  /** Makes and trains the demo project, or finds it. */
  demo: call(nothing, startedJob.or(inProject)),
  /** Adds a project folder that the user has picked. */
  add: call(z.object({ folder: pickedToken }), inProject),
  /** Takes a project off the list; its folder stays, and `recall` puts it back. */
  forget: call(inProject, nothing),
  recall: call(inProject, nothing),
  /** Deletes a project with its folder; only those in the application's own data folder. */
  delete: call(inProject, nothing),
  inspect: call(z.object({ file: pickedToken }), inspection),
  create: call(newProject, startedJob),
  /** Rows of the data, for reading. */
  rows: call(
    inProject.extend({
      split: split.nullable(),
      label: z.string().nullable(),
      search: z.string().max(200),
      start: z.int().min(0),
      count: z.int().min(1).max(500)
    }),
    z.object({
      total: z.int(),
      rows: z.array(z.object({ row: rowId, split, label: z.string(), text: z.string() }))
    })
  )
} as const
