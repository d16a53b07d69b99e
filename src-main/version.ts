/** The version of this Erratum, as package.json has it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './installation.ts'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

export const version: string = manifest.version
