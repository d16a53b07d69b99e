/** The application's own folder: settings, the list of known projects, projects made in a window. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the application keeps its files unless it is told otherwise, as each system has it. */
export function usualDataFolder(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env
): string {
  const home = homedir()
  switch (platform) {
    case 'win32':
      return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Erratum')
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Erratum')
    default:
      return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'erratum')
  }
}

/** What lies in the folder. */
export function namesIn(folder: string) {
  return {
    settings: join(folder, 'settings.json'),
    known: join(folder, 'projects.json'),
    projects: join(folder, 'projects'),
    /** Folders of Hugging Face models, offered for new projects. */
    models: join(folder, 'models'),
    /** Which devices this machine has. */
    devices: join(folder, 'devices.json'),
    /** How long steps of models took on this machine. */
    speeds: join(folder, 'speeds.json'),
    /** On which port a browser finds the windows. */
    port: join(folder, 'port.json'),
    uploads: join(folder, 'uploads'),
    demoData: join(folder, 'demo', 'spam-assassin.csv')
  }
}
