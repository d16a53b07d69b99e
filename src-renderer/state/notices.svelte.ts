/**
 * Short messages at the edge of the window: failures, what a job notes, and what was just done with its
 * undo.
 */

export interface Notice {
  id: number
  kind: 'failure' | 'note' | 'done'
  message: string
  undo?: () => void
}

/** How long a notice of success stays; what failed or was noted stays until it is closed. */
const doneMs = 8000

class Notices {
  list = $state.raw<readonly Notice[]>([])
  #last = 0

  fail({ message }: { message: string }): void {
    this.#add({ kind: 'failure', message })
  }

  note(message: string): void {
    this.#add({ kind: 'note', message })
  }

  done(message: string, undo?: () => void): void {
    const id = this.#add({ kind: 'done', message, ...(undo && { undo }) })
    setTimeout(() => this.close(id), doneMs)
  }

  close(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id)
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = ++this.#last
    this.list = [...this.list.slice(-3), { ...notice, id }]
    return id
  }
}

export const notices = new Notices()
