/**
 * Environment in which WebGPU finds a GPU on a machine that has none: SwiftShader, Vulkan in
 * software, which comes with Debian's package of Chromium. A process has to start with it.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome']

/** Variables to set; none where a driver was chosen from outside or SwiftShader is not there. */
export function softwareGpu(): Record<string, string> {
  const driver = folders
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .find((file) => existsSync(file))
  if (process.env['VK_DRIVER_FILES'] || !driver) return {}
  // The package has a Vulkan loader as well, for machines without one.
  const libraries = [dirname(driver), process.env['LD_LIBRARY_PATH']].filter(Boolean)
  return { VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: libraries.join(':') }
}
