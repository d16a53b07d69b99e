import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Explanation } from '../../src-main/pipeline/explain.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedProject } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })
const fix = ['--action', 'remove', '--k', '3', '--rounds', '2', '--threads', '1']

let example: string
let explanation: Explanation

beforeAll(async () => {
  example = await plantedProject(cli)
  await cli.say('fix', 'project', '--example', example, ...fix)
  explanation = await cli.json('explain', 'project', '--example', example)
}, patient)

/** Changes a file in place. */
function change(name: string, edit: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(cli.at(name))
  writeFileSync(cli.at(name), edit(bytes) ?? bytes)
}

const halve = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1)
const flip = (bytes: Buffer): undefined => void (bytes[bytes.length - 9]! ^= 4)

describe('a damaged checkpoint', { timeout: patient }, () => {
  const name = 'checkpoint-4.safetensors'
  it.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    ['cut off', halve, /damaged: .*is cut off|checksum/],
    ['with a flipped bit', flip, /damaged: its checksum does not match/],
    [
      'with a header that lies about its length',
      (bytes) => void bytes.writeBigUInt64LE(1n << 50n),
      /damaged: it ends within its header/
    ],
    [
      'with a header that lies about a shape',
      (bytes) =>
        Buffer.from(bytes.toString('latin1').replace('"shape":[', '"shape":[2,'), 'latin1'),
      /damaged: /
    ],
    [
      'that another program wrote, with a value that is no number',
      (bytes) => {
        const start = 8 + Number(bytes.readBigUInt64LE())
        const text = bytes.toString('latin1').replace('"crc32"', '"notes"')
        return Buffer.concat([Buffer.from(text, 'latin1').subarray(0, start), nan(bytes, start)])
      },
      /damaged: .*not numbers/
    ]
  ])('is noticed and the remedy named: %s', async (_case, edit, message) => {
    cli.copy('project', 'damaged')
    if (edit === halve) rmSync(cli.at('damaged/gradients'), { recursive: true })
    change(`damaged/model/${name}`, edit)
    const stderr = await cli.refused(1, 'explain', 'damaged', '--example', example)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(
      new RegExp(`model/${name} is .*Train the project again \\(erratum train`)
    )
    rmSync(cli.at('damaged'), { recursive: true })
  })
})

function nan(bytes: Buffer, start: number): Buffer {
  const numbers = Buffer.from(bytes.subarray(start))
  numbers.writeFloatLE(NaN, 4000)
  return numbers
}

