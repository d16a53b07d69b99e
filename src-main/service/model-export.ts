/** Exporting the base model, as a job. */
import { readdir, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { z } from 'zod'
import type { modelContract } from '../../src-preload/contract/model.ts'
import { isPartial } from '../dataset/work-folder.ts'
import { exportModel } from '../pipeline/export-model.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import { modelKey } from '../project/model-key.ts'
import type { JobContext } from './jobs.ts'
import type { Picked, PickedPaths } from './picked.ts'
import type { Service } from './service.ts'

export function startModelExport(
  service: Service,
  { project, destination }: z.infer<typeof modelContract.export.input>
): string {
  const folder = service.known.folderOf(project)
  const exports = join(folder, 'exports')
  const into = (parent: string, replaces: boolean) => async (job: JobContext) => {
    const workspace = await openTrained(folder)
    try {
      const model = modelKey(workspace.base)
      const out = join(parent, `model-${model.slice(0, 8)}`)
      const { epoch, accuracy } = await exportModel(workspace, { out, replaces }, job)
      const files = await filesIn(out, service.picked)
      return { kind: 'exported-model' as const, model, folder: out, files, epoch, accuracy }
    } finally {
      workspace.dataset.close()
    }
  }
  /** A page without dialogs has no other place to choose. What lies there is the same model. */
  const intoOwn = (job: JobContext) =>
    withProjectLock(folder, async () => {
      await removeLeftovers(exports)
      return into(exports, true)(job)
    })
  return service.jobs.start({
    kind: 'export-model',
    project: { id: project, name: service.known.nameOf(project) },
    title: 'Exporting the model',
    work: destination === null ? intoOwn : into(service.picked.path(destination), false)
  })
}

const folderName = /^model-[0-9a-f]{8}/

/** Deletes what killed processes left of models in a folder; only for its sole writer. */
async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const leftovers = names.filter((name) => isPartial(name, folderName.exec(name)?.[0] ?? ''))
  // What cannot be deleted is no reason not to export.
  await Promise.allSettled(leftovers.map((name) => rm(join(folder, name), { recursive: true })))
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
