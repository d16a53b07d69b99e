/** Format, lint, layers and types, side by side; what each of them says comes when it has ended. */
import { exec } from 'node:child_process'

const checks = [
  'prettier --check .',
  'eslint . --max-warnings 0',
  'tsc --noEmit',
  'svelte-check --tsconfig tsconfig.page.json --fail-on-warnings'
]

const passes = (check: string) =>
  new Promise<boolean>((resolve) => {
    exec(check, { maxBuffer: Infinity }, (error, stdout, stderr) => {
      console.log(`${check}: ${error ? 'failed' : 'passed'}\n${stdout}${stderr}`)
      resolve(!error)
    })
  })

const passed = await Promise.all(checks.map(passes))
process.exitCode = passed.every(Boolean) ? 0 : 1
