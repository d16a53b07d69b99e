/** Whether a model has learned enough for the influence of its training rows to mean anything. */

export interface LearningCurve {
  /** Accuracy on the held-out split. */
  accuracy: number
  /** Share of the largest class in it. */
  majorityShare: number
  /** Held-out loss at the end of each epoch. */
  heldOutLosses: readonly number[]
  /** Loss of a model that knows nothing, ln(classes). */
  startLoss: number
}

/** A model below this part of the way from the majority class to perfection has hardly learned. */
const littleLearned = 0.2
/** A held-out loss that falls by more than this part of the start's in one epoch is on its way. */
const steep = 0.05

/** Reasons not to trust influence yet, as sentences; empty when there are none. */
export function doubtsAbout(curve: LearningCurve): string[] {
  const { accuracy, majorityShare, heldOutLosses, startLoss } = curve
  const doubts: string[] = []
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  if (accuracy - majorityShare < littleLearned * (1 - majorityShare)) {
    doubts.push(
      `The model has hardly learned: ${percent(accuracy)} accuracy, where always answering the ` +
        `largest class gives ${percent(majorityShare)}. The influence of its training rows means ` +
        'nothing yet. Train longer, with more data, or check the labels.'
    )
  }
  const [before, last] = heldOutLosses.slice(-2)
  if (before !== undefined && last !== undefined && before - last > steep * startLoss) {
    doubts.push(
      `The held-out loss still falls steeply (${before.toFixed(3)} to ${last.toFixed(3)} in the ` +
        'last epoch): the model has not finished learning. Train for more epochs before you trust ' +
        'a ranking.'
    )
  }
  return doubts
}
