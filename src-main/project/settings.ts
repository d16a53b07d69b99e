/** What `project.json` holds: everything that is needed to make the project's results again. */
import { z } from 'zod'

/** The format of project.json that this Erratum writes, and the highest that it reads. */
export const projectVersion = 1

const seed = z.int().min(0).max(0xffff_ffff)

const dataSettings = z.object({
  /** The labelled data set, as an absolute path. */
  file: z.string(),
  /** A separate file of held-out rows, as an absolute path. */
  testFile: z.string().nullable(),
  text: z.string(),
  textPair: z.string().nullable(),
  label: z.string(),
  /** The column that tells a row's split; without one the seed draws it. */
  split: z.string().nullable(),
  seed
})

const modelSettings = z.object({
  /** A row of the table of models. */
  name: z.string(),
  /** The Hugging Face folder that the model was taken from; null for one that starts from nothing. */
  checkpoint: z
    .object({
      /** Absolute path. */
      folder: z.string(),
      /** SHA-256 of its files. */
      fingerprint: z.string(),
      /** Rows of its embedding, which may be more than its tokenizer has pieces. */
      words: z.int().min(1)
    })
    .nullable(),
  /** What is shown and replaced where tokens are pieces; whole words unless given. */
  unit: z.enum(['word', 'piece']).optional(),
  /** Sizes that the preset fixes, such as the embedding's width. */
  sizes: z.record(z.string(), z.number())
})

export const projectSettings = z.object({
  version: z.literal(projectVersion),
  /** The version of Erratum that wrote the file last. */
  writtenBy: z.string(),
  name: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  data: dataSettings,
  model: modelSettings,
  /** The training stage's own settings, which it checks itself. */
  training: z.record(z.string(), z.unknown()),
  /** The fingerprint of the data set that the project was made from. */
  fingerprint: z.string()
})

export type ProjectSettings = z.infer<typeof projectSettings>
