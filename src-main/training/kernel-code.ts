/**
 * The code of a kernel: a module of WebAssembly, written byte by byte. Opcodes and sections are those
 * of its core specification 2.0, sections 5.4 and 5.5
 * (https://www.w3.org/TR/wasm-core-2/#binary-format).
 */

/** Two numbers of float64; the local variable of WebAssembly that holds them. */
export type Pair = number

/** What a kernel does to the numbers at one place of its row; others may stand in for its pairs. */
export interface Arithmetic<Number = Pair> {
  /** The numbers of an array, as they are now. */
  load(array: string): Number
  /** Rounds to float32. */
  store(array: string, value: Number): void
  /** A number that is the same for the whole row. */
  factor(name: string): Number
  constant(value: number): Number
  add(a: Number, b: Number): Number
  sub(a: Number, b: Number): Number
  mul(a: Number, b: Number): Number
  div(a: Number, b: Number): Number
  sqrt(a: Number): Number
  /** a / b where b is above 0, and 0 elsewhere; b is not below 0. */
  quotient(a: Number, b: Number): Number
  /** The nearest number of float32. */
  rounded(a: Number): Number
}

/** Where the arrays are in the memory, in bytes; the factors are at its start. */
export interface Layout {
  width: number
  starts: ReadonlyMap<string, number>
}

const types = { i32: 0x7f, v128: 0x7b, function: 0x60, none: 0x40 } as const
const sections = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const
const kinds = { function: 0, memory: 2 } as const
const instructions = {
  loop: 0x03,
  end: 0x0b,
  branchIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i32Const: 0x41,
  i32LessUnsigned: 0x49,
  i32Add: 0x6a
} as const
/** Those on vectors of 128 bits, which follow the prefix 0xfd. */
const vector = {
  load64Splat: 0x0a,
  const: 0x0c,
  f64x2Greater: 0x4a,
  and: 0x4e,
  store32Lane: 0x5a,
  store64Lane: 0x5b,
  load32Zero: 0x5c,
  load64Zero: 0x5d,
  demoteZero: 0x5e,
  promoteLow: 0x5f,
  f64x2Sqrt: 0xef,
  f64x2Add: 0xf0,
  f64x2Sub: 0xf1,
  f64x2Mul: 0xf2,
  f64x2Div: 0xf3
} as const

/** Locals of every kernel: its two parameters, and the bytes of the row that are done. */
const locals = { row: 0, batch: 1, done: 2, firstPair: 3 } as const

/** A module with one function, `kernel`, that runs `body` over a row. */
export function moduleOf(
  layout: Layout,
  factors: readonly string[],
  body: (arithmetic: Arithmetic) => void
): Uint8Array {
  const code = new KernelCode(layout, factors)
  const pairBytes = 8 * Math.floor(layout.width / 2)
  if (pairBytes > 0) {
    code.write(instructions.loop, types.none)
    body(code.arithmetic(2))
    code.write(instructions.localGet, locals.done, instructions.i32Const, 8, instructions.i32Add)
    code.write(instructions.localTee, locals.done)
    code.write(instructions.i32Const, ...signed(pairBytes), instructions.i32LessUnsigned)
    code.write(instructions.branchIf, 0, instructions.end)
  }
  if (layout.width % 2 === 1) body(code.arithmetic(1))
  code.write(instructions.end)
  const variables = [2, 1, types.i32, ...unsigned(code.pairs), types.v128]
  const type = [types.function, 2, types.i32, types.i32, 0]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(sections.type, [1, ...type]),
    ...section(sections.import, [1, 0, 0, kinds.memory, 0, 1]),
    ...section(sections.function, [1, 0]),
    ...section(sections.export, [1, ...named('kernel'), kinds.function, 0]),
    ...section(sections.code, [1, ...sized([...variables, ...code.bytes])])
  ])
}

/** Writes the instructions of a kernel; every result is a local of its own. */
class KernelCode {
  readonly bytes: number[] = []
  readonly #layout: Layout
  readonly #factors: ReadonlyMap<string, Pair>
  /** Locals that hold pairs, so far. */
  pairs = 0

  constructor(layout: Layout, factors: readonly string[]) {
    this.#layout = layout
    // Loaded before the loop: what the loop stores might change them, for all that V8 knows.
    this.#factors = new Map(
      factors.map((name, n) => {
        this.write(instructions.i32Const, 0)
        return [name, this.#result(vector.load64Splat, [3, ...unsigned(8 * n)])]
      })
    )
  }

  write(...bytes: readonly number[]): void {
    for (const byte of bytes) this.bytes.push(byte)
  }

  /** What writes a body for as many numbers at a time. */
  arithmetic(count: 1 | 2): Arithmetic {
    const [load, store] =
      count === 2
        ? [vector.load64Zero, vector.store64Lane]
        : [vector.load32Zero, vector.store32Lane]
    const at = (array: string) => [2, ...unsigned(this.#layout.starts.get(array)!)]
    const binary = (operation: number) => (a: Pair, b: Pair) => {
      this.#get(a, b)
      return this.#result(operation)
    }
    return {
      load: (array) => {
        this.#address(array)
        this.#vector(load, at(array))
        return this.#result(vector.promoteLow)
      },
      store: (array, value) => {
        this.#address(array)
        this.#get(value)
        this.#vector(vector.demoteZero)
        this.#vector(store, [...at(array), 0])
      },
      factor: (name) => this.#factors.get(name)!,
      constant: (value) => {
        const both = Float64Array.of(value, value)
        return this.#result(vector.const, [...new Uint8Array(both.buffer)])
      },
      add: binary(vector.f64x2Add),
      sub: binary(vector.f64x2Sub),
      mul: binary(vector.f64x2Mul),
      div: binary(vector.f64x2Div),
      sqrt: (a) => {
        this.#get(a)
        return this.#result(vector.f64x2Sqrt)
      },
      quotient: (a, b) => {
        this.#get(b)
        this.#vector(vector.const, new Array<number>(16).fill(0))
        this.#vector(vector.f64x2Greater)
        this.#get(a, b)
        this.#vector(vector.f64x2Div)
        return this.#result(vector.and)
      },
      rounded: (a) => {
        this.#get(a)
        this.#vector(vector.demoteZero)
        return this.#result(vector.promoteLow)
      }
    }
  }

  #get(...values: Pair[]): void {
    for (const value of values) this.write(instructions.localGet, ...unsigned(value))
  }

  #vector(operation: number, immediates: readonly number[] = []): void {
    this.write(0xfd, ...unsigned(operation), ...immediates)
  }

  #result(operation: number, immediates: readonly number[] = []): Pair {
    const value = locals.firstPair + this.pairs++
    this.#vector(operation, immediates)
    this.write(instructions.localSet, ...unsigned(value))
    return value
  }

  #address(array: string): void {
    const row = array === 'batch' ? locals.batch : locals.row
    this.write(instructions.localGet, row, instructions.localGet, locals.done, instructions.i32Add)
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function named(name: string): number[] {
  return sized([...Buffer.from(name)])
}

/** An unsigned integer in LEB128: seven bits a byte, the lowest first. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** A positive integer in signed LEB128, whose last byte has its sixth bit clear. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]
}
