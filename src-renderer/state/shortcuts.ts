/** The keys of every view, as the help lists them. */
export interface ShortcutGroup {
  title: string
  keys: readonly (readonly [keys: string, does: string])[]
}

export const shortcuts: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'this help'],
      ['g d', 'go to Data; g m Model, g e Mistakes, g r Runs, g x Export'],
      ['Esc', 'back, or close what is open']
    ]
  },
  {
    title: 'Mistakes',
    keys: [
      ['j k', 'next, previous mistake'],
      ['Enter', 'put it on the bench'],
      ['/', 'search']
    ]
  },
  {
    title: 'Bench',
    keys: [
      ['j k', 'next, previous row'],
      ['x', 'edit the opponent, or leave it as it is'],
      ['p', 'remove it, or pad its word instead'],
      ['Enter', 'unfold it'],
      ['1 2', 'opponents, proponents'],
      ['[ ]', 'previous, next mistake'],
      ['r', 'retrain'],
      ['Ctrl+Z', 'undo (with Shift: redo)']
    ]
  }
]
