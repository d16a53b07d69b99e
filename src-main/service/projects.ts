/** Answers about projects and the data in them. */
import { existsSync } from 'node:fs'
import { readFile, readdir, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import type {
  Inspection,
  newProject,
  ProjectCard,
  ProjectOverview
} from '../../src-preload/contract/projects.ts'
import { guessColumns } from '../dataset/guess-columns.ts'
import { reportName } from '../dataset/manifest.ts'
import { cellText } from '../dataset/columns.ts'
import { openSource } from '../dataset/sources.ts'
import { ErratumError, toEnvelope } from '../errors.ts'
import { makeFolder, writeFileAtomically } from '../files/write.ts'
import { resource } from '../installation.ts'
import { models } from '../models/models.ts'
import { initProject } from '../pipeline/init.ts'
import { listFixes } from '../pipeline/saved-fixes.ts'
import type { TrainedWorkspace, Workspace } from '../pipeline/workspace.ts'
import { evaluate } from '../training/evaluate.ts'
import { namesIn } from './data-folder.ts'
import { trainWork } from './model.ts'
import type { Service } from './service.ts'
import { warmBench } from './warm-bench.ts'

/** Rows of a data file that are shown before it is imported, and characters of a cell. */
const sampleRows = 20
const sampleCharacters = 300

/** All known projects, with what can be said of each without opening it for work. */
export function listProjects(service: Service): Promise<ProjectCard[]> {
  return Promise.all(
    service.known.list().map(async ({ id, folder, openedAt }) => {
      const own = service.known.isOwn(id)
      const demo = isDemo(service, folder)
      const card = { id, name: basename(folder), folder, demo, own, openedAt }
      try {
        const workspace = await service.open.workspace(folder)
        const fixes = await listFixes(folder)
        const { name } = workspace.project.settings
        return { ...card, name, state: { ...numbersOf(workspace), fixes: fixes.length } }
      } catch (error) {
        return { ...card, state: { kind: 'unusable' as const, message: toEnvelope(error).message } }
      }
    })
  )
}

function numbersOf(workspace: Workspace | TrainedWorkspace) {
  const { dataset } = workspace
  const numbers = { kind: 'ready' as const, rows: dataset.rowCount, labels: dataset.labels.length }
  if (!('base' in workspace)) return { ...numbers, accuracy: null, mistakes: null }
  const { heldOut, probabilities } = workspace
  const { accuracy } = evaluate(probabilities, heldOut.classes, dataset.labels.length)
  const mistakes = Math.round((1 - accuracy) * heldOut.rows.length)
  return { ...numbers, accuracy, mistakes }
}

/** Opens a project and puts it on top of the list. */
export async function openProjectView(service: Service, id: string): Promise<ProjectOverview> {
  const folder = service.known.folderOf(id)
  const workspace = await service.open.workspace(folder)
  await service.known.note(folder)
  warmBench(service, id)
  const { dataset, project, modelName } = workspace
  const { manifest } = dataset
  const { name, data } = project.settings
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)
  const { counts } = manifest
  return {
    id,
    name,
    folder,
    demo: isDemo(service, folder),
    data: {
      file: basename(data.file),
      format: manifest.sources[0]!.format,
      columns: {
        text: data.text,
        textPair: data.textPair,
        label: data.label,
        split: data.split
      },
      seed: data.seed,
      heldOutShare: manifest.heldOutShare,
      rows: { train: sum(counts.train), test: sum(counts.test), unused: sum(counts.unused) },
      labels: dataset.labels.map((label, i) => ({
        label,
        train: counts.train[i]!,
        test: counts.test[i]!,
        unused: counts.unused[i]!
      })),
      warnings: await importWarnings(dataset.folder),
      fingerprint: dataset.fingerprint
    },
    modelTitle: models[modelName].title,
    trained: 'base' in workspace
  }
}

const kept = z.object({ warnings: z.array(z.string()) })

async function importWarnings(dataFolder: string): Promise<string[] | null> {
  const path = join(dataFolder, reportName)
  if (!existsSync(path)) return null
  const report = kept.safeParse(JSON.parse(await readFile(path, 'utf8')))
  return report.success ? report.data.warnings : null
}

/** Adds a folder that is a project already. */
export async function addProject(service: Service, folder: string): Promise<{ project: string }> {
  await service.open.workspace(folder)
  return { project: await service.known.note(folder) }
}

