/** Packages the built application with Electron's program: `npm run package`. */
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { flipFuses } from '@electron/fuses'
import { packager } from '@electron/packager'
import { root } from '../src-main/installation.ts'
import type { Target } from './packaging.ts'
import { fuses, isTaken, unpackedFolder } from './packaging.ts'

const { values } = parseArgs({
  options: {
    platform: { type: 'string', default: process.platform },
    arch: { type: 'string', default: process.arch },
    /** A folder that has Electron's release as it is named on its site, for want of a network. */
    electron: { type: 'string' },
    out: { type: 'string', default: join(root, 'out', 'package') }
  }
})
const target = { platform: values.platform, arch: values.arch } as Target
const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string }
const release = `electron-v${version}-${target.platform}-${target.arch}.zip`

/** Where the program lies in the package. */
const programs = { darwin: 'Erratum.app', linux: 'erratum', win32: 'erratum.exe' }

async function makePackage(): Promise<string> {
  const [folder] = await packager({
    dir: root,
    out: values.out,
    overwrite: true,
    quiet: true,
    name: 'Erratum',
    ...(target.platform !== 'darwin' && { executableName: 'erratum' }),
    ...target,
    electronVersion: version,
    ...(values.electron !== undefined && { electronZipDir: values.electron }),
    ignore: (path) => !isTaken(path, target),
    asar: { unpackDir: unpackedFolder }
  })
  try {
    const resetAdHocDarwinSignature = target.platform === 'darwin'
    const program = join(folder!, programs[target.platform])
    await flipFuses(program, { ...fuses, resetAdHocDarwinSignature })
    return folder!
  } catch (error) {
    // Without its fuses it must not be handed on.
    await rm(folder!, { recursive: true })
    throw error
  }
}

try {
  const folder = await makePackage()
  console.log(`The application is in ${relative(process.cwd(), folder)}, its fuses are set.`)
} catch (error) {
  console.error(`Nothing was packaged: ${error instanceof Error ? error.message : String(error)}.`)
  console.error(
    `It takes Electron's own ${release}: run this where github.com can be reached, or name a ` +
      'folder that has it: npm run package -- --electron FOLDER'
  )
  process.exitCode = 1
}
