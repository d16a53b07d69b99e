/** A model as it is written, one part after the other. */
import type { Shape } from '../../graph/ir.ts'
import type { OnnxAttributes } from './messages.ts'
import { attributeOf, dataTypes, valueInfo } from './messages.ts'

/** Writes what an operator needs beside itself; its methods give the name of what they wrote. */
export interface Beside {
  /** An int64 vector. A number that is an open size stands for what that is in a run. */
  ints(numbers: readonly number[]): string
  floats(numbers: readonly number[]): string
  apply(opType: string, inputs: readonly string[], attributes?: OnnxAttributes): string
  /** An input of the model; a size that is a name may be any. */
  input(name: string, type: keyof typeof dataTypes, shape: readonly (number | string)[]): string
  isOpen(size: number): boolean
}

/** The parts of a model's graph as they are written, one after the other. */
export class Writer implements Beside {
  readonly node: object[] = []
  readonly initializer: object[] = []
  readonly inputs: object[] = []
  /** Names of the int64 vectors of one number that hold what open sizes are in a run. */
  readonly openSizes = new Map<number, string>()
  #unnamed = 0

  isOpen(size: number): boolean {
    return this.openSizes.has(size)
  }

  input(name: string, type: keyof typeof dataTypes, shape: readonly (number | string)[]): string {
    this.inputs.push(valueInfo(name, shape, dataTypes[type]))
    return name
  }

  ints(numbers: readonly number[]): string {
    if (numbers.some((number) => this.isOpen(number))) {
      const parts = numbers.map((number) => this.openSizes.get(number) ?? this.ints([number]))
      return parts.length === 1 ? parts[0]! : this.apply('Concat', parts, { axis: 0 })
    }
    const name = this.#fresh()
    const rawData = new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer)
    this.initializer.push({ name, dims: [numbers.length], dataType: dataTypes.int64, rawData })
    return name
  }

  floats(numbers: readonly number[]): string {
    const name = this.#fresh()
    this.constant(name, [numbers.length], Float32Array.from(numbers))
    return name
  }

  constant(name: string, shape: Shape, numbers: Float32Array): void {
    const rawData = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
    this.initializer.push({ name, dims: shape, dataType: dataTypes.float, rawData })
  }

  apply(opType: string, input: readonly string[], attributes?: OnnxAttributes): string {
    const name = this.#fresh()
    this.write(opType, { input, output: [name], attributes })
    return name
  }

  write(
    opType: string,
    {
      input,
      output,
      attributes = {}
    }: {
      input: readonly string[]
      output: readonly string[]
      attributes?: OnnxAttributes | undefined
    }
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value))
    this.node.push({ opType, input, output, attribute })
  }

  #fresh(): string {
    return `%.${this.#unnamed++}`
  }
}
