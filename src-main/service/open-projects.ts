/** Projects that windows look at: opened once, until something changes them. */
import { ErratumError } from '../errors.ts'
import type { TrainedWorkspace, Workspace } from '../pipeline/workspace.ts'
import { isTrained, openTrained, openWorkspace } from '../pipeline/workspace.ts'

type Opened = Promise<Workspace | TrainedWorkspace>

export class OpenProjects {
  readonly #opened = new Map<string, Opened>()

  /** The project of a folder. */
  workspace(folder: string): Opened {
    let opened = this.#opened.get(folder)
    if (!opened) {
      opened = isTrained(folder) ? openTrained(folder) : openWorkspace(folder)
      this.#opened.set(folder, opened)
      // One that fails is tried anew the next time.
      opened.catch(() => this.#opened.delete(folder))
    }
    return opened
  }

  /** The same, for what needs a trained model; throws `bad-project` where there is none. */
  async trained(folder: string): Promise<TrainedWorkspace> {
    const workspace = await this.workspace(folder)
    if ('base' in workspace) return workspace
    throw new ErratumError('bad-project', 'This project has no trained model yet. Train it first.')
  }

  /** Lets go of a project that has changed or will; it is opened anew when next asked for. */
  close(folder: string): void {
    const opened = this.#opened.get(folder)
    this.#opened.delete(folder)
    void opened?.then(({ dataset }) => dataset.close()).catch(() => undefined)
  }

  closeAll(): void {
    for (const folder of [...this.#opened.keys()]) this.close(folder)
  }
}
