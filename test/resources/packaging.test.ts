import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseV1Options, FuseVersion } from '@electron/fuses'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../resources/packaging.ts'
import { fuses, isTaken, unpackedFolder } from '../../resources/packaging.ts'
import { root } from '../../src-main/installation.ts'

const linux: Target = { platform: 'linux', arch: 'x64' }
const targets = (['darwin', 'linux', 'win32'] as const).flatMap((platform) =>
  (['arm64', 'x64'] as const).map((arch): Target => ({ platform, arch }))
)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  main: string
  dependencies: Record<string, string>
}

describe('the fuses', () => {
  it('leave no way to run anything else in Erratum’s name', () => {
    for (const fuse of [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.GrantFileProtocolExtraPrivileges
    ] as const) {
      expect(fuses[fuse], FuseV1Options[fuse]).toBe(false)
    }
  })

  it('hold the application to its own archive', () => {
    expect(fuses[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(true)
    expect(fuses[FuseV1Options.OnlyLoadAppFromAsar]).toBe(true)
  })

  it('are all set, so that a new one is not missed', () => {
    expect(fuses).toMatchObject({ version: FuseVersion.V1, strictlyRequireAllFuses: true })
    for (const fuse of Object.values(FuseV1Options)) {
      if (typeof fuse === 'number') expect(fuses, FuseV1Options[fuse]).toHaveProperty(String(fuse))
    }
  })
})

describe('the package', () => {
  it.each([
    '/package.json',
    '/LICENSE',
    `/${manifest.main}`,
    '/out/main/core.js',
    '/out/main/worker.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
    '/out/renderer/assets/index-0a.js',
    '/resources/spam-assassin.csv.gz',
    '/resources/NOTICE-spam-assassin.md'
  ])('takes %s, and every folder on the way to it', (path) => {
    const parts = path.split('/')
    parts.forEach((_, n) => expect(isTaken(parts.slice(0, n + 1).join('/'), linux)).toBe(true))
  })

  it('takes what the built application imports', () => {
    const ofCheckout = ['tsx']
    for (const name of Object.keys(manifest.dependencies)) {
      const path = `/node_modules/${name}/package.json`
      expect(isTaken(path, linux), name).toBe(!ofCheckout.includes(name))
    }
  })

  it.each([
    '/src-main/index.ts',
    '/src-main',
    '/test/support/electron/electron.ts',
    '/docs/report.png',
    '/out/tests.json',
    '/out/window-tests/trace.zip',
    '/out/package/Erratum-linux-x64/erratum',
    '/out/main-other',
    '/resources/make-spam-assassin.ts',
    '/resources/spam-assassin.csv.gz.tmp',
    '/package-lock.json',
    '/.git/config',
    '/.npmrc',
    '/node_modules/.bin/electron',
    '/node_modules/.package-lock.json',
    '/node_modules/tsx/package.json',
    '/node_modules/@esbuild/linux-x64/bin/esbuild',
    '/node_modules/typescript/lib/typescript.js',
    '/erratum-demo/project.json'
  ])('leaves %s', (path) => {
    expect(isTaken(path, linux)).toBe(false)
  })

  it.each(targets)('takes native code of $platform-$arch only, beside the archive', (target) => {
    for (const { platform, arch } of targets) {
      const isTarget = platform === target.platform && arch === target.arch
      const path = `/${unpackedFolder}/napi-v6/${platform}/${arch}`
      expect(isTaken(path, target), path).toBe(isTarget)
      expect(isTaken(`${path}/onnxruntime_binding.node`, target), path).toBe(isTarget)
      const system = `/${unpackedFolder}/napi-v6/${platform}`
      expect(isTaken(system, target), system).toBe(platform === target.platform)
    }
    expect(isTaken('/node_modules/onnxruntime-node/dist/index.js', target)).toBe(true)
  })
})
