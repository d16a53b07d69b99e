/** The built web host as a process of its own. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../src-main/installation.ts'

export interface Serving {
  /** The address that was printed, with its token. */
  url: string
  process: ChildProcess
}

/** Starts what `npm run build` has made, as `npm start` does, and reads the address that it prints. */
export async function serve(dataFolder: string, { port = 0 } = {}): Promise<Serving> {
  if (!existsSync(join(root, 'out', 'renderer', 'index.html'))) {
    throw new Error('The page is not built: npm run build.')
  }
  const program = spawn(
    process.execPath,
    [
      join(root, 'out', 'main', 'cli.js'),
      ...['serve', '--data-folder', dataFolder, '--port', String(port)]
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] }
  )
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const [address] = /http:\/\/\S+/.exec(said) ?? []
      if (address) resolve(address)
    }
    program.stdout.on('data', listen)
    program.stderr.on('data', listen)
    program.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)))
  })
  return { url, process: program }
}

/** Ends it as Ctrl-C does, and waits for that. */
export async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null) return
  const ended = new Promise((resolve) => program.once('exit', resolve))
  program.kill('SIGINT')
  await ended
}
