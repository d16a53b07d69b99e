/**
 * Compares training presets on a project's data: accuracy over seeds, and how much the predictions
 * of two seeds differ, which a fix has to stand out from.
 * `node --import tsx test/results/presets.ts PROJECT "filters=20 learningRate=0.002" "filters=50 …"`.
 */
import { openTrained } from '../../src-main/pipeline/workspace.ts'
import { onnxruntimeExecutor } from '../../src-main/executors/onnxruntime.ts'
import { models } from '../../src-main/models/models.ts'
import { trainingPresets } from '../../src-main/training/presets.ts'
import { trainingSchema } from '../../src-main/training/settings.ts'
import type { Evaluation } from '../../src-main/training/evaluate.ts'
import { evaluate } from '../../src-main/training/evaluate.ts'
import { Predictor } from '../../src-main/training/predict.ts'
import { mean } from '../../src-main/statistics.ts'
import { Trainer } from '../../src-main/training/trainer.ts'

const seeds = [1, 2, 3, 4]
const [folder, ...presets] = process.argv.slice(2) as [string, ...string[]]
const { project, modelName, dataset, tokenizer, training, heldOut } = await openTrained(folder)
const { sizes } = project.settings.model
const executor = onnxruntimeExecutor({ threads: 1 })
const classes = dataset.labels.length

for (const preset of presets) {
  const changes = Object.fromEntries(
    preset
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('='))
      .map(([name, value]) => [name, Number(value)] as const)
  )
  const { filters = sizes['filters'] ?? 0, ...rest } = changes
  const settings = trainingSchema.parse({ ...trainingPresets(modelName, false).adamw, ...rest })
  const model = models[modelName].create({ ...sizes, filters }, classes)
  const trainer = new Trainer(model, { words: tokenizer.size, settings, executor })
  const predictor = new Predictor(model, executor)
  const start = performance.now()
  const results: Evaluation[] = []
  for (const seed of seeds) {
    const parameters = await trainer.train(training, seed)
    const probabilities = await predictor.predict(heldOut.texts, parameters)
    results.push(evaluate(probabilities, heldOut.classes, classes))
  }
  const seconds = (performance.now() - start) / 1000 / seeds.length
  const accuracies = results.map(({ accuracy }) => accuracy)
  const pairs = results.flatMap((a, i) => results.slice(i + 1).map((b) => [a, b] as const))
  const churn = mean(
    pairs.map(([a, b]) =>
      mean(Array.from(a.predicted, (label, i) => (label === b.predicted[i] ? 0 : 1)))
    )
  )
  process.stdout.write(
    `${preset.padEnd(50)} accuracy ${mean(accuracies).toFixed(4)} ` +
      `(${Math.min(...accuracies).toFixed(3)} to ${Math.max(...accuracies).toFixed(3)}), ` +
      `differ ${churn.toFixed(3)}, ${seconds.toFixed(1)} s a training\n`
  )
  await trainer.dispose()
  await predictor.dispose()
}
