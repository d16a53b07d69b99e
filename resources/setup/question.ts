import { createInterface } from 'node:readline'

interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Asks on a terminal, and waits. Whatever is not a yes is a no, Ctrl-C and Ctrl-D as well. */
export function agrees(question: string, { input, output }: Terminal): Promise<boolean> {
  const terminal = createInterface({ input, output })
  return new Promise((resolve) => {
    const leave = () => {
      // Nobody has pressed Enter.
      output.write('\n')
      resolve(false)
    }
    terminal.once('close', leave)
    terminal.question(`${question} [y/N] `, (answer) => {
      terminal.off('close', leave).close()
      resolve(/^y(es)?$/i.test(answer.trim()))
    })
  })
}
