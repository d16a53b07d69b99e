import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'

const script = new URL('./run-pool.ts', import.meta.url).href
const register = new URL('../../src-main/jobs/register-tsx.mjs', import.meta.url).href
const tsx = import.meta.resolve('tsx')

it.each([
  ['registered as resources/erratum.mjs does', ['--import', register], process.cwd()],
  ['registered so, in another folder', ['--import', register], tmpdir()],
  ['--import tsx, in another folder', ['--import', tsx], tmpdir()]
])('workers run TypeScript as it stands: %s', (_case, nodeArguments, cwd) => {
  const load = ['--input-type=module', '--eval', `import ${JSON.stringify(script)}`]
  const output = execFileSync(process.execPath, [...nodeArguments, ...load], { cwd })
  expect(output.toString()).toBe('40\n')
})
