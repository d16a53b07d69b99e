/**
 * The command line: which commands there are and what they take. `commands/` has what they do, and is
 * loaded once it is known that it is asked for, so that help and refusals come at once.
 */
import { Command, InvalidArgumentError } from 'commander'
import { deviceChoices } from './executors/devices.ts'
import { formats } from './dataset/source.ts'
import { methodNames } from './influence/method-names.ts'
import { presetModels } from './models/models.ts'
import { harmless } from './commands/harmless.ts'
import { version } from './version.ts'

const whole = (least: number) => (text: string) => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
  return value
}

const positive = (text: string) => {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('It must be a number above 0.')
  }
  return value
}

const share = (text: string) => {
  const value = Number(text)
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must lie between 0 and 1.')
  return value
}

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((choice) => choice === text)
    if (!found) throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}.`)
    return found
  }

const list = (text: string) => text.split(',').map((part) => part.trim())
const wholes = (text: string) => list(text).map(whole(0))

const band = (text: string): [number, number] => {
  const [low, high, ...more] = text.split(':').map((part) => (part.trim() ? Number(part) : NaN))
  if (more.length > 0 || !(low! >= 0 && low! <= high! && high! <= 1)) {
    throw new InvalidArgumentError('It must be LOW:HIGH with numbers from 0 to 1, such as 0.3:0.7.')
  }
  return [low!, high!]
}

/** Seeds are 32 bits. */
const seed = (text: string) => {
  const value = whole(0)(text)
  if (value <= 0xffff_ffff) return value
  throw new InvalidArgumentError('It must be at most 4294967295.')
}

const program = new Command('erratum')
  .description('Fix one wrong prediction of a text classifier, and prove the fix by retraining.')
  .version(version)
  .showHelpAfterError('(erratum COMMAND --help tells what a command takes)')
  .configureOutput({
    // What was typed may hold anything, too.
    outputError: (text, write) =>
      text
        .trimEnd()
        .replace(/^error:/, 'erratum:')
        .split('\n')
        .forEach((line) => write(`${harmless(line)}\n`))
  })
  // Commands take this over, so it comes before them.
  .exitOverride((error) => {
    // Help and version end well; wrong arguments are bad input.
    process.exit(error.exitCode === 0 ? 0 : 2)
  })

const command = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .option('--json', 'one JSON document on stdout and nothing else')

const withThreads = (each: Command) =>
  each.option('--threads <n>', 'rounds at the same time (default: one a core)', whole(1))

const withDevice = (each: Command) =>
  each.option(
    '--device <name>',
    `what computes: ${deviceChoices.join(', ')} (default: as set in the windows, at first auto, the ` +
      'fastest; erratum devices lists what is here)',
    oneOf(deviceChoices)
  )

const withInfluence = (each: Command) =>
  each
    .requiredOption('--example <id>', 'the held-out row to repair', whole(0))
    .option(
      '--method <name>',
      `one of ${methodNames.join(', ')} (default: the first for a model that AdamW has trained, ` +
        'the second for SGD)',
      oneOf(methodNames)
    )
    .option('--checkpoints <epochs>', 'epochs whose checkpoints count, such as 1,2', wholes)

const withFix = (each: Command) =>
  withDevice(withThreads(withInfluence(each)))
    .requiredOption('--action <name>', 'remove or pad', oneOf(['remove', 'pad'] as const))
    .option('--rounds <n>', 'retrainings with the edit, and without', whole(1), 10)
    .option('--control', 'retrain without as many random rows too')

withDevice(withThreads(command('demo', 'the main job on the embedded data set, end to end')))
  .option('--out <dir>', 'where to put it', 'erratum-demo')
  .action(async (options) => (await import('./commands/demo.ts')).demo(options))

command('init <dir>', 'make a project folder from a data set')
  .requiredOption('--data <file>', `the data: ${formats.join(', ')}`)
  .requiredOption('--text <column>', 'the column with the text')
  .option('--text-pair <column>', 'the column with the second text of a pair')
  .requiredOption('--label <column>', 'the column with the label')
  .option('--labels <names>', 'the labels in their order; any other is an error', list)
  .option('--split <column>', 'the column that says train, test or validation')
  .option('--test <file>', 'a separate file of held-out rows')
  .option('--held-out <share>', 'share to hold out where nothing says which', share)
  .option('--seed <n>', 'seed of that draw', seed, 0)
  .option(
    '--model <name>',
    `one of ${[...presetModels().keys()].join(', ')}, or the folder of a Hugging Face model`,
    'text-cnn'
  )
  .option('--pieces', 'show and pad the pieces that an encoder makes of words, not whole words')
  .option('--new-head', 'learn the classifier of such a folder from the beginning')
  .action(async (dir, options) => (await import('./commands/init.ts')).init({ dir, ...options }))

withDevice(command('train <dir>', 'train the base model, a checkpoint an epoch'))
  .option('--epochs <n>', 'times through the data', whole(1))
  .option('--batch-size <n>', 'rows a step', whole(1))
  .option('--learning-rate <x>', 'of the first step; it falls from there', positive)
  .option(
    '--optimizer <name>',
    'adamw or sgd, with its usual epochs and rate',
    oneOf(['adamw', 'sgd'] as const)
  )
  .option('--max-length <n>', 'tokens that are read of a text', whole(3))
  .option('--warm-up <share>', 'of the steps, over which the rate rises', share)
  .option('--clip <norm>', 'largest norm of a step’s gradients', positive)
  .option('--dropout <share>', 'of the numbers that are left out while training', share)
  .option(
    '--freeze <layers>',
    'first layers that keep their weights, with all embeddings',
    whole(0)
  )
  .option('--accumulate <parts>', 'parts in which a step is worked out, in less memory', whole(1))
  .option('--seed <n>', 'seed of the base model', seed, 0)
  .option(
    '--threads <n>',
    'threads inside one operator (default: 1, or all cores for an encoder)',
    whole(1)
  )
  .action(async (dir, options) => (await import('./commands/train.ts')).train({ dir, ...options }))

command('mistakes <dir>', 'held-out rows that the model gets wrong')
  .option('--band <low:high>', 'probabilities of the true label, such as 0.3:0.7', band)
  .option('--label <name>', 'true label')
  .action(async (dir, options) =>
    (await import('./commands/mistakes.ts')).mistakes({ dir, ...options })
  )

withDevice(
  withThreads(withInfluence(command('explain <dir>', 'the training rows behind a prediction')))
)
  .option('--top <n>', 'opponents and proponents to show', whole(1), 10)
  .option('--scores <file>', 'write the influence of every training row to a CSV file')
  .action(async (dir, options) =>
    (await import('./commands/explain.ts')).explain({ dir, ...options })
  )

withFix(command('fix <dir>', 'edit the training data, retrain, and tell whether it helped'))
  .requiredOption('--k <n>', 'opponents to edit', whole(0))
  .action(async (dir, options) => (await import('./commands/fix.ts')).fix({ dir, ...options }))

withFix(command('curve <dir>', 'the fix at several k'))
  .requiredOption('--k <list>', 'such as 10,20,50,100,200', wholes)
  .action(async (dir, options) => (await import('./commands/fix.ts')).curve({ dir, ...options }))

command('export <dir>', 'write the curated data, its edits and a report')
  .requiredOption('--fix <run>', 'the fix, as erratum fix names it')
  .requiredOption('--out <dir>', 'the folder to write to')
  .option('--format <name>', `one of ${formats.join(', ')} (default: as the data)`, oneOf(formats))
  .action(async (dir, options) =>
    (await import('./commands/export.ts')).exportCommand({ dir, ...options })
  )

command('apply <edits> <data>', 'replay an edits.json on its data file elsewhere')
  .requiredOption('--out <file>', 'the curated file to write')
  .action(async (edits, data, options) =>
    (await import('./commands/apply.ts')).apply({ edits, data, ...options })
  )

command('model <dir>', 'write the base model as a Hugging Face folder with an ONNX file')
  .requiredOption('--out <dir>', 'the folder to make')
  .option('--epoch <n>', 'of which epoch (default: the last)', whole(1))
  .action(async (dir, options) => (await import('./commands/model.ts')).model({ dir, ...options }))

program
  .command('serve [dir]')
  .description('the windows of Erratum in a browser, on this machine only')
  .option('--port <n>', 'port of loopback (default: that of the last time, or any)', whole(0))
  .option('--data-folder <dir>', 'where projects and settings are kept')
  .option('--models <dir>', 'folders of models that are offered (default: models in that folder)')
  .action(async (dir, options) => (await import('./commands/serve.ts')).serve({ dir, ...options }))

command('devices', 'what this machine has to compute on, and why it lacks the rest').action(
  async (options) => (await import('./commands/devices.ts')).listDevices(options)
)

command('repair <dir>', 'move damaged lines of the journal of rounds aside').action(
  async (dir, options) => (await import('./commands/repair.ts')).repair({ dir, ...options })
)

// A reader that has seen enough, such as head, ends the command without a fuss.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

await program.parseAsync()
