/** Keys of a view: they do nothing while the user types, or with a modifier. */

export type KeyActions = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

/** Listens until what comes back is called. */
export function keys(actions: KeyActions): () => void {
  const listen = (event: KeyboardEvent) => {
    const action = actions[event.key]
    if (!action || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (isTyping(event.target, event.key)) return
    event.preventDefault()
    action(event)
  }
  addEventListener('keydown', listen)
  return () => removeEventListener('keydown', listen)
}

/** Whether the key means something to the element that has the focus. */
function isTyping(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]')) return true
  // A box that is ticked has no use for letters.
  if (target.matches('[type="checkbox"], [type="radio"]')) return key.startsWith('Arrow')
  if (target.matches('input, textarea, select, [contenteditable], [role="slider"]')) return true
  return key === 'Enter' && target.matches('a, button, summary')
}
