/**
 * Gets the bench ready behind a window that is looked at, so that the first click on a mistake takes
 * little longer than the next. Where gradients are missing it is left to that click, which extracts
 * them.
 */
import { setTimeout } from 'node:timers/promises'
import { isExplainable } from '../pipeline/explain.ts'
import { findMistakes } from '../pipeline/mistakes.ts'
import { explainForBench } from './bench.ts'
import type { Service } from './service.ts'

/** What a window shows first is read before, and between two steps other calls have their turn. */
const pauseMs = { first: 50, between: 20 }

/** As many mistakes as a list shows at once, asked for as the page does. */
const warmed = 20
const asked = { method: null, top: 200, read: 20 } as const

/** Does it once for a project as long as that stays open; what fails is told by the click. */
export function warmBench(service: Service, project: string): void {
  void warm(service, project).catch(() => undefined)
}

async function warm(service: Service, project: string): Promise<void> {
  const { open, known } = service
  const folder = known.folderOf(project)
  await setTimeout(pauseMs.first, undefined, { ref: false })
  if (!open.has(folder) || open.hasCheckpoints(folder)) return
  const workspace = await open.workspace(folder)
  if (!('base' in workspace) || !(await isExplainable(workspace, {}))) return
  // Another window may have come first meanwhile.
  if (open.hasCheckpoints(folder)) return
  await open.explaining(folder, () => Promise.resolve())
  const { mistakes } = await findMistakes(workspace)
  // Each length of a text has a graph of its own, which is compiled when it first occurs.
  for (const { example } of mistakes.slice(0, warmed)) {
    // They are closed when something changes the project.
    if (!open.hasCheckpoints(folder)) return
    await explainForBench(service, { project, example, ...asked }, undefined)
    await setTimeout(pauseMs.between, undefined, { ref: false })
  }
}