/** Looks into a data file and guesses what its columns hold. */
export async function inspectFile(service: Service, path: string): Promise<Inspection> {
  const source = await openSource(path)
  const sample: string[][] = []
  for await (const record of source.records()) {
    sample.push(source.columns.map((column) => readable(() => cellText(source, record, column))))
    if (sample.length === sampleRows) break
  }
  return {
    name: source.name,
    format: source.format,
    encoding: source.encoding ?? null,
    columns: source.columns,
    sample: sample.map((cells) => cells.map((cell) => cell.slice(0, sampleCharacters))),
    guess: guessColumns(source.columns, sample),
    projectName: await freeName(service, basename(source.name, extname(source.name)))
  }
}

/** A cell that holds a list cannot be a text; that is said when its column is chosen. */
function readable(read: () => string): string {
  try {
    return read()
  } catch {
    return '…'
  }
}

async function freeName(service: Service, wanted: string): Promise<string> {
  const { projects } = namesIn(service.dataFolder)
  const taken = new Set(await readdir(projects).catch(() => []))
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`
    if (!taken.has(basename(service.known.newFolder(name)))) return name
  }
}

/** Imports a data set as a new project. */
export function createProjectJob(service: Service, wanted: z.infer<typeof newProject>): string {
  const { picked, known, jobs } = service
  const { name, text, textPair, label, split, seed, heldOutShare, model } = wanted
  const folder = known.newFolder(name)
  if (existsSync(join(folder, 'project.json'))) {
    throw new ErratumError(
      'bad-argument',
      `There is a project named ${name} already. Choose another name.`
    )
  }
  const data = picked.path(wanted.file)
  const test = wanted.testFile === null ? undefined : picked.path(wanted.testFile)
  const chosen =
    model.kind === 'preset'
      ? { model: model.name }
      : { model: picked.path(model.folder), newHead: model.newHead }
  return jobs.start({
    kind: 'import',
    project: null,
    title: `Reading ${basename(data)}`,
    async work(job) {
      await initProject(
        {
          folder,
          data,
          test,
          text,
          textPair: textPair ?? undefined,
          label,
          split: split ?? undefined,
          heldOutShare,
          seed,
          ...chosen
        },
        job
      )
      return { kind: 'project', project: await known.note(folder) }
    }
  })
}

/** Rows of each class that the demo holds out, and its training: enough for a good filter, fast. */
const demo = {
  heldOutShare: 0.2,
  training: { epochs: 2, learningRate: 3e-3, maximumLength: 96 }
} as const

/** Makes the demo project and trains it, or finds it. */
export function openDemo(service: Service): { project: string } | { job: string } {
  const folder = join(namesIn(service.dataFolder).projects, 'Demo')
  const known = service.known.list().find((project) => project.folder === folder)
  if (known && existsSync(join(folder, 'model', 'base.json'))) return { project: known.id }
  const running = service.jobs.list().find((job) => job.kind === 'demo' && job.endedAt === null)
  if (running) return { job: running.id }
  const job = service.jobs.start({
    kind: 'demo',
    project: null,
    title: 'Preparing the demo: a spam filter',
    async work(context) {
      const data = namesIn(service.dataFolder).demoData
      if (!existsSync(join(folder, 'project.json'))) {
        await makeFolder(dirname(data))
        const packed = await readFile(resource('spam-assassin.csv.gz'))
        await writeFileAtomically(data, gunzipSync(packed))
        const columns = { text: 'text', label: 'label' }
        const { heldOutShare } = demo
        await initProject(
          { folder, data, ...columns, seed: 0, heldOutShare, model: 'text-cnn' },
          context
        )
      }
      await trainWork(service, folder, { changes: demo.training, seed: 0 })(context)
      return { kind: 'project', project: await service.known.note(folder) }
    }
  })
  return { job }
}

function isDemo(service: Service, folder: string): boolean {
  return folder === join(namesIn(service.dataFolder).projects, 'Demo')
}

/** Deletes a project that a window has made. */
export async function deleteProject(service: Service, id: string): Promise<void> {
  const folder = service.known.folderOf(id)
  if (!service.known.isOwn(id)) {
    throw new ErratumError(
      'bad-argument',
      `${folder} was not made here, so it is not deleted here. Take it off the list instead.`
    )
  }
  if (service.jobs.list().some((job) => job.project === id && job.endedAt === null)) {
    throw new ErratumError('locked', 'A job works in this project. Cancel it first.')
  }
  service.open.close(folder)
  await rm(folder, { recursive: true, force: true })
  await service.known.forget(id)
}
