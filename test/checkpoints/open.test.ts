import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectCheckpoint } from '../../src-main/checkpoints/inspect.ts'
import { openCheckpoint } from '../../src-main/checkpoints/open.ts'
import { encoder } from '../../src-main/models/encoder.ts'
import { parameterShapes } from '../../src-main/models/parameters.ts'
import { fromFloat16 } from '../../src-main/files/half-floats.ts'
import { bytesOf } from '../support/tensor-file.ts'
import {
  alterWeights,
  checkpointNames,
  configure,
  copyOf,
  goldenEncoder,
  goldenFolder,
  shard,
  weightsOf
} from './support.ts'

const head = ['pooler.weight', 'pooler.bias', 'classifier.weight', 'classifier.bias']

describe.each(checkpointNames)('the folder %s', (name) => {
  it('has the sizes, labels and tensors that it was made with', async () => {
    const { family, sizes, labels, parameters, headParameters } = goldenEncoder(name)
    const opened = await openCheckpoint(goldenFolder(name))
    expect(opened).toMatchObject({ family, sizes, words: parameters['embedding']!.shape[0] })
    expect(opened.labels).toEqual(headParameters ? undefined : labels)
    expect(opened.missing).toEqual(headParameters ? head : [])
    expect([...opened.shapes.keys(), ...opened.missing].sort()).toEqual(
      Object.keys(parameters).sort()
    )
    let numbers = 0
    for (const [tensor, values] of Object.entries(opened.tensors)) {
      const { shape, norm, sample } = parameters[tensor]!
      expect(opened.shapes.get(tensor), tensor).toEqual(shape)
      const squares = values.reduce((sum, value) => sum + value * value, 0)
      expect(Math.sqrt(squares), `norm of ${tensor}`).toBeCloseTo(norm, 6)
      for (const [at, value] of sample) expect(values[at], `${tensor}[${at}]`).toBeCloseTo(value, 8)
      numbers += values.length
    }
    expect(opened.parameters).toBe(numbers)
  })

  it('has the parameters of our encoder, one and all', async () => {
    const { family, sizes, words, shapes, missing } = await openCheckpoint(goldenFolder(name))
    const expected = parameterShapes(encoder(family, sizes, 3), words)
    const drawn = missing.map((each) => [each, expected.get(each)] as const)
    expect(new Map([...shapes, ...drawn])).toEqual(expected)
  })

  it('is inspected by its heads alone', async () => {
    const { tensors, fingerprint, ...rest } = await openCheckpoint(goldenFolder(name))
    expect(await inspectCheckpoint(goldenFolder(name))).toEqual(rest)
    expect(Object.keys(tensors)).toEqual([...rest.shapes.keys()])
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the same in shards', async () => {
    const folder = copyOf(name)
    await shard(folder)
    const [whole, sharded] = [
      await openCheckpoint(goldenFolder(name)),
      await openCheckpoint(folder)
    ]
    expect(sharded.tensors).toEqual(whole.tensors)
    expect(sharded.shapes).toEqual(whole.shapes)
  })

  it('is read in 16 bits', async () => {
    const [brain, half] = [copyOf(name), copyOf(name)]
    const inBrain = copyOf(name)
    await alterWeights(brain, (tensors) => {
      for (const [each, { shape, bytes }] of tensors) {
        const upper = Uint16Array.from(words(bytes), (bits) => bits >>> 16)
        tensors.set(each, { dtype: 'BF16', shape, bytes: bytesOf(upper) })
      }
    })
    await alterWeights(inBrain, (tensors) => {
      for (const tensor of tensors.values()) {
        const cut = Uint32Array.from(words(tensor.bytes), (bits) => bits & 0xffff0000)
        tensor.bytes = bytesOf(cut)
      }
    })
    expect((await openCheckpoint(brain)).tensors).toEqual((await openCheckpoint(inBrain)).tensors)

    const inHalf = copyOf(name)
    const halves = (count: number) =>
      Uint16Array.from({ length: count }, (_, i) => (i * 37) % 0x7c00)
    await alterWeights(half, (tensors) => {
      for (const [each, { shape, bytes }] of tensors) {
        const bits = halves(bytes.length / 4)
        tensors.set(each, { dtype: 'F16', shape, bytes: bytesOf(bits) })
      }
    })
    await alterWeights(inHalf, (tensors) => {
      for (const tensor of tensors.values()) {
        const values = new Float32Array(tensor.bytes.length / 4)
        fromFloat16(halves(values.length), values)
        tensor.bytes = bytesOf(values)
      }
    })
    expect((await openCheckpoint(half)).tensors).toEqual((await openCheckpoint(inHalf)).tensors)
  })
})

it('knows what early checkpoints call scale and shift', async () => {
  const folder = copyOf('bert')
  await alterWeights(folder, (tensors) => {
    for (const [name, tensor] of [...tensors]) {
      if (!name.includes('LayerNorm')) continue
      tensors.delete(name)
      tensors.set(name.replace(/weight$/, 'gamma').replace(/bias$/, 'beta'), tensor)
    }
  })
  expect([...(await weightsOf(folder)).keys()].join()).toContain('LayerNorm.gamma')
  const { tensors } = await openCheckpoint(goldenFolder('bert'))
  expect((await openCheckpoint(folder)).tensors).toEqual(tensors)
})

it('leaves out what the model does not use, of any dtype', async () => {
  const folder = copyOf('bert')
  await alterWeights(folder, (tensors) => {
    const positions = bytesOf(BigInt64Array.of(0n, 1n))
    tensors.set('bert.embeddings.position_ids', { dtype: 'I64', shape: [1, 2], bytes: positions })
  })
  const { tensors } = await openCheckpoint(goldenFolder('bert'))
  expect((await openCheckpoint(folder)).tensors).toEqual(tensors)
})

it('draws anew the classifier of another task, which may bear the same name', async () => {
  const folder = copyOf('bert')
  configure(folder, { architectures: ['BertForTokenClassification'] })
  const { labels, missing, shapes } = await inspectCheckpoint(folder)
  expect(labels).toBeUndefined()
  expect(missing).toEqual(['classifier.weight', 'classifier.bias'])
  expect(shapes.get('pooler.weight')).toEqual([16, 16])
})

it('names labels that nobody has named', async () => {
  const folder = copyOf('bert')
  configure(folder, { id2label: undefined, label2id: undefined })
  expect((await inspectCheckpoint(folder)).labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2'])
})

it('has a fingerprint of the contents, wherever they are', async () => {
  const of = async (folder: string) => (await openCheckpoint(folder)).fingerprint
  const original = await of(goldenFolder('bert'))
  expect(await of(copyOf('bert'))).toBe(original)
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'vocab.txt']) {
    const folder = copyOf('bert')
    appendFileSync(join(folder, file), '\n')
    expect(await of(folder), file).not.toBe(original)
  }
  const folder = copyOf('bert')
  await alterWeights(folder, (tensors) => {
    tensors.get('classifier.bias')!.bytes[0]! ^= 1
  })
  expect(await of(folder)).not.toBe(original)
  const readme = copyOf('bert')
  appendFileSync(join(readme, 'README.md'), 'About the model.')
  expect(await of(readme)).toBe(original)
})

it('can be cancelled', async () => {
  const opening = openCheckpoint(goldenFolder('bert'), { signal: AbortSignal.abort() })
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
})

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}
