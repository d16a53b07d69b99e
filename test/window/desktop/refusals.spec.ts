/** What a window must not do, asked of the built main process. */
import { channels } from '../../../src-preload/bridge.ts'
import { expect, test } from './desktop.ts'

const page = { url: 'app://bundle/', isMain: true }
const foreign = { url: 'https://evil.example/', isMain: true }
const inner = { url: 'app://bundle/', isMain: false }

test('a foreign frame is refused with a reason, and the window goes on', async ({ desktop }) => {
  const application = desktop.start()
  const window = await desktop.window(application)
  for (const frame of [foreign, inner]) {
    application.send(1, channels.connect, frame)
    application.send(1, channels.message, frame, '{}')
    const answer = await application.ask({
      ...{ kind: 'invoke', id: 1, channel: channels.dropped },
      ...{ args: ['/etc/passwd'], frame }
    })
    expect(answer).toMatchObject({ error: expect.stringMatching(/may not hand files in/) })
  }
  application.send(1, channels.message, page, 7)
  const refusals = () => application.said.match(/A message was refused\. .*/g) ?? []
  await expect.poll(() => refusals().length).toBe(7)
  const elsewhere =
    'A message was refused. It comes from https://evil.example/, which is not the page of Erratum.'
  expect(new Set(refusals())).toEqual(
    new Set([
      elsewhere,
      'A message was refused. It comes from a frame within the page.',
      'A message was refused. It is no text.'
    ])
  )

  await window.getByRole('link', { name: 'Settings' }).click()
  await expect(window.getByRole('heading', { name: 'Settings' })).toBeVisible()
})

test('the page goes nowhere else and opens nothing', async ({ desktop }) => {
  const application = desktop.start()
  await desktop.window(application)
  const prevented = (event: string, url: string) =>
    application.ask({ kind: 'navigate', id: 1, event, url })
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'app://bundle.evil/']) {
      expect(await prevented(event, url)).toMatchObject({ result: true })
    }
    expect(await prevented(event, 'app://bundle/')).toMatchObject({ result: false })
  }
  for (const url of ['https://evil.example/', 'app://bundle/']) {
    expect(await application.ask({ kind: 'open', id: 1, url })).toMatchObject({ result: 'deny' })
  }
})

test('the page is given the clipboard to write to, and nothing else', async ({ desktop }) => {
  const application = desktop.start()
  await desktop.window(application)
  const asked = async (permission: string, frame: object) =>
    await application.ask({ kind: 'permission', id: 1, permission, frame })
  expect(await asked('clipboard-sanitized-write', page)).toMatchObject({ result: true })
  for (const frame of [foreign, inner]) {
    expect(await asked('clipboard-sanitized-write', frame)).toMatchObject({ result: false })
  }
  for (const permission of ['media', 'geolocation', 'clipboard-read', 'notifications']) {
    expect(await asked(permission, page)).toMatchObject({ result: false })
  }
})
