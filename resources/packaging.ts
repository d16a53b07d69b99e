/** What `npm run package` makes: which files the application takes along, and what its program refuses. */
import type { FuseV1Config } from '@electron/fuses'
import { FuseV1Options, FuseVersion } from '@electron/fuses'

/** A system that the application is packaged for. */
export interface Target {
  platform: 'darwin' | 'linux' | 'win32'
  arch: 'arm64' | 'x64'
}

/** Switches in Electron's program; an Electron that has one more does not pass. */
export const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  /** It must not be of use as a Node that runs anything in Erratum's name. */
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  /** The archive must be the one that was packaged, and nothing beside it is run in its place. */
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  /** The page is no file: its scheme serves it. */
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  /** There are no cookies, so nobody has to open a keychain for them. */
  [FuseV1Options.EnableCookieEncryption]: false,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  /** As Electron has it: they make WebAssembly fast, and take nothing from its safety. */
  [FuseV1Options.WasmTrapHandlers]: true
} satisfies FuseV1Config

/** Native code lies beside the archive, since the system loads it from the disk. */
export const unpackedFolder = 'node_modules/onnxruntime-node/bin'

const taken = [
  '/package.json',
  '/LICENSE',
  '/out/main',
  '/out/preload',
  '/out/renderer',
  '/resources/spam-assassin.csv.gz',
  '/resources/NOTICE-spam-assassin.md',
  '/node_modules'
]

/** Dependencies of a checkout, which runs TypeScript as it stands; what is built needs none of them. */
const ofCheckout = ['@esbuild', '@types', 'esbuild', 'get-tsconfig', 'tsx', 'typescript'].map(
  (name) => `/node_modules/${name}`
)

/**
 * Whether the application takes a path along, as `/folder/file` from the checkout's root. What of
 * node_modules is for development only is left out besides.
 */
export function isTaken(path: string, { platform, arch }: Target): boolean {
  const lies = (folder: string) => path === folder || path.startsWith(`${folder}/`)
  const [, system] = /\/onnxruntime-node\/bin\/napi-v\d+\/(.+)/.exec(path) ?? []
  if (system !== undefined && !`${system}/`.startsWith(`${platform}/${arch}/`)) {
    return system === platform
  }
  if (path.includes('/node_modules/.') || ofCheckout.some(lies)) return false
  return taken.some((folder) => lies(folder) || folder.startsWith(`${path}/`)) || path === ''
}
