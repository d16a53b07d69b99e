/** Loads TensorFlow.js in a process that has none yet, and says which; started by tfjs.test.ts. */
import { loadTfjs } from '../../src-main/executors/tfjs/library.ts'
import { root } from '../../src-main/installation.ts'

console.log(loadTfjs({ folders: [...process.argv.slice(2), root] }).package)
