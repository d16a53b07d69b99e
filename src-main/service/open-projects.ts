/**
 * Projects that windows look at: opened once, with the checkpoints that the bench asks, until
 * something changes them.
 */
import { ErratumError } from '../errors.ts'
import { OpenCheckpoints } from '../pipeline/explain.ts'
import type { TrainedWorkspace, Workspace } from '../pipeline/workspace.ts'
import { isTrained, openTrained, openWorkspace } from '../pipeline/workspace.ts'

class OpenProject {
  readonly workspace: Promise<Workspace | TrainedWorkspace>
  #checkpoints: Promise<OpenCheckpoints> | undefined
  /** Work under way, which must end before the files are closed. */
  readonly #users = new Set<Promise<unknown>>()

  constructor(folder: string) {
    this.workspace = isTrained(folder) ? openTrained(folder) : openWorkspace(folder)
  }

  checkpoints(workspace: TrainedWorkspace): Promise<OpenCheckpoints> {
    // The gradients are there: the caller has seen to it.
    const opened = (this.#checkpoints ??= OpenCheckpoints.open(workspace, {}, { threads: 1 }))
    opened.catch(() => (this.#checkpoints = undefined))
    return opened
  }

  get hasCheckpoints(): boolean {
    return this.#checkpoints !== undefined
  }

  use<T>(work: Promise<T>): Promise<T> {
    const ended = work.catch(() => undefined).finally(() => this.#users.delete(ended))
    this.#users.add(ended)
    return work
  }

  async close(): Promise<void> {
    await Promise.all(this.#users)
    const [workspace, checkpoints] = await Promise.allSettled([this.workspace, this.#checkpoints])
    if (workspace.status === 'fulfilled') workspace.value.dataset.close()
    if (checkpoints.status === 'fulfilled') await checkpoints.value?.close()
  }
}

export class OpenProjects {
  readonly #opened = new Map<string, OpenProject>()

  /** The project of a folder. */
  workspace(folder: string): Promise<Workspace | TrainedWorkspace> {
    return this.#open(folder).workspace
  }

  /** The same, for what needs a trained model; throws `bad-project` where there is none. */
  async trained(folder: string): Promise<TrainedWorkspace> {
    return asTrained(await this.workspace(folder))
  }

  /** Asks the checkpoints of a project whose gradients are there; it stays open until the answer. */
  explaining<T>(
    folder: string,
    work: (workspace: TrainedWorkspace, checkpoints: OpenCheckpoints) => Promise<T>
  ): Promise<T> {
    const project = this.#open(folder)
    const answer = async () => {
      const workspace = asTrained(await project.workspace)
      return work(workspace, await project.checkpoints(workspace))
    }
    return project.use(answer())
  }

  has(folder: string): boolean {
    return this.#opened.has(folder)
  }

  /** Whether the checkpoints of a project are open, and so all its gradients are there. */
  hasCheckpoints(folder: string): boolean {
    return this.#opened.get(folder)?.hasCheckpoints ?? false
  }

  /** Lets go of a project that has changed or will; it is opened anew when next asked for. */
  close(folder: string): void {
    const project = this.#opened.get(folder)
    this.#opened.delete(folder)
    void project?.close()
  }

  closeAll(): void {
    for (const folder of [...this.#opened.keys()]) this.close(folder)
  }

  #open(folder: string): OpenProject {
    let project = this.#opened.get(folder)
    if (!project) {
      project = new OpenProject(folder)
      this.#opened.set(folder, project)
      // One that fails is tried anew the next time.
      project.workspace.catch(() => this.#opened.delete(folder))
    }
    return project
  }
}

function asTrained(workspace: Workspace | TrainedWorkspace): TrainedWorkspace {
  if ('base' in workspace) return workspace
  throw new ErratumError('bad-project', 'This project has no trained model yet. Train it first.')
}
