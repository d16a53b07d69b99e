/**
 * The packaged application: everything that it needs is in its archive, and its fuses are set. Only
 * Electron's program is not the real one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { extractAll } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { fuses } from '../../../resources/packaging.ts'
import { root } from '../../../src-main/installation.ts'
import { writeRelease } from '../../support/electron/release.ts'
import { expect, test } from './desktop.ts'

test('the package works from its archive alone, under its fuses', async ({ desktop }) => {
  const releases = join(desktop.folder, 'releases')
  const electron = JSON.parse(
    readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')
  ) as { version: string }
  mkdirSync(releases)
  writeRelease(releases, electron.version)
  const target = ['--platform', 'linux', '--arch', 'x64']
  const made = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      'resources/package.ts',
      ...target,
      '--electron',
      releases,
      '--out',
      desktop.folder
    ],
    { cwd: root, encoding: 'utf8' }
  )
  expect(made.stderr).toBe('')
  const folder = join(desktop.folder, 'Erratum-linux-x64')

  const wire = await getCurrentFuseWire(join(folder, 'erratum'))
  for (const fuse of Object.values(FuseV1Options)) {
    if (typeof fuse !== 'number') continue
    const wanted = fuses[fuse] ? FuseState.ENABLE : FuseState.DISABLE
    expect(wire[fuse], FuseV1Options[fuse]).toBe(wanted)
  }

  // Only Electron reads an archive in place.
  const archive = join(folder, 'resources', 'app.asar')
  const native = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node'
  expect(existsSync(join(`${archive}.unpacked`, native))).toBe(true)
  expect(existsSync(join(folder, 'resources', 'default_app.asar'))).toBe(false)
  const installed = join(desktop.folder, 'installed')
  extractAll(archive, installed)
  const application = desktop.start({ installed })
  const page = await desktop.window(application)
  // The embedded corpus, the core's thread and the threads that compute.
  await page.getByRole('button', { name: 'Open the demo' }).click()
  await expect(page.getByText(/epoch \d+ of \d+, loss/).first()).toBeVisible({ timeout: 60_000 })
  expect(application.said).toBe('')
})

test('without Electron’s release nothing is packaged, and it is said what is missing', ({
  desktop
}) => {
  const made = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      'resources/package.ts',
      '--electron',
      desktop.folder,
      '--out',
      desktop.folder
    ],
    { cwd: root, encoding: 'utf8' }
  )
  expect(made.status).toBe(1)
  expect(made.stderr).toMatch(
    /Nothing was packaged: .*\nIt takes Electron's own electron-v.*\.zip:/
  )
})
