/** What only the host can do: dialogs, the file manager, the icon of the application. */

export interface Shell {
  readonly host: 'desktop' | 'web'
  /** Whether the host has dialogs of the system. */
  readonly hasDialogs: boolean
  /** The path that the user has chosen; null when cancelled. */
  pick(what: 'file' | 'folder'): Promise<string | null>
  /** Shows a file in the system's file manager. */
  reveal(path: string): Promise<void>
}
