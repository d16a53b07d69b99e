/** What the training of a model takes on this machine. */
import type { RowText } from '../dataset/dataset.ts'
import type { Preset } from '../models/models.ts'
import { models } from '../models/models.ts'
import { encodeAll } from '../tokens/encode.ts'
import type { EncodedTexts } from '../tokens/encode.ts'
import { buildVocabulary } from '../tokens/vocabulary.ts'
import { WordNumbers, WordsOfPieces } from '../tokens/words-of-pieces.ts'
import { trainingBytes } from '../training/memory.ts'
import type { TrainingSettings } from '../training/settings.ts'
import { freeBytes } from './memory-check.ts'
import { openPieces } from './pretrained.ts'
import type { TypicalStep } from './typical-step.ts'
import { typicalStep } from './typical-step.ts'

/** A training that is thought of. */
export interface PlannedTraining {
  model: Preset
  classes: number
  settings: TrainingSettings
  /** The folder of the model's tokenizer and the rows of its embedding; null for one from nothing. */
  checkpoint: { folder: string; words: number } | null
  /** Some of the texts. */
  sample: readonly RowText[]
}

/** What it comes to. */
export interface TrainingNeeds {
  /** Memory that it takes, and what is free. */
  bytes: number
  freeBytes: number
  /** The step to measure: a typical batch. */
  step: TypicalStep
}

/** Pieces of a tokenizer that is trained on the data, about. */
const trainedPieces = 8000

/** Memory and typical batch of a planned training. */
export async function needsOf(planned: PlannedTraining): Promise<TrainingNeeds> {
  const { model, classes, settings, checkpoint } = planned
  const texts = await encoded(planned)
  const count = texts.offsets.length - 1
  const words = checkpoint?.words ?? trainedPieces
  const built = models[model.name].create(model.sizes, classes)
  const bytes = trainingBytes({
    ...{ model: built, settings, words, texts, seed: 0 },
    rows: Int32Array.from({ length: count }, (_, i) => i),
    isPretrained: checkpoint !== null
  })
  const step = typicalStep({ model, classes, settings, words, texts })
  return { bytes, freeBytes: freeBytes(), step }
}

/** The texts as the model would read them; where its pieces are not trained yet, words stand in. */
async function encoded({ checkpoint, sample, settings }: PlannedTraining): Promise<EncodedTexts> {
  const { maximumLength } = settings
  if (checkpoint) {
    const tokenizer = new WordsOfPieces(await openPieces(checkpoint.folder))
    return new WordNumbers(tokenizer).encodeAll(sample, maximumLength)
  }
  const limits = { minimumTexts: 1, maximumWords: trainedPieces }
  return encodeAll(sample, buildVocabulary(sample.flat(), limits), maximumLength)
}
