import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedRows, quickTraining } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })

const escapeSequence = '\u001b]0;owned\u0007\u001b[2J\u001b[31m'
const bidirectional = '\u202egnorw\u2066\u061c'
const attack = `<script>alert(1)</script><img src=x onerror=alert(2)> ${escapeSequence} ${bidirectional}\u0085\u2028`
const labels = [`neg${escapeSequence}`, `<b onclick="alert(3)">pos</b>${bidirectional}`]
const [textColumn, labelColumn] = [`text\u001b[1m`, `label${bidirectional}`]

/** Characters that a terminal obeys, line ends aside. */
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

function harmless(name: string, text: string): void {
  expect(raw.exec(text)?.[0].codePointAt(0)?.toString(16), `${name}: ${text}`).toBeUndefined()
}

it(
  'never reaches the terminal raw, and is only text in the report',
  async () => {
    const rows = plantedRows({ labels }).map(({ text, label, split }) => ({
      [textColumn]: `${text} ${attack}`,
      [labelColumn]: label,
      split
    }))
    cli.write('hostile.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const init = ['--data', 'hostile.jsonl', '--text', textColumn, '--label', labelColumn]
    const project = `pro\u001b[7mject`
    const commands: string[][] = [['init', project, ...init, '--split', 'split']]
    commands.push(['train', project, ...quickTraining.with(-1, '40')], ['mistakes', project])
    const said = new Map<string, string>()
    const play = async (...args: string[]) => {
      const { status, stdout, stderr } = await cli.run(...args)
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
      harmless(`${args[0]} stdout`, stdout)
      harmless(`${args[0]} stderr`, stderr)
      said.set(args[0]!, stdout)
    }
    for (const command of commands) await play(...command)
    const json = await cli.say('mistakes', project, '--json')
    harmless('mistakes --json', json)
    const mistakes = JSON.parse(json) as { example: number; text: string; trueLabel: string }[]
    // Escaped for the terminal, and yet the very same texts.
    const first = mistakes[0]!
    expect(rows[first.example]![textColumn]).toBe(first.text)
    expect(rows[first.example]![labelColumn]).toBe(first.trueLabel)
    const about = ['--example', String(first.example)]
    await play('explain', project, ...about)
    const fix = ['--action', 'remove', '--k', '3', '--rounds', '1']
    await play('fix', project, ...about, ...fix)
    await play('curve', project, ...about, ...fix.with(3, '1,3'))
    const id = /--fix (\S+)/.exec(said.get('fix')!)![1]!
    await play('export', project, '--fix', id, '--out', 'out')

    const report = readFileSync(cli.at('out/report.html'), 'utf8')
    expect(report).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(report).not.toMatch(/<script|<img|<b onclick|\u001b|\u0007|\u0085/)
    expect(report.match(/\u202e/g)?.length).toBeLessThanOrEqual(report.match(/<bdi/g)!.length * 2)
    await cli.say('apply', 'out/edits.json', 'hostile.jsonl', '--out', 'again.jsonl')
    expect(readFileSync(cli.at('again.jsonl'))).toEqual(
      readFileSync(cli.at('out/hostile.curated.jsonl'))
    )
  },
  patient
)

describe('an error', { timeout: patient }, () => {
  it.each([
    ['a label', ['--text', 'text', '--label', 'label', '--labels', 'a,b']],
    ['a column', ['--text', `te${escapeSequence}xt`, '--label', 'label']],
    ['an option', [`--te${escapeSequence}xt`]]
  ])('about %s is harmless as well', async (_case, args) => {
    cli.write('rows.csv', `text,label,${escapeSequence}\nx,${escapeSequence},1\ny,b,2\n`)
    const stderr = await cli.refused(2, 'init', 'refused', '--data', 'rows.csv', ...args)
    harmless('stderr', stderr)
  })
})
