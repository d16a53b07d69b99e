/** The version of this Erratum, as package.json has it. */
import { createRequire } from 'node:module'

const manifest = createRequire(import.meta.url)('../package.json') as { version: string }

export const version: string = manifest.version
