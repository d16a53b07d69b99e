/** Answers about the mistakes of the base model. */
import { setImmediate } from 'node:timers/promises'
import type { z } from 'zod'
import type { MistakeTable, mistakesContract } from '../../src-preload/contract/model.ts'
import { throwIfCancelled } from '../errors.ts'
import { findMistakes } from '../pipeline/mistakes.ts'
import { requestsFor, runRounds, seedsOf } from '../pipeline/rounds.ts'
import { openTrained } from '../pipeline/workspace.ts'
import { withProjectLock } from '../project/lock.ts'
import type { Service } from './service.ts'
import { warmBench } from './warm-bench.ts'

type Inputs = {
  [Name in keyof typeof mistakesContract]: z.infer<(typeof mistakesContract)[Name]['input']>
}

/** Texts that are searched before other calls have their turn. */
const searchedAtOnce = 500

/** Characters of a text that a list shows. */
const beginning = 400

export async function mistakeTable(
  service: Service,
  { project }: Inputs['table']
): Promise<MistakeTable> {
  const folder = service.known.folderOf(project)
  const workspace = await service.open.trained(folder)
  const { mistakes, rounds } = await findMistakes(workspace)
  warmBench(service, project)
  return {
    labels: [...workspace.dataset.labels],
    examples: mistakes.map(({ example }) => example),
    probabilities: mistakes.map(({ probability }) => probability),
    trueClasses: mistakes.map(({ trueClass }) => trueClass),
    predictedClasses: mistakes.map(({ predictedClass }) => predictedClass),
    rounds,
    fixed: mistakes.map(({ fixed }) => fixed),
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
  { project, query }: Inputs['search'],
  signal: AbortSignal | undefined
): Promise<number[]> {
  const workspace = await service.open.trained(service.known.folderOf(project))
  const wanted = query.toLowerCase()
  const { mistakes } = await findMistakes(workspace)
  const found: number[] = []
  for (const [n, { example }] of mistakes.entries()) {
    if (n % searchedAtOnce === 0) {
      await setImmediate()
      throwIfCancelled(signal)
    }
    const text = workspace.dataset.text(example).join('\n')
    if (text.toLowerCase().includes(wanted)) found.push(example)
  }
  return found
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
