/** TensorFlow.js with its native library; skipped with a sentence where that is not installed. */
import { describe } from 'vitest'
import { probeDevice } from '../../src-main/executors/probe.ts'
import { loadTfjs } from '../../src-main/executors/tfjs/library.ts'
import { tfjsRow } from '../support/executors.ts'
import { opParity, stepParity } from '../support/parity.ts'

const { package: found, passedOver } = loadTfjs()
const isNative = found !== '@tensorflow/tfjs-backend-cpu'
const probe = await probeDevice('tfjs')
if (!isNative || !probe.found) {
  const why = isNative && !probe.found ? probe.why : passedOver.join(' ')
  console.warn(`SKIPPED: TensorFlow.js was not tested with its native library. ${why}`)
}

describe.skipIf(!isNative || !probe.found)(found, () => {
  const executor = tfjsRow(found, found)

  describe('computes', () => opParity(executor))

  describe('agrees with the reference on a step of', () => stepParity(executor))
})
