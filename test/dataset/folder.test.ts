import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { openDataset } from '../../src-main/dataset/open.ts'
import { csvOf, refusal, useWorkplace } from './support.ts'

const work = useWorkplace()

describe('the folder of an import', () => {
  it('may exist when it is empty, and keeps what is in it when not', async () => {
    const path = work.write('a.csv', csvOf(10))
    mkdirSync(work.at('out/set'))
    await work.take(path)
    expect(work.open().rowCount).toBe(10)
    expect(await refusal(work.take(path))).toMatch(
      /^cannot-write: .*out\/set could not be written: there are files/
    )
    expect(work.left()).toEqual(['set'])
  })

  it('is made with the folders above it, which go again on a failure', async () => {
    const into = work.at('out/deep/down/set')
    const bad = work.write('bad.csv', 'text,label\na,pos\nb,\n')
    expect(await refusal(work.take(bad, { into }))).toMatch(/row 1/)
    expect(work.left()).toEqual([])
    await work.take(work.write('a.csv', csvOf(10)), { into })
    expect(readdirSync(into).toSorted()).toEqual([
      'classes.bin',
      'dataset.json',
      'offsets.bin',
      'report.json',
      'source.csv',
      'splits.bin',
      'texts.jsonl'
    ])
  })

  it('does not appear when the import is cancelled midway', async () => {
    const stop = new AbortController()
    const path = work.write('a.csv', csvOf(100_000))
    let rows = 0
    const onProgress = (progress: { rows: number }) => {
      rows = progress.rows
      if (rows > 1000) stop.abort()
    }
    const message = await refusal(work.take(path, { signal: stop.signal, onProgress }))
    expect(message).toBe('cancelled: Cancelled.')
    expect(rows).toBeGreaterThan(1000)
    expect(rows).toBeLessThan(100_000)
    expect(work.left()).toEqual([])
  })

  it('cannot lie in a file, nor where nobody may write', async () => {
    const path = work.write('a.csv', csvOf(10))
    expect(await refusal(work.take(path, { into: `${path}/set` }))).toMatch(
      /^cannot-write: .*a\.csv.* could not be written: .* Choose another folder/
    )
    if (process.platform !== 'linux') return
    expect(await refusal(work.take(path, { into: '/proc/erratum/set' }))).toMatch(
      /^cannot-write: \/proc.* could not be written: .* (Choose|choose)/
    )
  })
})

describe('a small disk', () => {
  let mounted = ''
  afterEach(() => {
    if (mounted) execFileSync('umount', [mounted])
    mounted = ''
  })

  /** Mounts a disk in memory; throws where that is not allowed. */
  function mount(options: string): string {
    mkdirSync(work.at('disk'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', work.at('disk')], {
      stdio: 'pipe'
    })
    mounted = work.at('disk')
    return mounted
  }

  const cases = [
    ['is full when the file is copied', 'size=16k', 'disk is full. Free some space'],
    ['is full when the texts are written', 'size=1900k', 'disk is full. Free some space'],
    ['is read-only', 'size=16k,ro', 'disk is read-only. Choose a folder on another disk']
  ] as const
  it.for(cases)('%s', async ([, options, problem], context) => {
    const path = work.write('a.csv', csvOf(60_000))
    let disk: string
    try {
      disk = mount(options)
    } catch (error) {
      return context.skip(`no disk can be mounted here to be filled: ${String(error)}`)
    }
    const message = await refusal(work.take(path, { into: `${disk}/set` }))
    expect(message).toContain(`cannot-write: ${disk}`)
    expect(message).toContain(problem)
    expect(message).not.toContain('partial')
    expect(readdirSync(disk)).toEqual([])
  })
})

describe('openDataset', () => {
  const set = (name: string): string => work.at(`out/set/${name}`)
  const opening = (): Promise<string> =>
    refusal(Promise.resolve().then(() => openDataset(work.at('out/set'))))
  const prepare = async (): Promise<void> => void (await work.take(work.write('a.csv', csvOf(10))))
  const edit = (name: string, change: (text: string) => string): void =>
    writeFileSync(set(name), change(readFileSync(set(name), 'utf8')))

  it('reads texts in any order, and refuses a row that is not there', async () => {
    await prepare()
    const dataset = work.open()
    for (const row of [9, 0, 5, 9]) expect(dataset.text(row)).toEqual([`text ${row}`])
    for (const row of [-1, 10, 0.5]) {
      expect(() => dataset.text(row)).toThrow(`There is no row ${row}; the last row is 9.`)
    }
    dataset.close()
    dataset.close()
    expect(() => dataset.text(0)).toThrow(/has been closed/)
  })

  it('refuses a folder that holds none', async () => {
    expect(await opening()).toMatch(
      /^bad-project: .*out\/set holds no data set: .* import the data again/
    )
  })

  it('refuses a newer version', async () => {
    await prepare()
    edit('dataset.json', (text) => text.replace('"version": 1', '"version": 2'))
    expect(await opening()).toMatch(
      /^bad-project: .*dataset\.json has version 2, .* with a newer Erratum\.$/
    )
  })

  it.each(['classes.bin', 'splits.bin', 'offsets.bin', 'texts.jsonl'])(
    'refuses a cut or missing %s',
    async (name) => {
      await prepare()
      truncateSync(set(name), 7)
      const cut = await opening()
      expect(cut).toMatch(/^damaged-file: .* is damaged: it has 7 bytes where .* are due\. Restore/)
      expect(cut).toContain(set(name))
      rmSync(set(name))
      expect(await opening()).toMatch(/^damaged-file: .* is damaged: ENOENT/)
    }
  )

  it('refuses what was changed', async () => {
    await prepare()
    const classes = readFileSync(set('classes.bin'))
    classes[0]! ^= 1
    writeFileSync(set('classes.bin'), classes)
    expect(await opening()).toMatch(/^damaged-file: .* the fingerprint is not that of the rows/)
  })

  it.each([
    [(text: string) => text.slice(0, 100), /^damaged-file: .*dataset\.json is damaged: /],
    [(text: string) => text.replace('"labels"', '"lables"'), /is damaged: labels: /],
    [() => '[]', /^damaged-file: /],
    [() => 'null', /^damaged-file: /]
  ])('refuses a broken dataset.json (%#)', async (change, message) => {
    await prepare()
    edit('dataset.json', change)
    expect(await opening()).toMatch(message)
  })

  it('names the row of a text that cannot be read', async () => {
    await prepare()
    edit('texts.jsonl', (text) => text.replace('["text 3"]', '["text 3"}'))
    const dataset = work.open()
    expect(dataset.text(2)).toEqual(['text 2'])
    expect(() => dataset.text(3)).toThrow(/texts\.jsonl is damaged: row 3 cannot be read\. Restore/)
  })

  it('refuses offsets that are out of order', async () => {
    await prepare()
    const offsets = new Float64Array(new Uint8Array(readFileSync(set('offsets.bin'))).buffer)
    offsets[3] = offsets[5]!
    writeFileSync(set('offsets.bin'), offsets)
    expect(await opening()).toMatch(/offsets\.bin is damaged: the offsets are not in order/)
  })
})