describe('damage elsewhere', { timeout: patient }, () => {
  it.each<[string, string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    [
      'base.json that is cut off',
      'model/base.json',
      (bytes) => bytes.subarray(0, 50),
      /base\.json is damaged: .*Train the project again/
    ],
    [
      'base.json without its epochs',
      'model/base.json',
      (bytes) => Buffer.from(bytes.toString().replace('"epochs": [', '"epoch": [')),
      /base\.json is damaged: .*epochs: .*Train the project again/
    ],
    [
      'base.json that names other checkpoints',
      'model/base.json',
      (bytes) => Buffer.from(bytes.toString().replace(/"checkpoints": \[/, '"checkpoints": [77,')),
      /base\.json is damaged: checkpoints/
    ],
    ['predictions', 'model/held-out.safetensors', flip, /held-out\.safetensors is damaged/],
    ['texts', 'model/texts.safetensors', flip, /texts\.safetensors is damaged/],
    [
      'the classes of the rows',
      'data/classes.bin',
      (bytes) => bytes.subarray(4),
      /classes\.bin is damaged/
    ],
    [
      'project.json',
      'project.json',
      (bytes) => bytes.subarray(0, 20),
      /project\.json is damaged.*another folder/
    ]
  ])('is noticed and the remedy named: %s', async (_case, name, edit, message) => {
    cli.copy('project', 'damaged')
    change(`damaged/${name}`, edit)
    expect(await cli.refused(1, 'mistakes', 'damaged')).toMatch(message)
    rmSync(cli.at('damaged'), { recursive: true })
  })

  it('is none of a project of a newer version, which is refused', async () => {
    cli.copy('project', 'newer')
    change('newer/project.json', (bytes) =>
      Buffer.from(bytes.toString().replace('"version": 1', '"version": 2'))
    )
    expect(await cli.refused(2, 'train', 'newer')).toMatch(/reads formats up to 1\. Update Erratum/)
  })

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['cut off', halve, /\.json is damaged: .*Run the same erratum fix again/],
    [
      'with an edit of no kind',
      (bytes) => Buffer.from(bytes.toString().replace('"kind": "remove"', '"kind": "remov"')),
      /\.json is damaged: (report|suggestions)\..*kind.*Run the same erratum fix again/
    ],
    [
      'without its seeds',
      (bytes) => Buffer.from(bytes.toString().replace('"seeds"', '"seedlings"')),
      /\.json is damaged: report\.seeds: /
    ]
  ])('of a fix is noticed before anything is exported: %s', async (_case, edit, message) => {
    cli.copy('project', 'damaged')
    const [name] = readdirSync(cli.at('damaged/fixes'))
    change(`damaged/fixes/${name}`, edit)
    const id = name!.replace('.json', '')
    expect(await cli.refused(1, 'export', 'damaged', '--fix', id, '--out', 'curated')).toMatch(
      message
    )
    expect(existsSync(cli.at('curated'))).toBe(false)
    rmSync(cli.at('damaged'), { recursive: true })
  })

  it('of the word gradients is mended by extracting them anew', async () => {
    cli.copy('project', 'gradients')
    const [epoch] = explanation.checkpoints.map((checkpoint) => checkpoint.epoch)
    const words = cli.at(`gradients/gradients/${epoch}/words.bin`)
    const { size } = statSync(words)
    truncateSync(words, size >> 1)
    expect(await cli.json('explain', 'gradients', '--example', example)).toEqual(explanation)
    expect(statSync(words).size).toBe(size)
    rmSync(words)
    expect(await cli.json('explain', 'gradients', '--example', example)).toEqual(explanation)
    // Those of an earlier Erratum, which counted other positions of a text.
    const last = `gradients/gradients/${epoch}/last.safetensors`
    const [here, earlier] = ['"positions":"10"', '"positions":"11"']
    change(last, (bytes) => Buffer.from(bytes.toString('latin1').replace(here, earlier), 'latin1'))
    expect(await cli.json('explain', 'gradients', '--example', example)).toEqual(explanation)
    expect(readFileSync(cli.at(last), 'latin1')).toContain(here)
  })

  it('of the journal is reported with its line, and repaired', async () => {
    cli.copy('project', 'journal')
    change('journal/rounds.jsonl', (bytes) =>
      Buffer.from(bytes.toString().replace('"accuracy":0.', '"accuracy":7.'))
    )
    const stderr = await cli.refused(1, 'fix', 'journal', '--example', example, ...fix)
    expect(stderr).toMatch(
      /journal\/rounds\.jsonl, line 1: the record is damaged.*Run erratum repair \S*journal: /
    )
    expect(await cli.say('repair', 'journal')).toMatch(/Moved 1 damaged line to rounds\.damaged/)
    await cli.say('fix', 'journal', '--example', example, ...fix)
    expect(readFileSync(cli.at('journal/rounds.jsonl'), 'utf8').match(/\n/g)).toHaveLength(4)
  })

  it('of the last line of the journal is what a kill leaves, and is passed over', async () => {
    cli.copy('project', 'torn')
    const before = readFileSync(cli.at('torn/rounds.jsonl'), 'utf8')
    appendFileSync(cli.at('torn/rounds.jsonl'), '{"checksum":"0123')
    await cli.say('mistakes', 'torn')
    await cli.say('fix', 'torn', '--example', example, ...fix.with(-3, '3'))
    const after = readFileSync(cli.at('torn/rounds.jsonl'), 'utf8')
    expect(after.startsWith(before)).toBe(true)
    expect(after.match(/\n/g)).toHaveLength(6)
  })
})
