/** Edits are data: a list of them turns a training set into another one. */

/** Leave the row out of training. */
export interface RemoveEdit {
  kind: 'remove'
  row: number
}

/** Replace every occurrence of one word of the row by [PAD]; length and mask stay as they are. */
export interface PadEdit {
  kind: 'pad'
  row: number
  /** Id of the word in the vocabulary. */
  wordId: number
  /** The word as the vocabulary spells it. */
  word: string
}

/** Give the row another class. */
export interface RelabelEdit {
  kind: 'relabel'
  row: number
  class: number
}

/** Multiply the row's loss by a factor of at least 0. */
export interface WeightEdit {
  kind: 'weight'
  row: number
  weight: number
}

export type Edit = RemoveEdit | PadEdit | RelabelEdit | WeightEdit
