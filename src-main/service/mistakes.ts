/** Answers about the mistakes of the base model. */
import type { z } from 'zod'
import type { MistakeTable, mistakesContract } from '../../src-preload/contract/model.ts'
import { listMistakes } from '../pipeline/mistakes.ts'
import { requestsFor, runRounds, seedsOf } from '../pipeline/rounds.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import type { Service } from './service.ts'

type Inputs = {
  [Name in keyof typeof mistakesContract]: z.infer<(typeof mistakesContract)[Name]['input']>
}

/** Characters of a text that a list shows. */
const beginning = 400

export async function mistakeTable(
  service: Service,
  { project }: Inputs['table']
): Promise<MistakeTable> {
  const workspace = await service.open.trained(service.known.folderOf(project))
  const { labels } = workspace.dataset
  const mistakes = await listMistakes(workspace)
  const classOf = (label: string) => labels.indexOf(label)
  return {
    labels: [...labels],
    examples: mistakes.map(({ example }) => example),
    probabilities: mistakes.map(({ probability }) => probability),
    trueClasses: mistakes.map(({ trueLabel }) => classOf(trueLabel)),
    predictedClasses: mistakes.map(({ predictedLabel }) => classOf(predictedLabel)),
    rounds: mistakes[0]?.baseline?.rounds ?? 0,
    fixed: mistakes.map(({ baseline }) => baseline?.fixed ?? 0),
    heldOut: workspace.heldOut.rows.length
  }
}

export async function mistakeTexts(
  service: Service,
  { project, rows }: Inputs['texts']
): Promise<string[]> {
  const { dataset } = await service.open.workspace(service.known.folderOf(project))
  return rows.map((row) => dataset.text(row).join('\n').slice(0, beginning))
}

export async function searchMistakes(
  service: Service,
  { project, query }: Inputs['search']
): Promise<number[]> {
  const workspace = await service.open.trained(service.known.folderOf(project))
  const wanted = query.toLowerCase()
  const mistakes = await listMistakes(workspace)
  return mistakes
    .filter(({ text }) => text.toLowerCase().includes(wanted))
    .map(({ example }) => example)
}

export function measureStability(
  service: Service,
  { project, rounds }: Inputs['measureStability']
): string {
  const folder = service.known.folderOf(project)
  return service.jobs.start({
    kind: 'stability',
    project: { id: project, name: service.known.nameOf(project) },
    title: `Retraining ${rounds} times without any edit: which mistakes are stable`,
    work: (job) =>
      withProjectLock(folder, async () => {
        const workspace = await openTrained(folder)
        try {
          await runRounds(workspace, requestsFor(seedsOf(rounds), []), job)
          return { kind: 'nothing' as const }
        } finally {
          workspace.dataset.close()
        }
      })
  })
}
