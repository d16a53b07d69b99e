/** `erratum model`: the base model for other programs. */
import { exportModel } from '../pipeline/export-model.ts'
import { openTrained } from '../pipeline/workspace.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

interface Options extends CommonOptions {
  dir: string
  out: string
  epoch?: number
}

export function model({ dir, out, epoch, ...common }: Options): Promise<void> {
  return run(
    common,
    async ({ terminal, job }) => {
      const workspace = await openTrained(dir)
      try {
        const written = await exportModel(workspace, { out, epoch }, job)
        terminal.say(`The model of epoch ${written.epoch}: ${written.folder}, for transformers`)
        terminal.say(`The same as ONNX: ${written.onnx}, for onnxruntime and transformers.js`)
        terminal.result(written)
      } finally {
        workspace.dataset.close()
      }
    },
    'No half-written file remains; the same command starts from the beginning.'
  )
}
