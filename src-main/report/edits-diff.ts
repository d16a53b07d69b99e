/** The edits of a fix as a diff: what goes is struck through, what comes is underlined. */
import type { Edit, PadEdit } from '../fix/edits.ts'
import { dataText, html } from './html.ts'
import type { Insertable, Markup } from './html.ts'
import { splitWords } from './words.ts'

/** A row of the training data as the report shows it. */
export interface ReportRow {
  row: number
  text: string
  label: string
}

export interface DiffContext {
  rows: ReadonlyMap<number, ReportRow>
  labels: readonly string[]
}

/** A table of all edits, a line each. */
export function editsDiff(edits: readonly Edit[], context: DiffContext): Markup {
  return html`<table class="diff">
    <thead>
      <tr>
        <th scope="col" class="number">row</th>
        <th scope="col">label</th>
        <th scope="col">edit</th>
      </tr>
    </thead>
    <tbody>
      ${edits.map((edit) => {
        const row = context.rows.get(edit.row)
        return html`<tr>
          <td class="number">${edit.row}</td>
          <td>${labelCell(edit, row, context.labels)}</td>
          <td>${changeCell(edit, row)}</td>
        </tr>`
      })}
    </tbody>
  </table>`
}

function labelCell(edit: Edit, row: ReportRow | undefined, labels: readonly string[]): Insertable {
  const before = row && dataText(row.label)
  if (edit.kind !== 'relabel') return before
  const after = labels[edit.class] ?? `class ${edit.class}`
  return html`${before && html`<del>${before}</del>`} <ins>${dataText(after)}</ins>`
}

function changeCell(edit: Edit, row: ReportRow | undefined): Insertable {
  if (!row) return html`<span class="why">${withoutText(edit)}</span>`
  const { text } = row
  switch (edit.kind) {
    case 'remove':
      return html`<del>${dataText(text)}</del>`
    case 'pad':
      return paddedText(edit, text)
    case 'relabel':
      return dataText(text)
    case 'weight':
      return html`${dataText(text)} <ins>weight × ${edit.weight}</ins>`
  }
}

/** The edit in words, for a row whose text is not at hand. */
function withoutText(edit: Edit): Insertable {
  switch (edit.kind) {
    case 'remove':
      return 'removed'
    case 'pad':
      return html`${dataText(edit.word)} replaced by [PAD]`
    case 'relabel':
      return 'relabelled'
    case 'weight':
      return `weight × ${edit.weight}`
  }
}

function paddedText({ word }: PadEdit, text: string): Insertable {
  const lower = word.toLowerCase()
  const parts = splitWords(text)
  const change = html`<del>${dataText(word)}</del>&nbsp;<ins>[PAD]</ins>`
  // A piece of a word, or a spelling that the vocabulary changed, is not found in the text.
  if (!parts.some((part) => part.toLowerCase() === lower))
    return html`${change} in ${dataText(text)}`
  const replaced = parts.map((part) =>
    part.toLowerCase() === lower ? html`<del>${part}</del>&nbsp;<ins>[PAD]</ins>` : part
  )
  return html`<bdi dir="auto">${replaced}</bdi>`
}
