import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ImportReport } from '../../src-main/dataset/import-report.ts'
import type { FixReport } from '../../src-main/retrain/fix-report.ts'
import { patient, useCommandLine } from '../support/command-line.ts'
import { plantedColumns, plantedCsv, plantedRows, quickTraining } from '../support/planted.ts'

const cli = useCommandLine({ from: 'built' })
const columns = ['--text', 'text', '--label', 'label']
const few = 'a,x\nb,y\nc,x\nd,y\n'

describe('init', { timeout: patient }, () => {
  it.each<[string, string | Uint8Array, string[], RegExp]>([
    [
      'a misnamed column',
      `text,label\n${few}`,
      ['--text', 'txet', '--label', 'label'],
      /data\.csv: there is no column "txet"\. The columns are text, label\. Did you mean "text"\?/
    ],
    [
      'a file that is no CSV',
      Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256),
      columns,
      /data\.csv.*\. [A-Z]/s
    ],
    [
      'a quote that is never closed',
      'text,label\na,x\n"b,y\nc,x\n',
      columns,
      /data\.csv.*(row 1|line 3).*quote/s
    ],
    ['a NUL byte', 'text,label\na,x\nb\u0000,y\n', columns, /data\.csv, line 3: a NUL byte/],
    ['an empty file', '', columns, /data\.csv.*(empty|no )/],
    [
      'one class only',
      'text,label\na,x\nb,x\n',
      columns,
      /every row has the label "x".*two labels/
    ],
    [
      'a missing label',
      'text,label\na,x\nb,\nc,y\n',
      columns,
      /data\.csv, row 1 \(line 3\): column "label" is empty\. Give the row a label, or delete/
    ]
  ])('refuses %s and leaves nothing behind', async (_case, content, args, message) => {
    cli.write('data.csv', content)
    const stderr = await cli.refused(2, 'init', 'refused', '--data', 'data.csv', ...args)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toMatch(/unforeseen/)
    expect(existsSync(cli.at('refused'))).toBe(false)
  })

  it('refuses a file that is not there, and one of an unknown kind', async () => {
    const init = ['init', 'refused', ...columns, '--data']
    expect(await cli.refused(2, ...init, 'none.csv')).toMatch(/none\.csv: the file does not exist/)
    cli.write('data.xlsx', 'PK')
    expect(await cli.refused(2, ...init, 'data.xlsx')).toMatch(/does not end in one of \.csv/)
    expect(existsSync(cli.at('refused'))).toBe(false)
  })

  it('refuses a folder with files in it, and leaves them alone', async () => {
    cli.write('data.csv', `text,label\n${few}`)
    mkdirSync(cli.at('full'))
    writeFileSync(cli.at('full/mine.txt'), 'mine')
    expect(await cli.refused(2, 'init', 'full', '--data', 'data.csv', ...columns)).toMatch(
      /full is not empty\. Name a new folder/
    )
    expect(readdirSync(cli.at('full'))).toEqual(['mine.txt'])
    // A folder of the user's own that is called data is none of Erratum's leftovers.
    mkdirSync(cli.at('own/data'), { recursive: true })
    writeFileSync(cli.at('own/data/mine.csv'), 'mine')
    expect(await cli.refused(2, 'init', 'own', '--data', 'data.csv', ...columns)).toMatch(
      /own is not empty/
    )
    expect(readFileSync(cli.at('own/data/mine.csv'), 'utf8')).toBe('mine')
    expect(await cli.refused(1, 'init', 'data.csv', '--data', 'data.csv', ...columns)).toMatch(
      /data\.csv could not be written: a part of the path is a file/
    )
  })

  it('reads a byte order mark and other encodings', async () => {
    const rows = 'text,label\ncafé au lait,x\nb,y\nc,x\nd,y\n'
    cli.write('bom.csv', `\ufeff${rows}`)
    cli.write('latin.csv', Buffer.from(rows, 'latin1'))
    const init = async (name: string) =>
      cli.run('init', `of-${name}`, '--data', `${name}.csv`, ...columns, '--json')
    const marked = await init('bom')
    expect({ ...marked, stdout: '' }).toMatchObject({ status: 0, stderr: '' })
    expect((JSON.parse(marked.stdout) as ImportReport).columns).toEqual(['text', 'label'])
    const latin = await init('latin')
    expect(latin.stdout).toMatch(/is not UTF-8; it was read as .*, which is a guess/)
  })

  it('refuses mixed encodings or says that it guesses', async () => {
    const utf8 = Buffer.from('text,label\ncafé ☕ 日本,x\nb,y\n')
    cli.write('mixed.csv', Buffer.concat([utf8, Buffer.from('na\u00efve,x\nd,y\n', 'latin1')]))
    const { status, stdout, stderr } = await cli.run(
      ...['init', 'mixed', '--data', 'mixed.csv', ...columns]
    )
    expect([0, 2]).toContain(status)
    expect(stdout + stderr).toMatch(/mixed\.csv.*(UTF-8|encoding)/)
  })

  it('warns of a class with one row', async () => {
    cli.write('single.csv', `text,label\n${few}${few}e,z\n`)
    const report = await cli.json<ImportReport>(
      ...['init', 'single', '--data', 'single.csv', ...columns]
    )
    expect(report.warnings.join('\n')).toMatch(/Label "z" has one row only/)
    await cli.say('train', 'single', '--epochs', '1')
  })
})

