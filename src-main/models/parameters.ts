/** The weights of a model, by name: the embedding and those of its graphs. */
import type { Shape } from '../graph/ir.ts'
import { sizeOf } from '../graph/ir.ts'
import { hash32, hashString, normalStream, uniformStream } from '../random.ts'
import type { Tensors } from '../executors/executor.ts'
import type { Initial, Model } from './model.ts'

/** Name of the [words, size] embedding, in memory and in checkpoints. */
export const embeddingName = 'embedding'

/** Shapes of all parameters, the embedding first; the order of a checkpoint. */
export function parameterShapes(model: Model, words: number): Map<string, Shape> {
  return new Map([
    [embeddingName, [words, model.embeddingSize]],
    ...Object.entries(shapesOfParameters(model))
  ])
}

/** Shapes of the parameters that graphs read: all but the embedding. */
export function shapesOfParameters({
  parameters
}: Pick<Model, 'parameters'>): Record<string, Shape> {
  return Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]))
}

export interface Start {
  /** Rows of the embedding. */
  words: number
  embeddingLimit: number
  seed: number
  /** Parameters that are given, such as those of a pretrained model; the others are drawn. */
  given?: Tensors | undefined
}

/**
 * Parameters to start from, all of them copies. One that is drawn depends on the seed and its own
 * name alone. The embedding starts in ± `embeddingLimit`, and the row of [PAD] is zero.
 */
export function initialParameters(
  model: Model,
  { words, embeddingLimit, seed, given = {} }: Start
): Tensors {
  const draw = (name: string, size: number, initial: Initial) => {
    const values = new Float32Array(size)
    const key = hash32(seed, hashString(name))
    switch (initial.kind) {
      case 'zeros':
        return values
      case 'ones':
        return values.fill(1)
      case 'uniform': {
        const uniform = uniformStream(key)
        return values.map(() => (2 * uniform() - 1) * initial.limit)
      }
      case 'normal': {
        const normal = normalStream(key)
        return values.map(() => normal() * initial.deviation)
      }
    }
  }
  const { embeddingSize, padId } = model
  const drawEmbedding = () => {
    const initial = { kind: 'uniform', limit: embeddingLimit } as const
    const table = draw(embeddingName, words * embeddingSize, initial)
    return table.fill(0, padId * embeddingSize, (padId + 1) * embeddingSize)
  }
  const rest = model.parameters.map(({ name, shape, initial }) => [
    name,
    given[name]?.slice() ?? draw(name, sizeOf(shape), initial)
  ])
  const embedding = given[embeddingName]?.slice() ?? drawEmbedding()
  return { [embeddingName]: embedding, ...Object.fromEntries(rest) }
}
