/** What this machine computes on, as the windows keep it. */
import type { DeviceChoice } from '../executors/devices.ts'
import { namesIn, usualDataFolder } from '../service/data-folder.ts'
import { Devices } from '../service/devices.ts'
import { storedSettings } from '../service/settings.ts'

/** The devices, and the one that was chosen in the settings. */
export function devicesHere(): { devices: Devices; choice: DeviceChoice } {
  const names = namesIn(usualDataFolder())
  return { devices: new Devices(names), choice: storedSettings(names.settings).value.device }
}