describe('unusual texts', { timeout: patient }, () => {
  it('of a megabyte go through the whole job', async () => {
    const rows = plantedRows().map(({ text, label, split }, id) => {
      const long = id === 0 ? `${text} ${'endless words '.repeat(75_000)}` : text
      return `${id},${long},${label},${split}\n`
    })
    cli.write('long.csv', `id,text,label,split\n${rows.join('')}`)
    await cli.say('init', 'long', '--data', 'long.csv', ...plantedColumns)
    await cli.say('train', 'long', ...quickTraining)
    const [{ example }] = (await cli.json('mistakes', 'long')) as [{ example: number }]
    await cli.say('explain', 'long', '--example', String(example), '--top', '300')
  })

  it('of nothing, a hundred thousand times, are a warning and no trouble', async () => {
    const rows = Array.from({ length: 100_000 }, (_, id) => `,${id % 2 ? 'x' : 'y'}\n`)
    cli.write('empty.csv', `text,label\n${rows.join('')}`)
    const init = ['init', 'empty', '--data', 'empty.csv', ...columns]
    expect(await cli.refused(2, ...init)).toMatch(/column "text" holds no text in any row/)
    cli.write('empty.csv', `text,label\n${rows.join('')}${few}`)
    const report = await cli.json<ImportReport>(...init)
    expect(report.warnings.join('\n')).toMatch(/100,000 rows have no text/)
    const small = ['--epochs', '1', '--max-length', '4', '--batch-size', '1024']
    await cli.say('train', 'empty', ...small)
  })
})

