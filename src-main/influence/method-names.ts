/** What the influence methods are called; `methods.ts` is their table. */
export const methodNames = [
  'tracin-we-adam',
  'tracin-we-topk',
  'tracin-we',
  'tracin-last',
  'random'
] as const
export type MethodName = (typeof methodNames)[number]
