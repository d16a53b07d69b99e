/** Which checkpoints influence is summed over. */
import type { EpochResult } from '../training/trainer.ts'

/**
 * Up to `count` epochs at equal shares of the total drop of the training loss: the first epoch at
 * which 1/count, 2/count … of the drop is reached. Epochs in which the loss hardly falls any more
 * share one place, so a training that has saturated is not counted again and again (TracIn,
 * section 4). `startLoss` is the loss before training, ln(classes).
 */
export function chooseCheckpoints(
  epochs: readonly Pick<EpochResult, 'epoch' | 'loss'>[],
  startLoss: number,
  count: number
): number[] {
  const lowest = Math.min(...epochs.map(({ loss }) => loss))
  const chosen = new Set<number>()
  for (let share = 1; share <= count; share++) {
    const target = startLoss - ((startLoss - lowest) * share) / count
    const reached = epochs.find(({ loss }) => loss <= target + 1e-12)
    if (reached) chosen.add(reached.epoch)
  }
  return [...chosen].sort((a, b) => a - b)
}
