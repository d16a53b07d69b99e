/** Training texts in the order of their influence. */

/** Indices of the `count` strongest opponents, the strongest first; proponents are never among them. */
export function opponents(scores: Float64Array, count: number): number[] {
  return ranked(scores, count, -1)
}

/** Indices of the `count` strongest proponents, the strongest first. */
export function proponents(scores: Float64Array, count: number): number[] {
  return ranked(scores, count, 1)
}

/** Of those whose scores have the sign; the others are not sorted, which takes the longest. */
function ranked(scores: Float64Array, count: number, sign: 1 | -1): number[] {
  const indices: number[] = []
  for (let index = 0; index < scores.length; index++) {
    if (sign * scores[index]! > 0) indices.push(index)
  }
  return indices.sort((a, b) => sign * (scores[b]! - scores[a]!) || a - b).slice(0, count)
}
