/** Training texts in the order of their influence. */

/** Indices of the `count` strongest opponents, the strongest first; proponents are never among them. */
export function opponents(scores: Float64Array, count: number): number[] {
  return ranked(scores, count, (a, b) => a - b).filter((index) => scores[index]! < 0)
}

/** Indices of the `count` strongest proponents, the strongest first. */
export function proponents(scores: Float64Array, count: number): number[] {
  return ranked(scores, count, (a, b) => b - a).filter((index) => scores[index]! > 0)
}

function ranked(scores: Float64Array, count: number, compare: (a: number, b: number) => number) {
  return Array.from(scores.keys())
    .sort((a, b) => compare(scores[a]!, scores[b]!) || a - b)
    .slice(0, count)
}
