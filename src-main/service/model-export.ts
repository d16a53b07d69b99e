/** Exporting the base model, as a job. */
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { z } from 'zod'
import type { modelContract } from '../../src-preload/contract/model.ts'
import { exportModel } from '../pipeline/export-model.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { modelKey } from '../project/model-key.ts'
import type { Picked, PickedPaths } from './picked.ts'
import type { Service } from './service.ts'

export function startModelExport(
  service: Service,
  { project, destination }: z.infer<typeof modelContract.export.input>
): string {
  const folder = service.known.folderOf(project)
  const own = join(folder, 'exports')
  const parent = destination === null ? own : service.picked.path(destination)
  return service.jobs.start({
    kind: 'export-model',
    project: { id: project, name: service.known.nameOf(project) },
    title: 'Exporting the model',
    async work(job) {
      const workspace = await openTrained(folder)
      try {
        const out = join(parent, `model-${modelKey(workspace.base).slice(0, 8)}`)
        // A page without dialogs has no other place to choose. What lies there is the same model.
        const replaces = parent === own
        const { epoch, accuracy } = await exportModel(workspace, { out, replaces }, job)
        const files = await filesIn(out, service.picked)
        return { kind: 'exported-model', folder: out, files, epoch, accuracy }
      } finally {
        workspace.dataset.close()
      }
    }
  })
}

/** All files of a folder by their paths within it, those at its top first. */
async function filesIn(folder: string, picked: PickedPaths): Promise<Picked[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const files = paths.map((path) => ({
    ...picked.issue(path),
    name: relative(folder, path).split(sep).join('/')
  }))
  const depthOf = (name: string) => name.split('/').length
  return files.sort((a, b) => depthOf(a.name) - depthOf(b.name) || (a.name < b.name ? -1 : 1))
}
