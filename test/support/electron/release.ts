/**
 * A release of Electron as it is downloaded, with nothing in its program but the fuses, so that an
 * application can be packaged where the real one is not to be had.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** Where the fuses lie in the program: its mark, their version and number, a digit each. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** Writes the release of a version for this system into a folder. */
export function writeRelease(folder: string, version: string): void {
  const fuses = Buffer.concat([Buffer.from([1, 9]), Buffer.from('101100111')])
  const name = `electron-v${version}-linux-x64.zip`
  writeFileSync(
    join(folder, name),
    zipOf({
      electron: Buffer.concat([Buffer.from(`program${fuseMark}`), fuses, Buffer.from('end')]),
      version: Buffer.from(version),
      LICENSE: Buffer.from('Electron’s'),
      'resources/default_app.asar': Buffer.from('the default application')
    })
  )
}

/** A zip archive of files as they are, not compressed (APPNOTE.TXT, 4.3). */
function zipOf(files: Record<string, Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const local = [Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]
    directory.push(Buffer.from('PK\x01\x02\x14\0'), common, place, Buffer.from(name))
    parts.push(...local)
    offset += local.reduce((total, { length }) => total + length, 0)
  }
  const end = Buffer.alloc(18)
  const size = directory.reduce((total, { length }) => total + length, 0)
  end.writeUInt16LE(Object.keys(files).length, 4)
  end.writeUInt16LE(Object.keys(files).length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end])
}
