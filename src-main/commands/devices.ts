/** `erratum devices`: what this machine has to compute on. */
import type { DeviceName } from '../executors/devices.ts'
import { deviceNames, devices, isOfOnnxruntime } from '../executors/devices.ts'
import { devicesHere } from './devices-here.ts'
import type { CommonOptions } from './run.ts'
import { run } from './run.ts'

interface FoundDevice {
  device: DeviceName
  title: string
  found: boolean
  /** Why it was not found, why it is slow, or what it leaves to the CPU; empty if nothing is to be said. */
  remark: string
}

export function listDevices(options: CommonOptions): Promise<void> {
  return run(options, async ({ terminal, job }) => {
    const list: FoundDevice[] = []
    const here = devicesHere()
    for (const device of deviceNames) {
      const { title } = devices[device]
      const probe = await here.devices.look(device, job.signal)
      const remark = probe.found ? (probe.remark ?? leftToCpu(device)) : probe.why
      list.push({ device, title, found: probe.found, remark })
      terminal.say(`${probe.found ? 'found    ' : 'not found'}  ${device.padEnd(8)}${title}`)
      if (remark) terminal.say(`           ${remark}`)
    }
    const chosen = here.choice === 'auto' ? 'the fastest for a model' : here.choice
    terminal.say(`Commands compute on ${chosen} unless --device says otherwise.`)
    terminal.result(list)
  })
}

function leftToCpu(device: DeviceName): string {
  if (!isOfOnnxruntime(device)) return ''
  const { onCpu } = devices[device]
  if (onCpu === null) return 'Which operators it leaves to the CPU has not been looked at.'
  return onCpu.length > 0 ? `It leaves to the CPU: ${onCpu.join(', ')}.` : ''
}
