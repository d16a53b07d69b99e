/** Builds Erratum before the tests that run it as built; `npm test` tells the windows' stories on it, too. */
import { execFileSync } from 'node:child_process'
import { root } from '../../src-main/installation.ts'

export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}
