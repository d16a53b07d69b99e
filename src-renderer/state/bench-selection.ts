/** Which opponents are edited and how: the k strongest, and what the user has changed by hand. */
import type { BenchRow } from '../../src-preload/contract/bench.ts'

export type Action = 'remove' | 'pad'

export interface Selection {
  /** What is done to a row unless `actions` says otherwise. */
  action: Action
  k: number
  /** Rows ticked by hand beyond the k strongest, and unticked within them. */
  also: readonly number[]
  except: readonly number[]
  /** Rows whose action differs. */
  actions: Readonly<Record<number, Action>>
}

export const usualK: Readonly<Record<Action, number>> = { remove: 50, pad: 200 }

/** What the bench starts with: as many rows as the paper removes, where there are as many. */
export function startingSelection(opponents: number): Selection {
  const k = Math.min(usualK.remove, opponents)
  return { action: 'remove', k, also: [], except: [], actions: {} }
}

export function actionOf({ action, actions }: Selection, row: number): Action {
  return actions[row] ?? action
}

/** Whether the row can be edited as wanted: [PAD] needs a word that pushes against the example. */
export function isEditable(selection: Selection, row: Pick<BenchRow, 'row' | 'padWord'>): boolean {
  return actionOf(selection, row.row) === 'remove' || row.padWord !== null
}

/** The rows to edit, the strongest first; `opponents` are in that order. */
export function chosenRows(
  selection: Selection,
  opponents: readonly Pick<BenchRow, 'row' | 'padWord'>[]
): number[] {
  const { k, also, except } = selection
  const editable = opponents.filter((row) => isEditable(selection, row)).map(({ row }) => row)
  return editable.filter((row, n) => (n < k ? !except.includes(row) : also.includes(row)))
}

/** Ticks or unticks a row by hand. */
export function toggled(
  selection: Selection,
  row: number,
  opponents: readonly Pick<BenchRow, 'row' | 'padWord'>[]
): Selection {
  const without = (rows: readonly number[]) => rows.filter((each) => each !== row)
  const isChosen = chosenRows(selection, opponents).includes(row)
  const { also, except } = selection
  if (isChosen) {
    return also.includes(row)
      ? { ...selection, also: without(also) }
      : { ...selection, except: [...except, row] }
  }
  return except.includes(row)
    ? { ...selection, except: without(except) }
    : { ...selection, also: [...also, row] }
}

/** Lets a row be edited the other way. */
export function switched(selection: Selection, row: number): Selection {
  const other = actionOf(selection, row) === 'remove' ? 'pad' : 'remove'
  const changed = Object.entries(selection.actions).filter(([changed]) => Number(changed) !== row)
  if (other !== selection.action) changed.push([String(row), other])
  return { ...selection, actions: Object.fromEntries(changed) }
}

/** Sets the action of all rows; those changed by hand are as the others again. */
export function withAction(selection: Selection, action: Action, opponents: number): Selection {
  const wasUsual = selection.k === Math.min(usualK[selection.action], opponents)
  const k = wasUsual ? Math.min(usualK[action], opponents) : selection.k
  return { ...selection, action, k, actions: {} }
}
