import { flushSync } from 'svelte'
import { expect, it, vi } from 'vitest'
import type { NewData } from '../../../src-renderer/state/model-choice.svelte.ts'
import { ModelChoice } from '../../../src-renderer/state/model-choice.svelte.ts'
import { Refusal, answer, later } from '../core.ts'

const token = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const data: NewData = {
  ...{ file: token(0), testFile: null, heldOutShare: 0.2 },
  ...{ text: 'text', textPair: null, label: 'label', split: null }
}
const found = {
  ...{ name: 'reviews', title: 'BERT', layers: 2, width: 16, parameters: 6000, bytes: 25_000 },
  ...{ labels: ['a', 'b'], misfit: null as string | null, missing: [] }
}
const expectation = { trainingRows: 80, bytes: 1e8, freeBytes: 1e9, secondsAnEpoch: 4 }

/** A choice for some data; what is asked of the core is kept. */
function chooseFor(given: NewData | undefined) {
  const asked = vi.fn()
  answer('models', 'list', () => ({ encoders: [], offered: [], place: '/models' }))
  answer('models', 'expect', (input) => {
    asked(input)
    return expectation
  })
  let choice: ModelChoice | undefined
  const stop = $effect.root(() => {
    choice = new ModelChoice(() => given)
  })
  flushSync()
  return { choice: choice!, asked, stop }
}

it('begins with TextCNN, of which nothing is measured', async () => {
  const { choice, asked, stop } = chooseFor(data)
  await vi.waitFor(() => expect(choice.list.value).toBeDefined())
  expect(choice.chosen).toEqual({ kind: 'preset', name: 'text-cnn' })
  expect(asked).not.toHaveBeenCalled()
  stop()
})

it('asks what an encoder takes once it is known what it is for', async () => {
  const { choice, asked, stop } = chooseFor(data)
  choice.kind = 'encoder'
  flushSync()
  await vi.waitFor(() => expect(choice.expected.value).toEqual(expectation))
  expect(asked).toHaveBeenCalledWith({ model: { kind: 'preset', name: 'bert-tiny' }, data })
  stop()
  const without = chooseFor(undefined)
  without.choice.kind = 'encoder'
  flushSync()
  expect(without.choice.chosen).toEqual({ kind: 'preset', name: 'bert-tiny' })
  expect(without.asked).not.toHaveBeenCalled()
  without.stop()
})

it('takes a folder when it was looked at, and one for other labels with a new head', async () => {
  const first = later<typeof found>()
  answer('models', 'inspect', () => first.promise)
  const { choice, stop } = chooseFor(data)
  choice.take({ token: token(1), name: 'reviews' })
  flushSync()
  expect(choice.kind).toBe('folder')
  expect(choice.chosen).toBeUndefined()
  first.come({ ...found, misfit: 'the classifier has other labels' })
  await vi.waitFor(() => expect(choice.inspected.value?.misfit).toContain('other labels'))
  expect(choice.chosen).toBeUndefined()
  choice.newHead = true
  expect(choice.chosen).toEqual({ kind: 'folder', folder: token(1), newHead: true })

  // Another folder is looked at anew, and refused with its sentence.
  answer('models', 'inspect', () => {
    throw new Refusal('bad-checkpoint', 'It has no config.json.')
  })
  choice.take({ token: token(2), name: 'broken' })
  flushSync()
  await vi.waitFor(() => expect(choice.inspected.error?.message).toBe('It has no config.json.'))
  expect(choice.newHead).toBe(false)
  expect(choice.chosen).toBeUndefined()
  choice.kind = 'text-cnn'
  expect(choice.chosen).toEqual({ kind: 'preset', name: 'text-cnn' })
  stop()
})

it('keeps the folder that there is when the dialog is cancelled', async () => {
  answer('models', 'inspect', () => found)
  answer('application', 'pickFolder', () => ({ token: token(3), name: 'reviews', bytes: 0 }))
  const { choice, stop } = chooseFor(data)
  await choice.pick()
  flushSync()
  await vi.waitFor(() => expect(choice.chosen).toMatchObject({ folder: token(3) }))
  answer('application', 'pickFolder', () => null)
  await choice.pick()
  expect(choice.folder?.name).toBe('reviews')
  stop()
})
