/** Data folders with projects whose models the real core has trained. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { initProject } from '../../../src-main/pipeline/init.ts'
import { trainBase } from '../../../src-main/pipeline/train.ts'
import { namesIn } from '../../../src-main/service/data-folder.ts'
import { KnownProjects } from '../../../src-main/service/known-projects.ts'
import type { TrainingSettings } from '../../../src-main/training/settings.ts'
import { plantedCsv } from '../../support/planted.ts'
import { opinions, remarks } from './texts.ts'

interface Wanted {
  name: string
  csv: () => string
  training: Partial<TrainingSettings>
}

const projects: readonly Wanted[] = [
  // 10,000 training rows as long as reviews and e-mails are.
  { name: 'Reviews', csv: () => opinions(10_000, 2000, 1), training: { epochs: 2 } },
  // The same again, to be trained while another is looked at.
  { name: 'Essays', csv: () => opinions(10_000, 500, 2), training: { epochs: 1 } },
  // 210,000 held-out rows of which half are mistakes, since their labels are drawn at random.
  { name: 'Remarks', csv: () => remarks(2000, 210_000), training: { epochs: 1 } },
  // A model that is trained in a tenth of a second.
  {
    name: 'Films',
    csv: () => plantedCsv(),
    training: { epochs: 4, learningRate: 0.01, maximumLength: 16 }
  }
]

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'erratum-bench-'))
}

export function emptyFolder(): Promise<string> {
  return Promise.resolve(newFolder())
}

/** A data folder with all of the projects. */
export async function fullFolder(): Promise<string> {
  const folder = newFolder()
  const names = namesIn(folder)
  const known = new KnownProjects(names)
  mkdirSync(names.projects)
  for (const { name, csv, training } of projects) {
    process.stderr.write(`  making the project ${name}\n`)
    const project = join(names.projects, name)
    const data = join(folder, `${name}.csv`)
    writeFileSync(data, csv())
    const columns = { text: 'text', label: 'label', split: 'split' }
    await initProject({ folder: project, data, ...columns, seed: 0, model: 'text-cnn' }, one)
    const options = { folder: project, changes: training, seed: 0 }
    await trainBase(options, one)
    await known.note(project)
  }
  return folder
}

const one = { threads: 1 }

/** The names of the projects that a data folder knows. */
export function projectsOf(folder: string): string[] {
  const { known } = namesIn(folder)
  if (!existsSync(known)) return []
  const list = JSON.parse(readFileSync(known, 'utf8')) as { folder: string }[]
  return list.map((project) => basename(project.folder))
}
