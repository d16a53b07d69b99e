/** How good predictions are. */
import { largest } from './trainer.ts'

export interface Evaluation {
  /** [texts] the class with the largest probability. */
  readonly predicted: Int32Array
  /** [texts] the probability of the true class. */
  readonly trueProbability: Float32Array
  readonly accuracy: number
  /** Mean cross-entropy. */
  readonly loss: number
}

/** Compares probabilities [texts, classes] with the true classes. */
export function evaluate(
  probabilities: Float32Array,
  trueClasses: ArrayLike<number>,
  classes: number
): Evaluation {
  const count = trueClasses.length
  const predicted = new Int32Array(count)
  const trueProbability = new Float32Array(count)
  let right = 0
  let loss = 0
  for (let i = 0; i < count; i++) {
    predicted[i] = largest(probabilities, i * classes, classes)
    trueProbability[i] = probabilities[i * classes + trueClasses[i]!]!
    if (predicted[i] === trueClasses[i]) right++
    loss -= Math.log(Math.max(trueProbability[i]!, Number.EPSILON))
  }
  return { predicted, trueProbability, accuracy: right / count, loss: loss / count }
}
