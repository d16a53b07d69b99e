/** The whole job through the router, as a window calls it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEditsFile } from '../../src-main/export/edits-file.ts'
import { router } from '../../src-main/ipc/router.ts'
import type { Service } from '../../src-main/service/service.ts'
import { createService } from '../../src-main/service/service.ts'
import { plantedCsv } from '../support/planted.ts'
import { webShell } from '../support/web-shell.ts'

const folder = mkdtempSync(join(tmpdir(), 'erratum-service-'))
const csv = join(folder, 'films.csv')
let service: Service
let core: ReturnType<typeof router.createCaller>
let project: string
let example: number

/** Waits for a job and gives what it led to. */
const result = ({ job }: { job: string }) => service.jobs.result(job)

/** The fixes that a job has made. */
async function fixesOf(started: { job: string }): Promise<string[]> {
  const made = await result(started)
  if (made.kind !== 'fixes') throw new Error(`It led to ${made.kind}.`)
  return made.fixes
}

describe('the service', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    writeFileSync(csv, plantedCsv())
    service = createService(join(folder, 'data'), webShell)
    core = router.createCaller({ service })

    const { token } = service.picked.issue(csv)
    const { guess } = await core.projects.inspect({ file: token })
    expect(guess).toEqual({ text: 'text', textPair: null, label: 'label', split: 'split' })
    const made = await result(
      await core.projects.create({
        ...{ file: token, testFile: null, name: 'Films', seed: 0, heldOutShare: 0.2 },
        ...{ text: 'text', textPair: null, label: 'label', split: 'split' },
        model: { kind: 'preset', name: 'text-cnn' }
      })
    )
    if (made.kind !== 'project') throw new Error('No project was made.')
    project = made.project
    const changes = { epochs: 4, learningRate: 0.01, maximumLength: 16 }
    const trained = await result(
      await core.model.train({ project, optimizer: 'adamw', changes, seed: 0 })
    )
    expect(trained).toMatchObject({ kind: 'trained', accuracy: expect.any(Number) })
    const table = await core.mistakes.table({ project })
    const texts = await core.mistakes.texts({ project, rows: table.examples })
    example = table.examples[texts.findIndex((text) => text.includes('zany'))]!
  }, 60_000)

  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })

  it('shows a mistake with what pushed it, whose words add up', async () => {
    const view = await core.bench.explain({ project, example, method: null, top: 20, read: 20 })
    expect(view.example).toMatchObject({ row: example, trueLabel: 'pos', predictedLabel: 'neg' })
    expect(view.opponents[0]!.text).toContain('zany')
    for (const { influence, words } of [...view.opponents, ...view.proponents]) {
      const sum = words.reduce((total, word) => total + word.influence, 0)
      expect(sum).toBeCloseTo(influence, 4)
    }
    expect(view.cumulative.at(-1)).toBeCloseTo(
      view.cumulative.length <= 20
        ? view.opponents.reduce((total, { influence }) => total + influence, 0)
        : view.cumulative.at(-1)!,
      4
    )
  })

  it('tells the texts of rows that came without', async () => {
    const asked = { project, example, method: null, top: 20 }
    const whole = await core.bench.explain({ ...asked, read: 20 })
    const bare = await core.bench.explain({ ...asked, read: 5 })
    expect(bare.opponents.slice(0, 5)).toEqual(whole.opponents.slice(0, 5))
    const unread = bare.opponents.slice(5)
    expect(unread.map(({ text }) => text)).toEqual(Array(15).fill(null))
    const texts = await core.bench.texts({
      project,
      rows: unread.map(({ row, words }) => ({ row, words: words.map(({ word }) => word) }))
    })
    expect(texts).toEqual(
      whole.opponents
        .slice(5)
        .map(({ text, words }) => ({ text, spans: words.map(({ spans }) => spans) }))
    )
  })

  it('refuses a row that is not held out, with its sentence', async () => {
    await expect(
      core.bench.explain({ project, example: 1_000_000, method: null, top: 5, read: 5 })
    ).rejects.toThrow(/Row 1000000 does not exist: the last row is 323/)
  })

  describe('fixes', () => {
    let mixed: string
    let padded: string

    beforeAll(async () => {
      const { opponents } = await core.bench.explain({
        project,
        example,
        method: null,
        top: 12,
        read: 0
      })
      const common = {
        project,
        example,
        rounds: 6,
        control: false,
        method: 'tracin-we-adam'
      } as const
      const choices = opponents.map(({ row, padWord }, n) => ({
        row,
        action: n % 2 === 1 && padWord !== null ? ('pad' as const) : ('remove' as const)
      }))
      ;[mixed] = (await fixesOf(await core.bench.fix({ ...common, choices }))) as [string]
      const all = opponents.filter(({ padWord }) => padWord !== null)
      const pads = all.map(({ row }) => ({ row, action: 'pad' as const }))
      ;[padded] = (await fixesOf(await core.bench.fix({ ...common, choices: pads }))) as [string]
    }, 60_000)

    it('lists them, the newest first, and says what each came to', async () => {
      const [newest, older] = await core.runs.list({ project })
      expect(newest).toMatchObject({ id: padded, action: 'pad', outdated: false, name: '' })
      expect(older).toMatchObject({ id: mixed, action: 'mix', example })
      const run = await core.runs.get({ project, fix: padded })
      expect(run.sentences.fix).toMatch(/^Fixed in \d of 6 rounds/)
      for (const { suggestion, text, spans } of run.edited) {
        const { edit } = suggestion
        if (edit.kind !== 'pad') throw new Error('It only pads.')
        expect(spans.length).toBeGreaterThan(0)
        for (const [start, end] of spans)
          expect(text.slice(start, end).toLowerCase()).toBe(edit.word)
      }
    })

    it('keeps a name and a note, and only for a fix that there is', async () => {
      const note = { name: 'My best', note: 'Ask Ann.' }
      await core.runs.annotate({ project, fix: mixed, ...note })
      const named = (await core.runs.list({ project })).find(({ id }) => id === mixed)
      expect(named).toMatchObject(note)
      await expect(core.runs.annotate({ project, fix: 'no-such', ...note })).rejects.toThrow(
        /There is no fix no-such/
      )
    })

    it('deletes a fix and brings it back', async () => {
      await core.runs.delete({ project, fix: padded })
      expect((await core.runs.list({ project })).map(({ id }) => id)).toEqual([mixed])
      await core.runs.restore({ project, fix: padded })
      expect(await core.runs.list({ project })).toHaveLength(2)
    })

    it('combines them, names the conflicts, and proves the combination', async () => {
      const fixes = [mixed, padded]
      const combined = await core.runs.combine({ project, fixes })
      expect(combined.conflicts.length).toBeGreaterThan(0)
      const [proof] = await fixesOf(
        await core.runs.prove({ project, fixes, rounds: 6, control: false })
      )
      const { report } = await core.runs.get({ project, fix: proof! })
      expect(report.edits.filter(({ kind }) => kind === 'remove')).toHaveLength(
        combined.rowsRemoved
      )
      expect(report.edits).toHaveLength(combined.rowsRemoved + combined.rowsPadded)
    })

    it('exports several as one data file, whose every edit says why', async () => {
      const exported = await result(
        await core.runs.export({ project, fixes: [mixed, padded], format: null, destination: null })
      )
      if (exported.kind !== 'exported') throw new Error('Nothing was exported.')
      expect(exported.files.map(({ name }) => name)).toEqual([
        'films.curated.csv',
        'edits.json',
        'report.html'
      ])
      const path = join(exported.folder, 'edits.json')
      const edits = parseEditsFile(path, readFileSync(path, 'utf8'))
      expect(edits.fixes).toHaveLength(2)
      for (const { reason } of edits.edits) {
        expect(reason).toMatch(
          new RegExp(`^Opponent \\d+ of example ${example} by tracin-we-adam[.;]`)
        )
      }
      const rows = plantedCsv().split('\n').length
      const curated = readFileSync(join(exported.folder, 'films.curated.csv'), 'utf8')
      expect(curated.split('\n')).toHaveLength(rows - exported.rowsRemoved)
    })

    it('makes a folder of its own where the user has picked one, and never writes over it', async () => {
      const picked = join(folder, 'Documents')
      mkdirSync(picked)
      for (const name of ['edits.json', 'report.html']) writeFileSync(join(picked, name), 'mine')
      const { token } = service.picked.issue(picked)
      const asked = { project, fixes: [mixed], format: null, destination: token }
      const exported = await result(await core.runs.export(asked))
      if (exported.kind !== 'exported') throw new Error('Nothing was exported.')
      expect(exported.folder).toBe(join(picked, mixed))
      expect(exported.files.map(({ token: file }) => service.picked.path(file))).toEqual(
        ['films.curated.csv', 'edits.json', 'report.html'].map((name) => join(picked, mixed, name))
      )
      expect(readdirSync(picked).toSorted()).toEqual(
        [mixed, 'edits.json', 'report.html'].toSorted()
      )
      const path = join(picked, mixed, 'edits.json')
      const written = readFileSync(path, 'utf8')
      const again = result(await core.runs.export({ ...asked, format: 'jsonl' }))
      await expect(again).rejects.toThrow(/there are files in it\. Choose another folder/)
      expect(readFileSync(path, 'utf8')).toBe(written)
      for (const name of ['edits.json', 'report.html']) {
        expect(readFileSync(join(picked, name), 'utf8')).toBe('mine')
      }
      expect(readdirSync(picked)).toHaveLength(3)
    })

    it('tries several sizes as one job', async () => {
      const common = { project, example, rounds: 3, control: true, method: 'tracin-last' } as const
      const tried = await fixesOf(
        await core.bench.curve({ ...common, action: 'remove', ks: [8, 2] })
      )
      const ks = await Promise.all(
        tried.map(async (fix) => (await core.runs.get({ project, fix })).report.k)
      )
      expect(ks).toEqual([2, 8])
    })

    it('names the method of each edit where two have ranked for one example', async () => {
      const runs = await core.runs.list({ project })
      const other = runs.find(({ method, k }) => method === 'tracin-last' && k === 8)!
      const fixes = [other.id, mixed]
      const { edited } = await core.runs.get({ project, fix: other.id })
      const rowsOfOther = edited.map(({ suggestion }) => suggestion.edit.row)
      const exported = await result(
        await core.runs.export({ project, fixes, format: null, destination: null })
      )
      if (exported.kind !== 'exported') throw new Error('Nothing was exported.')
      const path = join(exported.folder, 'edits.json')
      const { edits } = parseEditsFile(path, readFileSync(path, 'utf8'))
      expect(edits.length).toBeGreaterThan(rowsOfOther.length)
      for (const { row, reason } of edits) {
        // Of an edit that both suggest it is the first.
        const method = rowsOfOther.includes(row) ? 'tracin-last' : 'tracin-we-adam'
        expect(reason).toMatch(new RegExp(` of example ${example} by ${method}[.;]`))
      }
    })
  })

  it('exports fixes for an earlier model, but not together with those for the present one', async () => {
    const earlier = (await core.runs.list({ project })).map(({ id }) => id).slice(0, 2)
    const changes = { epochs: 4, learningRate: 0.01, maximumLength: 16 }
    await result(await core.model.train({ project, optimizer: 'adamw', changes, seed: 1 }))
    const { examples } = await core.mistakes.table({ project })
    const [present] = await fixesOf(
      await core.bench.curve({
        ...{ project, example: examples[0]!, rounds: 3, control: false, method: 'tracin-last' },
        ...{ action: 'remove', ks: [2] }
      })
    )
    const listed = await core.runs.list({ project })
    expect(listed.filter(({ outdated }) => !outdated).map(({ id }) => id)).toEqual([present])
    const common = { project, format: null, destination: null }
    const exported = await result(await core.runs.export({ ...common, fixes: earlier }))
    expect(exported.kind).toBe('exported')
    const mixed = result(await core.runs.export({ ...common, fixes: [earlier[0]!, present!] }))
    await expect(mixed).rejects.toThrow(
      `The fixes ${earlier[0]}, ${present} were made for 2 different base models`
    )
  })

  it('opens a project again that was taken off the list, and deletes it for good', async () => {
    const { folder: own } = await core.projects.open({ project })
    await core.projects.forget({ project })
    await expect(core.projects.open({ project })).rejects.toThrow()
    const { token } = service.picked.issue(own)
    expect(await core.projects.add({ folder: token })).toEqual({ project })
    await core.projects.delete({ project })
    expect(existsSync(own)).toBe(false)
    expect(await core.projects.list()).toEqual([])
  })
})
