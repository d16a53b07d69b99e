/** The windows, measured in a real Chromium on the built web host and the real core. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { root } from '../../../src-main/installation.ts'
import { findChromium } from '../../window/browser.ts'
import { opponentsOfMistakes } from './click.ts'
import type { Figure } from './figures.ts'
import { emptyFolder, fullFolder } from './folders.ts'
import { launches } from './launch.ts'
import { scrolling } from './scrolling.ts'
import type { WindowBench } from './window-bench.ts'
import { openBench } from './window-bench.ts'
import { framesOfRounds, framesOfTraining } from './working.ts'

export interface WindowCase {
  /** Begins with "window". */
  name: string
  measure(bench: WindowBench): Promise<Figure[]>
}

export const windowCases: readonly WindowCase[] = [
  { name: 'window: launch, no project', measure: (bench) => launches(bench, emptyFolder) },
  { name: 'window: launch, four projects', measure: (bench) => launches(bench, fullFolder) },
  { name: 'window: a click on a mistake', measure: opponentsOfMistakes },
  { name: 'window: scrolling', measure: scrolling },
  { name: 'window: frames while training', measure: framesOfTraining },
  { name: 'window: frames while rounds run', measure: framesOfRounds }
]

export interface WindowResults {
  figures: Figure[]
  /** How to read them, or why there are none. */
  notes: string[]
}

/** Measures the cases, or says why that cannot be done here. */
export async function measureWindows(cases: readonly WindowCase[]): Promise<WindowResults> {
  if (cases.length === 0) return { figures: [], notes: [] }
  const obstacle = obstacleHere()
  if (obstacle) return { figures: [], notes: [`The windows were left out: ${obstacle}`] }
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    // Containers have no user namespaces for Chromium's sandbox; the page is our own.
    args: ['--no-sandbox']
  })
  const bench = openBench(browser)
  const figures: Figure[] = []
  try {
    for (const { name, measure } of cases) {
      process.stderr.write(`${name}\n`)
      figures.push(...(await measure(bench)))
    }
  } finally {
    await bench.close()
    await browser.close()
  }
  const note =
    `Chromium ${browser.version()}, headless, 60 frames a second at most (16.7 ms): it draws in ` +
    'software, on the same cores that the core computes on.'
  return { figures, notes: [note] }
}

function obstacleHere(): string | undefined {
  if (!findChromium()) {
    return 'there is no Chromium. Install it (npx playwright install chromium), or name it in ERRATUM_CHROMIUM.'
  }
  if (!existsSync(join(root, 'out', 'renderer', 'index.html'))) {
    return 'they run as built. Run npm run build first.'
  }
  return undefined
}
