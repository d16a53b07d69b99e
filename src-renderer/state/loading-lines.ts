/** A line of Python that loads an exported model. */
export interface LoadingLine {
  library: string
  line: string
}

/** A line a library. What JSON writes as a text is the same text to Python. */
export function loadingLines(folder: string): LoadingLine[] {
  const model = JSON.stringify(folder)
  const onnx = JSON.stringify(`${folder}/onnx/model.onnx`)
  return [
    {
      library: 'transformers',
      line: `from transformers import pipeline; classify = pipeline("text-classification", model=${model})`
    },
    {
      library: 'onnxruntime',
      line: `import onnxruntime; session = onnxruntime.InferenceSession(${onnx})`
    }
  ]
}
