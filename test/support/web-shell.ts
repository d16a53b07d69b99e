import type { Shell } from '../../src-main/service/shell.ts'

/** A host without dialogs, as the web's is. */
export const webShell: Shell = {
  host: 'web',
  hasDialogs: false,
  pick: () => Promise.resolve(null),
  reveal: () => Promise.resolve()
}
