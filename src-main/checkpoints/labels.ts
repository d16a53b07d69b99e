/** Whether the classifier of a folder is one for the labels of the data, and in which order. */
import { ErratumError } from '../errors.ts'
import type { InspectedCheckpoint } from './inspect.ts'
import type { OpenedCheckpoint } from './open.ts'

const weightName = 'classifier.weight'
const biasName = 'classifier.bias'
/** What transformers calls labels that nobody has named. */
const generic = /^LABEL_\d+$/

/**
 * For each label of the data the column of the folder's classifier that is for it; undefined for a
 * folder without a classifier. Names may differ in case, and generic ones stand for the labels in
 * the order of the data. Throws `bad-checkpoint` where the classifier is one for other labels.
 */
export function classifierColumns(
  checkpoint: InspectedCheckpoint,
  labels: readonly string[]
): number[] | undefined {
  const { labels: theirs, otherProblem } = checkpoint
  if (!theirs) return undefined
  if (otherProblem !== undefined) {
    throw otherHead(checkpoint, `is one for ${otherProblem}, not for one label a text`)
  }
  const both = `has the labels ${listed(theirs)}, but the data ${listed(labels)}`
  if (theirs.length !== labels.length) throw otherHead(checkpoint, both)
  if (theirs.every((name) => generic.test(name))) return labels.map((_, column) => column)
  const columns =
    matched(theirs, labels, (name) => name) ?? matched(theirs, labels, (name) => name.toLowerCase())
  if (!columns) throw otherHead(checkpoint, both)
  return columns
}

/**
 * The checkpoint for data with these labels. A classifier for the same labels is kept, its columns
 * in the order of the data's; with `newHead` it is left out, to be drawn anew, as it is where the
 * folder has none. Throws `bad-checkpoint` as `classifierColumns` does.
 */
export function checkLabels(
  opened: OpenedCheckpoint,
  labels: readonly string[],
  { newHead = false }: { newHead?: boolean } = {}
): OpenedCheckpoint {
  const columns = newHead ? undefined : classifierColumns(opened, labels)
  return columns ? inOrder(opened, labels, columns) : withoutClassifier(opened)
}

function inOrder(
  opened: OpenedCheckpoint,
  labels: readonly string[],
  columns: readonly number[]
): OpenedCheckpoint {
  const permuted = (values: Float32Array) =>
    values.map((_, i) => {
      const column = i % columns.length
      return values[i - column + columns[column]!]!
    })
  const tensors = {
    ...opened.tensors,
    [weightName]: permuted(opened.tensors[weightName]!),
    [biasName]: permuted(opened.tensors[biasName]!)
  }
  return { ...opened, labels, tensors }
}

function withoutClassifier(opened: OpenedCheckpoint): OpenedCheckpoint {
  if (!opened.labels) return opened
  const { [weightName]: weight, [biasName]: bias, ...tensors } = opened.tensors
  const shapes = new Map(opened.shapes)
  shapes.delete(weightName)
  shapes.delete(biasName)
  return {
    ...opened,
    labels: undefined,
    otherProblem: undefined,
    shapes,
    missing: [...opened.missing, weightName, biasName],
    parameters: opened.parameters - weight!.length - bias!.length,
    tensors
  }
}

/** Columns of the labels where each has one, by names as `key` makes them; or undefined. */
function matched(
  theirs: readonly string[],
  labels: readonly string[],
  key: (name: string) => string
): number[] | undefined {
  const columns = new Map(theirs.map((name, column) => [key(name), column]))
  const found = labels.map((label) => columns.get(key(label)))
  const isOneToOne = new Set(found).size === labels.length && !found.includes(undefined)
  return isOneToOne ? (found as number[]) : undefined
}

/** At most five labels, and how many there are. */
function listed(labels: readonly string[]): string {
  const more = labels.length > 5 ? ', …' : ''
  return `${labels.slice(0, 5).join(', ')}${more} (${labels.length})`
}

function otherHead({ folder }: InspectedCheckpoint, what: string): ErratumError {
  return new ErratumError(
    'bad-checkpoint',
    `${folder}: the classifier ${what}. Start with a new head (--new-head), which learns your labels from the beginning, or choose a model with the labels of the data.`
  )
}
