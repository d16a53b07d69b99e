/**
 * What a command says: one JSON document on stdout with --json and nothing else, otherwise text on
 * stdout and progress on stderr, as a bar where that is a terminal.
 */
import { Presets, SingleBar } from 'cli-progress'
import type { Progress } from '../jobs/progress.ts'
import { duration } from '../report/numbers.ts'
import { harmless, harmlessJson } from './harmless.ts'

export class Terminal {
  readonly json: boolean
  #bar: SingleBar | undefined

  constructor(json: boolean) {
    this.json = json
  }

  /** A line of text for people. */
  say(text = ''): void {
    this.#stopBar()
    if (!this.json) process.stdout.write(`${harmless(text)}\n`)
  }

  /** Something to be careful about; on stderr, so that it is seen with --json as well. */
  warn(text: string): void {
    this.#stopBar()
    process.stderr.write(`Careful: ${harmless(text)}\n`)
  }

  /** The result as the one JSON document. */
  result(value: unknown): void {
    this.#stopBar()
    if (this.json) process.stdout.write(`${harmlessJson(value)}\n`)
  }

  /** Why the command ends without its result. */
  fail(text: string): void {
    this.#stopBar()
    process.stderr.write(`${harmless(text)}\n`)
  }

  /** How far the work is; a bar on a terminal, nothing elsewhere. */
  progress({ done, total, secondsLeft, message }: Progress): void {
    if (!process.stderr.isTTY || total === null) return
    if (!this.#bar) {
      this.#bar = new SingleBar(
        {
          format: '{bar} {percentage} %  {message}{left}',
          hideCursor: true,
          stream: process.stderr
        },
        Presets.shades_classic
      )
      this.#bar.start(1000, 0, { message, left: '' })
    }
    const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`
    this.#bar.update(Math.round((1000 * done) / total), { message, left })
  }

  /** Ends the bar of a finished piece of work. */
  done(): void {
    this.#stopBar()
  }

  #stopBar(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}
