import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCheckpoint, type OpenedCheckpoint } from '../../src-main/checkpoints/open.ts'
import { writeCheckpoint } from '../../src-main/checkpoints/write.ts'
import {
  checkpointNames,
  configure,
  copyOf,
  goldenEncoder,
  goldenFolder,
  temporaryFolder,
  weightsOf
} from './support.ts'

/** The golden checkpoint with a head, which that of an encoder gets from its golden values. */
async function whole(name: (typeof checkpointNames)[number]) {
  const opened = await openCheckpoint(goldenFolder(name))
  const { labels, headParameters = {} } = goldenEncoder(name)
  const head = Object.entries(headParameters).map(
    ([tensor, { data }]) => [tensor, Float32Array.from(data)] as const
  )
  return { ...opened, labels, tensors: { ...opened.tensors, ...Object.fromEntries(head) } }
}

const configurationOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>

describe.each(checkpointNames)('the folder %s', (name) => {
  it('is the same to the bit when it is written and opened again', async () => {
    const folder = join(temporaryFolder(), 'new', 'folder')
    const model = await whole(name)
    await writeCheckpoint(folder, model)
    const again = await openCheckpoint(folder)
    expect(again.tensors).toEqual(model.tensors)
    expect(again).toMatchObject({
      family: model.family,
      sizes: model.sizes,
      words: model.words,
      labels: model.labels,
      missing: []
    })
    for (const path of model.tokenizerFiles) {
      expect(readFileSync(join(folder, basename(path)))).toEqual(readFileSync(path))
    }
    expect(readdirSync(folder)).toHaveLength(model.tokenizerFiles.length + 2)
  })
})

it.each(['bert', 'roberta', 'distilbert', 'electra'] as const)(
  'has the tensors of transformers in it: %s',
  async (name) => {
    const folder = join(temporaryFolder(), 'folder')
    await writeCheckpoint(folder, await whole(name))
    const sorted = async (from: string) =>
      [...(await weightsOf(from))].sort(([a], [b]) => (a < b ? -1 : 1))
    expect(await sorted(folder)).toEqual(await sorted(goldenFolder(name)))
    const head = readFileSync(join(folder, 'model.safetensors'), 'latin1')
    expect(head).toContain('"format":"pt"')
  }
)

it('says in config.json what the model has become', async () => {
  const folder = join(temporaryFolder(), 'folder')
  const from = copyOf('minilm')
  configure(from, { num_labels: 2, torch_dtype: 'bfloat16', dtype: undefined, note: [1, 2] })
  const { configuration } = await openCheckpoint(from)
  await writeCheckpoint(folder, { ...(await whole('minilm')), configuration })
  const { num_labels, dtype, ...written } = configurationOf(folder)
  expect([num_labels, dtype]).toEqual([undefined, undefined])
  expect(written).toMatchObject({
    architectures: ['BertForSequenceClassification'],
    model_type: 'bert',
    id2label: { 0: 'negative', 1: 'neutral', 2: 'positive' },
    label2id: { negative: 0, neutral: 1, positive: 2 },
    problem_type: 'single_label_classification',
    torch_dtype: 'float32',
    hidden_size: 16,
    note: [1, 2]
  })
})

it.each(checkpointNames)(
  'writes what was made here, without a folder before it: %s',
  async (name) => {
    const folder = join(temporaryFolder(), 'folder')
    const model = await whole(name)
    const tokenizer = readFileSync(join(goldenFolder(name), 'tokenizer.json'), 'utf8')
    const texts = { 'tokenizer.json': tokenizer }
    const made = { ...model, configuration: {}, tokenizerFiles: [], tokenizerTexts: texts }
    await writeCheckpoint(folder, made)
    const again = await openCheckpoint(folder)
    expect(again).toMatchObject({ sizes: model.sizes, words: model.words, labels: model.labels })
    expect(again.tensors).toEqual(model.tensors)
    expect(readFileSync(join(folder, 'tokenizer.json'), 'utf8')).toBe(tokenizer)
  }
)

it('tells how much of the weights and of the ONNX file is written', async () => {
  const told: [number, string][] = []
  const onWritten = (share: number, what: string) => void told.push([share, what])
  const model = { ...(await whole('bert')), withOnnx: true }
  await writeCheckpoint(join(temporaryFolder(), 'folder'), model, { onWritten })
  const shares = told.map(([share]) => share)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect([shares[0], shares.at(-1)]).toEqual([0, 1])
  const weights = told.filter(([, what]) => what === 'Writing the weights')
  const tensors = (await weightsOf(goldenFolder('bert'))).size
  expect(weights.length).toBeGreaterThan(2 * tensors)
  // What a share is of: the checksum goes over the numbers once, the file over them again.
  expect(weights[1 + tensors]![0]).toBeCloseTo(0.25, 10)
  expect(told.filter(([, what]) => what === 'Writing the ONNX file')[0]![0]).toBe(0.5)
})

describe('nothing is left', () => {
  it('where there are files already', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'mine.txt'), '')
    await expect(writeCheckpoint(folder, await whole('bert'))).rejects.toThrow(
      /could not be written: there are files in it/
    )
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  })

  it('where a file of the tokenizer has gone', async () => {
    const parent = temporaryFolder()
    const model = { ...(await whole('bert')), tokenizerFiles: [join(parent, 'gone.json')] }
    await expect(writeCheckpoint(join(parent, 'folder'), model)).rejects.toThrow(/gone\.json/)
    expect(readdirSync(parent)).toEqual([])
  })

  it('where a tensor is missing', async () => {
    const parent = temporaryFolder()
    const opened: OpenedCheckpoint = await openCheckpoint(goldenFolder('minilm'))
    const model = { ...opened, labels: ['a', 'b'] }
    await expect(writeCheckpoint(join(parent, 'folder'), model)).rejects.toThrow(/pooler\.weight/)
    expect(readdirSync(parent)).toEqual([])
  })

  it('where it is cancelled', async () => {
    const parent = temporaryFolder()
    const writing = writeCheckpoint(join(parent, 'folder'), await whole('bert'), {
      signal: AbortSignal.abort()
    })
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(parent)).toEqual([])
  })

  it.each([0.3, 0.5, 1])('where it is cancelled once the share %d is written', async (when) => {
    const parent = temporaryFolder()
    const stop = new AbortController()
    const shares: number[] = []
    const writing = writeCheckpoint(
      join(parent, 'folder'),
      { ...(await whole('bert')), withOnnx: true },
      {
        signal: stop.signal,
        onWritten(share) {
          shares.push(share)
          if (share >= when) stop.abort()
        }
      }
    )
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' })
    // The next that was to be told is not.
    expect(shares.filter((share) => share >= when)).toHaveLength(1)
    expect(readdirSync(parent)).toEqual([])
  })
})

it('may write into an empty folder', async () => {
  const folder = join(temporaryFolder(), 'folder')
  mkdirSync(folder)
  await writeCheckpoint(folder, await whole('electra'))
  expect((await openCheckpoint(folder)).labels).toEqual(['negative', 'neutral', 'positive'])
})
