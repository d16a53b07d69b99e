/** Answers about the devices of this machine. */
import type { z } from 'zod'
import type { applicationContract } from '../../src-preload/contract/application.ts'
import { deviceNames, devices as table, isOfOnnxruntime } from '../executors/devices.ts'
import type { DeviceName } from '../executors/devices.ts'
import type { Probe } from '../executors/probe.ts'
import { plannedOf } from './model.ts'
import { needsOf } from '../pipeline/expect-training.ts'
import { stepOf, textsOf } from '../pipeline/device-for.ts'
import type { TypicalStep } from '../pipeline/typical-step.ts'
import type { Service } from './service.ts'
import { threadsOf } from './service.ts'

type DeviceList = z.infer<typeof applicationContract.devices.output>

/** What there is, and how fast each is at the model of the project that was opened last. */
export async function listDevices(
  service: Service,
  { again }: { again: boolean },
  signal?: AbortSignal
): Promise<DeviceList> {
  const opened = await openedLast(service)
  const views: DeviceList['devices'] = []
  for (const device of deviceNames) {
    const { devices } = service
    const probe = await (again ? devices.look(device, signal) : devices.probe(device, signal))
    const { title } = table[device]
    const onCpu = isOfOnnxruntime(device) ? table[device].onCpu : []
    views.push({
      ...{ device, title, onCpu: onCpu && [...onCpu] },
      ...aboutProbe(probe),
      ...timesOf(service, device, opened?.step)
    })
  }
  return { devices: views, projectName: opened?.name ?? null }
}

function aboutProbe(probe: Probe) {
  return probe.found
    ? { found: true, why: null, remark: probe.remark ?? null }
    : { found: false, why: probe.why, remark: null }
}

function timesOf(
  { devices, settings }: Service,
  device: DeviceName,
  step: TypicalStep | undefined
) {
  const threads = threadsOf(settings.value)
  const known = (sideBySide: boolean) =>
    step && devices.known(device, { step, sideBySide, threads })
  const [training, rounds] = [known(false), known(true)]
  const fails = training === null || rounds === null
  const use = step && devices.foreseen(device, { step, sideBySide: true, threads })
  return {
    step: { training: training ?? null, rounds: rounds ?? null },
    atOnce: use?.atOnce ?? null,
    fails
  }
}

/** A typical step of the project opened last; nothing where that cannot be opened. */
async function openedLast(
  service: Service
): Promise<{ name: string; step: TypicalStep } | undefined> {
  const [project] = service.known.list()
  if (!project) return undefined
  try {
    const workspace = await service.open.workspace(project.folder)
    const step =
      'base' in workspace
        ? stepOf(workspace, textsOf(workspace))
        : (await needsOf(plannedOf(workspace))).step
    return { name: service.known.nameOf(project.id), step }
  } catch {
    return undefined
  }
}
