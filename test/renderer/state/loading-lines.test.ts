import { expect, it } from 'vitest'
import { loadingLines } from '../../../src-renderer/state/loading-lines.ts'

const linesFor = (folder: string) => loadingLines(folder).map(({ line }) => line)

it('loads the folder with transformers, and its ONNX file with onnxruntime', () => {
  expect(linesFor('/home/ann/films/exports/model-1a2b3c4d')).toEqual([
    'from transformers import pipeline; ' +
      'classify = pipeline("text-classification", model="/home/ann/films/exports/model-1a2b3c4d")',
    'import onnxruntime; session = ' +
      'onnxruntime.InferenceSession("/home/ann/films/exports/model-1a2b3c4d/onnx/model.onnx")'
  ])
})

it('writes whatever a folder is called as Python reads it', () => {
  const [line] = linesFor('C:\\Users\\Ann "the\n'.concat('best"'))
  expect(line).toMatch(/model="C:\\\\Users\\\\Ann \\"the\\nbest\\""\)$/)
})
