/** Training sets, checkpoints and influence queries in a temporary folder, for tests. */
import { mkdtempSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import type { Tensors } from '../../src-main/executors/executor.ts'
import type { LabelledTexts } from '../../src-main/gradients/extractor.ts'
import { GradientExtractor } from '../../src-main/gradients/extractor.ts'
import { openGradients, writeGradients } from '../../src-main/gradients/gradient-files.ts'
import { checkpointView } from '../../src-main/influence/checkpoint-view.ts'
import type { InfluenceQuery } from '../../src-main/influence/query.ts'
import { topPositions } from '../../src-main/influence/word-terms.ts'
import type { Model } from '../../src-main/models/model.ts'
import { TextsBuilder } from '../../src-main/tokens/encode.ts'
import { padId } from '../../src-main/tokens/vocabulary.ts'

/** Lists of ids as encoded texts. */
export function encoded(texts: readonly (readonly number[])[], classes: number[]): LabelledTexts {
  const builder = new TextsBuilder(padId)
  for (const ids of texts) builder.add(ids, ids.length)
  return { texts: builder.finish(), classes }
}

/** A query about one example, with every training gradient extracted to disk first. */
export async function influenceQuery(
  model: Model,
  checkpoints: readonly { learningRate: number; parameters: Tensors }[],
  training: LabelledTexts,
  example: LabelledTexts
): Promise<InfluenceQuery> {
  const folder = mkdtempSync(join(tmpdir(), 'erratum-gradients-'))
  const size = model.embeddingSize
  const sizes = { count: training.classes.length, classes: model.classes, size }
  const views = []
  for (const [n, { learningRate, parameters }] of checkpoints.entries()) {
    const extractor = new GradientExtractor(model, parameters, onnxruntimeExecutor({ threads: 1 }))
    const path = join(folder, String(n))
    mkdirSync(path)
    await writeGradients(path, extractor, training, { positions: topPositions, size })
    const positions = extractor.ruleFor(topPositions)
    const gradients = await openGradients(path, { ...sizes, positions })
    views.push(checkpointView({ learningRate, extractor, gradients, training, example }))
  }
  return { training, checkpoints: views, seed: 7 }
}
