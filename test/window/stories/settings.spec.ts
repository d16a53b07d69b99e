/** The settings: what this machine computes on. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../erratum.ts'

test('the device is chosen by keyboard, and kept when Erratum is started anew', async ({
  withDemo
}) => {
  const page = await withDemo.open()
  await page.getByRole('link', { name: 'Settings' }).click()
  const devices = page.getByRole('group', { name: 'Device' })
  const radio = (name: string | RegExp) => devices.getByRole('radio', { name })
  await expect(radio('The fastest')).toBeChecked()
  await expect(radio('CPU')).toBeEnabled()

  // No machine has all of them; those that are not here say why, and cannot be chosen.
  const missing = radio(/not found$/)
  expect(await missing.count()).toBeGreaterThan(0)
  for (const each of await missing.all()) {
    await expect(each).toBeDisabled()
    await expect(each).toHaveAccessibleDescription(/^onnxruntime has no |did not start: /)
  }

  await radio('The fastest').focus()
  await page.keyboard.press('ArrowDown')
  await expect(radio('CPU')).toBeChecked()
  const file = join(withDemo.dataFolder, 'settings.json')
  const kept = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).device : undefined)
  await expect.poll(kept).toBe('cpu')

  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(page.getByRole('button', { name: 'Look again' })).toBeEnabled()
  await expect(radio('CPU')).toBeChecked()

  await withDemo.restart()
  const later = await withDemo.open()
  await later.getByRole('link', { name: 'Settings' }).click()
  await expect(later.getByRole('radio', { name: 'CPU', exact: true })).toBeChecked()
})
