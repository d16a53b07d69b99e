/** Prints the plain count of both test runners; a runner that did not report counts as a failure. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../src-main/installation.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const missing: Count = { passed: 0, failed: 1, skipped: 0 }

function reportOf(name: string, read: (report: Record<string, number>) => Count): Count {
  const path = join(root, 'out', name)
  if (!existsSync(path)) return missing
  const report = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  return read((report['stats'] ?? report) as Record<string, number>)
}

const counts = [
  reportOf('tests.json', (vitest) => ({
    passed: vitest['numPassedTests']!,
    // A file that cannot be loaded fails without any of its tests.
    failed: Math.max(vitest['numFailedTests']!, Math.min(vitest['numFailedTestSuites']!, 1)),
    skipped: vitest['numPendingTests']!
  })),
  reportOf('window-tests.json', (playwright) => ({
    passed: playwright['expected']!,
    failed: playwright['unexpected']! + playwright['flaky']!,
    skipped: playwright['skipped']!
  }))
]
const sum = (name: keyof Count) => counts.reduce((total, count) => total + count[name], 0)
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`)
