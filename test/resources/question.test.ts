import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { agrees } from '../../resources/setup/question.ts'

/** What comes of the keys, and what the terminal shows. */
async function answered(keys: string) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answer = agrees('Get electron?', {
    input: Object.assign(input, { isTTY: true }),
    output: Object.assign(output, { isTTY: true, columns: 80 })
  })
  input.write(keys)
  const isAgreed = await answer
  expect(input.isPaused()).toBe(true)
  return { isAgreed, shown: String(output.read()) }
}

test.each(['y\r', 'Yes\r', ' YES \r'])('%j is a yes', async (keys) => {
  expect(await answered(keys)).toMatchObject({ isAgreed: true })
})

test.each(['\r', 'n\r', 'yesterday\r', 'y\u0003', 'y\u0015\u0004'])('%j is a no', async (keys) => {
  expect(await answered(keys)).toMatchObject({ isAgreed: false })
})

test.each(['\u0003', '\u0004'])('after %j the next line begins at its beginning', async (key) => {
  const { isAgreed, shown } = await answered(key)
  expect(isAgreed).toBe(false)
  expect(shown).toMatch(/Get electron\? \[y\/N\] .*\r?\n$/s)
})
