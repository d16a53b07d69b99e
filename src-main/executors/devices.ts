/**
 * The devices that graphs run on: a row each. Whose library computes there, what it takes to be
 * there, and, within a session of onnxruntime, which operators run on the CPU because the device
 * lacks them.
 *
 * A device that is possible need not be there: `probe.ts` finds out.
 */
import { firstLine } from '../errors.ts'
import type { OpName } from '../graph/ir.ts'

export const onnxruntimeDevices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type OnnxruntimeDevice = (typeof onnxruntimeDevices)[number]

export const deviceNames = [...onnxruntimeDevices, 'tfjs'] as const
export type DeviceName = (typeof deviceNames)[number]

/** What a user may ask for: a device, or the fastest of those that are there. */
export const deviceChoices = ['auto', ...deviceNames] as const
export type DeviceChoice = (typeof deviceChoices)[number]

/** `PLATFORM-ARCHITECTURE`, as Node calls them. */
type Platform = `${'linux' | 'win32' | 'darwin'}-${'x64' | 'arm64'}`

export interface Device {
  readonly title: string
  /** Where its library can have it; everywhere unless given. */
  readonly platforms?: readonly Platform[]
  /** What has to be installed beside the packages that come with Erratum. */
  readonly needs?: string
  /** A library of the system on Linux that it is not even to be looked for without. */
  readonly loadsOnLinux?: string
  /** Goes up when trainings there come to something else; no key of a round names the first. */
  readonly revision?: number
}

/** A device of onnxruntime, which writes graphs for it as ONNX. */
export interface OnnxDevice extends Device {
  /** onnxruntime's name for what computes there (its execution provider). */
  readonly provider: string
  /** Integers that it looks rows up by. ONNX takes both; what a device lacks costs a way to the CPU. */
  readonly indices: 'int32' | 'int64'
  /** Whether onnxruntime-node can leave results there for the next run to read. */
  readonly keepsTensors: boolean
  /** Operators that it lacks and that are written with others, so that nothing leaves the device. */
  readonly composed: readonly OpName[]
  /** Operators that run on the CPU; `null` where nobody has looked yet. */
  readonly onCpu: readonly OpName[] | null
}

type Devices = {
  readonly [Name in DeviceName]: Name extends OnnxruntimeDevice ? OnnxDevice : Device
}

export const devices: Devices = {
  cpu: {
    title: 'CPU',
    provider: 'cpu',
    indices: 'int64',
    keepsTensors: false,
    composed: [],
    onCpu: []
  },
  webgpu: {
    title: 'GPU (WebGPU)',
    provider: 'webgpu',
    platforms: ['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-arm64'],
    needs: 'a driver of the GPU for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS)',
    // Where it is missing, Dawn says so on the terminal.
    loadsOnLinux: 'libvulkan.so.1',
    // It reshapes and stretches no int64: ScatterElements would send its indices to the CPU and back.
    indices: 'int32',
    keepsTensors: true,
    // Of an encoder words' gradients are added up there as well, and their rows are changed.
    revision: 2,
    composed: ['LogSoftmax'],
    onCpu: []
  },
  cuda: {
    title: 'GPU (CUDA)',
    provider: 'cuda',
    platforms: ['linux-x64'],
    needs:
      'CUDA 12 with cuDNN 9, and libonnxruntime_providers_cuda.so, which npm run setup:gpu -- cuda ' +
      'gets in a checkout',
    indices: 'int64',
    keepsTensors: false,
    composed: [],
    onCpu: null
  },
  dml: {
    title: 'GPU (DirectML)',
    provider: 'dml',
    platforms: ['win32-x64', 'win32-arm64'],
    needs: 'a driver of the GPU for Direct3D 12',
    indices: 'int64',
    keepsTensors: false,
    composed: [],
    onCpu: null
  },
  coreml: {
    title: 'Core ML',
    provider: 'coreml',
    platforms: ['darwin-arm64'],
    indices: 'int64',
    keepsTensors: false,
    composed: [],
    onCpu: null
  },
  tfjs: {
    title: 'TensorFlow.js',
    needs:
      '@tensorflow/tfjs-node-gpu, which npm run setup:gpu -- tfjs gets in a checkout on Linux (x64)'
  }
}

/** Whether onnxruntime has the device; everything else is TensorFlow.js. */
export function isOfOnnxruntime(name: DeviceName): name is OnnxruntimeDevice {
  return (onnxruntimeDevices as readonly string[]).includes(name)
}

/** Whether the device can be had on this machine at all. */
export function isPossible(name: DeviceName): boolean {
  const { platforms }: Device = devices[name]
  return !platforms || (platforms as readonly string[]).includes(thisPlatform)
}

/** A device, and how it is used. */
export interface DeviceUse {
  readonly device: DeviceName
  /** Trainings that it does side by side; as many as there are threads unless given. */
  readonly atOnce?: number
}

/** Workers that compute at the same time. */
export function workersFor({ atOnce = Infinity }: DeviceUse, threads: number): number {
  return Math.min(atOnce, threads)
}

/** A use with the CPU behind it, which does what the device leaves when it fails. */
export function withCpuBehind(use: DeviceUse): DeviceUse[] {
  return use.device === 'cpu' ? [use] : [use, { device: 'cpu' }]
}

/** What a user is told when a device fails in the middle of a job. */
export function failureNote(name: DeviceName, reason: string): string {
  const what = inSentence(name).replace(/^t/, 'T')
  return `${what} failed: ${firstLine(reason)}. The rest was computed on the CPU.`
}

/** The device in the middle of a sentence. */
export function inSentence(name: DeviceName): string {
  const { title } = devices[name]
  return /^[CG]PU/.test(title) ? `the ${title}` : title
}

export const thisPlatform = `${process.platform}-${process.arch}`