describe('a request that makes no sense', { timeout: patient }, () => {
  let example: string
  let right: string
  let trained: string

  beforeAll(async () => {
    cli.write('films.csv', plantedCsv())
    await cli.say('init', 'project', '--data', 'films.csv', ...plantedColumns)
    await cli.say('train', 'project', ...quickTraining)
    const mistakes = await cli.json<{ example: number }[]>('mistakes', 'project')
    const wrong = new Set(mistakes.map((mistake) => mistake.example))
    const rows = plantedRows()
    example = String(mistakes[0]!.example)
    right = String(rows.findIndex(({ split }, row) => split === 'test' && !wrong.has(row)))
    trained = String(rows.findIndex(({ split }) => split === 'train'))
  }, patient)

  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage: erratum/],
    ['an unknown command', ['fixx'], /unknown command 'fixx'\n\(Did you mean fix\?\)/],
    ['an unknown option', ['mistakes', 'project', '--bnad', '1'], /unknown option '--bnad'/],
    ['a missing option', ['fix', 'project', '--k', '3'], /'--example <id>' not specified/],
    ['no folder', ['train'], /missing required argument 'dir'/],
    ['a band without end', ['mistakes', 'project', '--band', '0.3:'], /It must be LOW:HIGH/],
    ['a band upside down', ['mistakes', 'project', '--band', '0.7:0.3'], /It must be LOW:HIGH/],
    ['an unknown label', ['mistakes', 'project', '--label', 'nag'], /labels are neg, pos/],
    ['no epochs', ['train', 'project', '--epochs', '0'], /whole number of at least 1/],
    ['an unknown fix', ['export', 'project', '--fix', 'none', '--out', 'out'], /no fix none/],
    ['a folder that is no project', ['train', 'films.csv'], /not an Erratum project.*erratum init/]
  ])('is refused: %s', async (_case, args, message) => {
    const { status, stderr, stdout } = await cli.run(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('is refused: a fix by a method or of an action that there is not', async () => {
    const fix = ['fix', 'project', '--example', example, '--k', '3']
    expect(await cli.refused(2, ...fix, '--action', 'zap')).toMatch(/one of remove, pad/)
    const remove = [...fix, '--action', 'remove']
    expect(await cli.refused(2, ...remove, '--method', 'tarot')).toMatch(/one of tracin-we-adam, /)
    expect(await cli.refused(2, ...remove, '--checkpoints', '1,9')).toMatch(
      /no checkpoint of epoch 9\. There are 1, 2, 3, 4/
    )
  })

  it('is refused: a fix of what is not wrong, not held out, or not there', async () => {
    const fix = ['fix', 'project', '--action', 'remove', '--k', '3', '--example']
    expect(await cli.refused(2, ...fix, right)).toMatch(/is not wrong: it is predicted as/)
    expect(await cli.refused(2, ...fix, trained)).toMatch(/is not held out/)
    expect(await cli.refused(2, ...fix, '324')).toMatch(/does not exist: the last row is 323/)
    expect(existsSync(cli.at('project/rounds.jsonl'))).toBe(false)
  })

  it('is met as far as it can: more opponents than there are', async () => {
    const { status, stdout, stderr } = await cli.run(
      ...['fix', 'project', '--example', example, '--action', 'remove'],
      ...['--k', '100000', '--rounds', '1', '--json']
    )
    expect(status).toBe(0)
    const { k, edits } = JSON.parse(stdout) as FixReport
    expect(k).toBeLessThan(243)
    expect(edits).toHaveLength(k)
    expect(stderr).toContain(`only ${k} training rows are opponents`)
  })

  it('is refused: an export to where no folder can be, after naming the fixes', async () => {
    const unknown = await cli.refused(2, 'export', 'project', '--fix', 'none', '--out', 'out')
    const [id] = /There are: (\S+)\./.exec(unknown)!.slice(1)
    const to = (out: string) => ['export', 'project', '--fix', id!, '--out', out]
    expect(await cli.refused(1, ...to('films.csv/out'))).toMatch(
      /films\.csv\/out could not be written: a part of the path is a file/
    )
    expect(await cli.refused(1, ...to('/proc/erratum/out'))).toMatch(/could not be written/)
    expect(await cli.refused(2, ...to('out'), '--format', 'xlsx')).toMatch(/one of csv, tsv, jsonl/)
    expect(existsSync(cli.at('out'))).toBe(false)
  })

  it('is refused: a demo over a folder of the user', async () => {
    expect(await cli.refused(2, 'demo', '--out', 'project')).toMatch(/not made by erratum demo/)
    expect(existsSync(cli.at('project/project.json'))).toBe(true)
  })

  it('is refused: edits that are none, or of other data', async () => {
    cli.write('edits.json', '{"format": "something"}')
    const apply = (edits: string) => ['apply', edits, 'films.csv', '--out', 'applied.csv']
    expect(await cli.refused(2, ...apply('edits.json'))).toMatch(/is not a file of edits/)
    expect(await cli.refused(2, ...apply('none.json'))).toMatch(/none\.json: the edits cannot/)
    expect(existsSync(cli.at('applied.csv'))).toBe(false)
  })
})
