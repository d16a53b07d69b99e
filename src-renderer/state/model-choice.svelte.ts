/** The model of a new project: which one, what is known of it, and what it would take. */
import type { Inputs, Outputs } from '../host/host.ts'
import { core, failure } from '../host/host.ts'
import { Query } from './query.svelte.ts'

type Chosen = Inputs['projects']['create']['model']
export type NewData = Inputs['models']['expect']['data']

export interface Folder {
  token: string
  name: string
}

export class ModelChoice {
  kind = $state<'text-cnn' | 'encoder' | 'folder'>('text-cnn')
  /** The name of an encoder. */
  preset = $state('bert-tiny')
  folder = $state.raw<Folder | undefined>()
  newHead = $state(false)
  /** Why no folder could be picked. */
  error = $state.raw<{ code: string; message: string } | undefined>()
  readonly list: Query<Outputs['models']['list']>
  /** What the chosen folder holds. */
  readonly inspected: Query<Outputs['models']['inspect'] | undefined>
  /** What a training takes; of TextCNN nobody needs to know. */
  readonly expected: Query<Outputs['models']['expect'] | undefined>
  /** What the project is made with; undefined while a folder is looked at, or cannot be used. */
  readonly chosen: Chosen | undefined = $derived.by(() => {
    if (this.kind === 'text-cnn') return { kind: 'preset', name: 'text-cnn' }
    if (this.kind === 'encoder') return { kind: 'preset', name: this.preset }
    const { value, error, loading } = this.inspected
    if (!this.folder || !value || error || loading) return undefined
    if (value.misfit !== null && !this.newHead) return undefined
    return { kind: 'folder', folder: this.folder.token, newHead: this.newHead }
  })

  /** `data` is what the model is for, as far as that is said. */
  constructor(data: () => NewData | undefined) {
    this.list = new Query((signal) => core.models.list.query(undefined, { signal }))
    this.inspected = new Query((signal) => {
      const { folder, kind } = this
      const given = data() ?? null
      if (!folder || kind !== 'folder') return Promise.resolve(undefined)
      return core.models.inspect.query({ folder: folder.token, data: given }, { signal })
    })
    this.expected = new Query((signal) => {
      const { chosen: model, kind } = this
      const given = data()
      if (!model || !given || kind === 'text-cnn') return Promise.resolve(undefined)
      return core.models.expect.query({ model, data: given }, { signal })
    })
  }

  /** Takes a folder; what was said of the one before does not count for it. */
  take(folder: Folder | undefined): void {
    this.folder = folder
    this.newHead = false
    this.kind = 'folder'
  }

  /** Asks for a folder in the system's own dialog. */
  async pick(): Promise<void> {
    this.error = undefined
    try {
      const picked = await core.application.pickFolder.mutate()
      if (picked) this.take(picked)
    } catch (error) {
      this.error = failure(error)
    }
  }
}
