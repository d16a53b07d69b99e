import { afterEach, expect, it, vi } from 'vitest'
import { keys } from '../../../src-renderer/state/keys.ts'

const act = vi.fn()
const stop = keys({ j: act, Enter: act, ArrowDown: act })
afterEach(() => {
  act.mockClear()
  document.body.innerHTML = ''
})

/** Presses a key on an element of the page, or where nothing has the focus. */
function press(key: string, { on = 'body', ...options }: KeyboardEventInit & { on?: string } = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options })
  document.querySelector(on)!.dispatchEvent(event)
  return event
}

it('acts on its key, and takes it', () => {
  expect(press('j').defaultPrevented).toBe(true)
  expect(act).toHaveBeenCalledOnce()
})

it('leaves other keys alone', () => {
  expect(press('q').defaultPrevented).toBe(false)
  expect(act).not.toHaveBeenCalled()
})

it.each(['ctrlKey', 'metaKey', 'altKey'] as const)('does nothing with %s', (modifier) => {
  press('j', { [modifier]: true })
  expect(act).not.toHaveBeenCalled()
})

it.each([
  '<input type="text">',
  '<textarea></textarea>',
  '<select><option>one</option></select>',
  '<div role="slider"></div>',
  '<div role="dialog"><button>Close</button></div>',
  '<div role="menu"><div role="menuitem" tabindex="-1">Delete</div></div>',
  '<div role="alertdialog"><button>Keep it</button></div>'
])('does nothing in %s', (html) => {
  document.body.innerHTML = html
  const inner = document.querySelectorAll('body :not(option)')
  inner[inner.length - 1]!.id = 'target'
  press('j', { on: '#target' })
  expect(act).not.toHaveBeenCalled()
})

it.each(['<a href="#/">a link</a>', '<button>a button</button>'])(
  'leaves Enter to %s, and takes other keys there',
  (html) => {
    document.body.innerHTML = html
    press('Enter', { on: 'body > *' })
    expect(act).not.toHaveBeenCalled()
    press('j', { on: 'body > *' })
    expect(act).toHaveBeenCalledOnce()
  }
)

it.each(['checkbox', 'radio'])('takes letters on a %s, which has no use for them', (type) => {
  document.body.innerHTML = `<input type="${type}">`
  press('ArrowDown', { on: 'input' })
  expect(act).not.toHaveBeenCalled()
  press('j', { on: 'input' })
  expect(act).toHaveBeenCalledOnce()
})

it('does nothing with a key that something else has taken', () => {
  document.body.addEventListener('keydown', (event) => event.preventDefault(), { once: true })
  press('j')
  expect(act).not.toHaveBeenCalled()
})

it('hears nothing any more when it was stopped', () => {
  stop()
  press('j')
  expect(act).not.toHaveBeenCalled()
})
