/** The weights of a model, by name: the embedding and those of its graphs. */
import { sizeOf } from '../graph/ir.ts'
import { hash32, hashString, uniformStream } from '../random.ts'
import type { Tensors } from '../executors/executor.ts'
import type { Initial, Model } from './model.ts'

/** Name of the [words, size] embedding, in memory and in checkpoints. */
export const embeddingName = 'embedding'

/** Shapes of all parameters, the embedding first; the order of a checkpoint. */
export function parameterShapes(model: Model, words: number): Map<string, readonly number[]> {
  return new Map([
    [embeddingName, [words, model.embeddingSize]],
    ...model.parameters.map(({ name, shape }) => [name, shape] as const)
  ])
}

/**
 * Fresh parameters; each depends on the seed and its own name alone. The embedding starts in
 * ± `embeddingLimit`, and the row of [PAD] is zero.
 */
export function initialParameters(
  model: Model,
  { words, embeddingLimit, seed }: { words: number; embeddingLimit: number; seed: number }
): Tensors {
  const draw = (name: string, size: number, initial: Initial) => {
    const values = new Float32Array(size)
    if (initial.kind === 'uniform') {
      const uniform = uniformStream(hash32(seed, hashString(name)))
      for (let i = 0; i < size; i++) values[i] = (2 * uniform() - 1) * initial.limit
    }
    return values
  }
  const embedding = draw(embeddingName, words * model.embeddingSize, {
    kind: 'uniform',
    limit: embeddingLimit
  })
  embedding.fill(0, 0, model.embeddingSize)
  const rest = model.parameters.map(({ name, shape, initial }) => [
    name,
    draw(name, sizeOf(shape), initial)
  ])
  return { [embeddingName]: embedding, ...Object.fromEntries(rest) }
}
