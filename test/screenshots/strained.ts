/** A data set whose texts and labels strain the layout: very long, without a space, right to left. */
import { plantedRows } from '../support/planted.ts'

const longLabel = 'a label that somebody has made a whole sentence of, and then some more words'
const wideLabel = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller'

const additions = [
  '',
  ` ${'https://example.org/a/very/long/address/'.repeat(8)}`,
  ` ${'and so on and so forth '.repeat(120)}`,
  ' كان الفيلم مملا ولكن الموسيقى جميلة',
  ' この映画はとても退屈でした。音楽はよかったです。',
  ' \u202etxet desrever\u202c 👩‍👩‍👧‍👦 <b>not bold</b>'
]

/** CSV with the columns id, text, label, split, of which a small model learns in seconds. */
export function strainedCsv(): string {
  const lines = plantedRows({ labels: [longLabel, wideLabel] }).map(({ text, label, split }, id) =>
    [id, `${text}${additions[id % additions.length]!}`, label, split]
      .map((cell) => `"${String(cell).replaceAll('"', '""')}"`)
      .join(',')
  )
  return `id,text,label,split\n${lines.join('\n')}\n`
}
