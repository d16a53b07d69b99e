import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { onnxOf } from '../../src-main/checkpoints/write-onnx.ts'
import { encoderNames, goldenEncoder } from '../support/encoders.ts'
import { expectClose } from '../support/golden.ts'

/** Rows of whole numbers as the model takes them. */
const wholes = (rows: readonly (readonly number[])[]) =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length])

describe.each(encoderNames)('%s as ONNX', (name) => {
  test('gives the logits of transformers, for any number of rows and tokens', async () => {
    const { given, model, parameters } = await goldenEncoder(name)
    const session = await InferenceSession.create(onnxOf(model, parameters))
    const { ids, types, lengths, logits } = given.batch
    const hasTypes = given.sizes.types > 1
    expect(session.inputNames).toEqual([
      'input_ids',
      'attention_mask',
      ...(hasTypes ? ['token_type_ids'] : [])
    ])
    const run = async (rows: number[], tokens: number) => {
      const cut = (of: number[][]) => rows.map((row) => of[row]!.slice(0, tokens))
      const mask = rows.map((row) => ids[row]!.map((_, i) => +(i < lengths[row]!)))
      const feeds = {
        input_ids: wholes(cut(ids)),
        attention_mask: wholes(mask.map((row) => row.slice(0, tokens))),
        ...(hasTypes && { token_type_ids: wholes(cut(types)) })
      }
      const results = await session.run(feeds)
      expect(results['logits']!.dims).toEqual([rows.length, given.labels.length])
      const expected = rows.flatMap((row) => logits[row]!)
      expectClose(results['logits']!.data as Float32Array, expected, { tolerance: 1e-5 })
    }
    await run([0, 1, 2, 3, 4], ids[0]!.length)
    const short = lengths.indexOf(Math.min(...lengths))
    await run([short], lengths[short]!)
    await session.release()
  })
})
