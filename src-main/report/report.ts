/**
 * `report.html`: the proof of a fix as one file that needs nothing else, no network and no script.
 * A sentence first, then the picture, then the table. All data are untrusted (see html.ts).
 */
import type { FixReport } from '../retrain/fix-report.ts'
import { curvesOf, fixCurve } from './curve-chart.ts'
import type { ReportRow } from './edits-diff.ts'
import { fixSection } from './fix-section.ts'
import { dataText, html } from './html.ts'
import type { Insertable, Markup } from './html.ts'
import { count, decimal, signed } from './numbers.ts'
import { actionTitle, fixSentence } from './sentences.ts'
import { styleElement } from './style.ts'
import { shadedText, wordList } from './words.ts'
import type { WordInfluence } from './words.ts'

/** A training row that pushes the example towards the wrong label. */
export interface ReportOpponent extends ReportRow {
  influence: number
  words: WordInfluence[]
}

/** What the report says besides the fixes. */
export interface ReportContext {
  projectName: string
  /** Version of Erratum. */
  appVersion: string
  /** ISO 8601. */
  createdAt: string
  data: {
    file: string
    fingerprint: string
    trainRows: number
    testRows: number
    labels: readonly string[]
  }
  /** The model as people know it, such as `TextCNN` or the name of a checkpoint. */
  model: string
  /** The training settings, shown as they are. */
  training: Readonly<Record<string, unknown>>
  /** Accuracy of the base model on the held-out rows. */
  baseAccuracy: number
  /** The strongest opponents of each example, by its row id, strongest first. */
  opponents: ReadonlyMap<number, readonly ReportOpponent[]>
  /** Rows that are edited without being among `opponents`, so that the diff can show them. */
  editedRows?: readonly ReportRow[]
}

/** The report of one or more fixes (several actions, several k, several examples) as an HTML document. */
export function renderReport(reports: readonly FixReport[], context: ReportContext): string {
  if (reports.length === 0) throw new RangeError('A report needs at least one fix.')
  const rows = new Map<number, ReportRow>()
  const opponents = Array.from(context.opponents.values()).flat()
  for (const row of [...opponents, ...(context.editedRows ?? [])]) rows.set(row.row, row)
  const diff = { rows, labels: context.data.labels }
  const examples = [...new Map(reports.map((report) => [report.example, report])).values()]
  const title = `Fix of ${examples.length === 1 ? 'example' : 'examples'} ${listed(examples)}`
  const titleOf = (report: FixReport) =>
    `${examples.length > 1 ? `Example ${report.example}: ` : ''}${actionTitle(report)}`
  const body = html`<main>
    <header>
      <h1>${title}</h1>
      <p class="quiet">
        ${dataText(context.projectName)} · Erratum ${context.appVersion} ·
        <time datetime="${context.createdAt}">${context.createdAt.slice(0, 10)}</time>
      </p>
      ${examples.map(example)} ${reports.length > 1 ? overview(reports, titleOf) : null}
    </header>
    ${reports.map((report, index) => fixSection(report, { index, diff, title: titleOf(report) }))}
    ${examples.map((report) => opponentsSection(context.opponents.get(report.example) ?? [], report))}
    ${reproduction(reports, context)}
  </main>`
  return page(`${title}, ${context.projectName}`, body)
}

function listed(reports: readonly FixReport[]): string {
  return reports.map(({ example }) => example).join(', ')
}

function page(title: string, body: Markup): string {
  // The policy holds even if a browser were talked into reading data as markup.
  return `${html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${body}
      </body>
    </html> `}`
}

function example(report: FixReport): Markup {
  return html`<blockquote>${dataText(report.text)}</blockquote>
    <p>
      True label ${strong(report.trueLabel)}, predicted ${strong(report.predictedLabel)};
      ${report.stablyWrong ? 'stably wrong' : 'not stably wrong'}.
    </p>`
}

function strong(text: string): Markup {
  return html`<strong>${dataText(text)}</strong>`
}

function overview(reports: readonly FixReport[], titleOf: (report: FixReport) => string): Markup {
  // A curve compares fixes of one example.
  const ofOne = reports.every(({ example: row }) => row === reports[0]!.example)
  const curves = ofOne ? curvesOf(reports) : []
  return html`<h2>At a glance</h2>
    <ul>
      ${reports.map(
        (report, index) =>
          html`<li><a href="#fix-${index + 1}">${titleOf(report)}</a>: ${fixSentence(report)}</li>`
      )}
    </ul>
    ${
      curves.length > 0 &&
      html`<figure>
        <figcaption>Fix probability by the number of edited rows, with 95 % intervals</figcaption>
        ${fixCurve(curves, 'curve')}
      </figure>`
    }`
}

function opponentsSection(opponents: readonly ReportOpponent[], report: FixReport): Insertable {
  if (opponents.length === 0) return null
  return html`<section>
    <h2>Strongest opponents</h2>
    <p>
      Training rows that push the example away from ${strong(report.trueLabel)}, by
      ${report.method}.
      <mark class="against" style="--share: 100%">Orange, −</mark> words push against the true
      label, <mark class="for" style="--share: 100%">blue, +</mark> words for it.
    </p>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">row</th>
            <th scope="col" class="number">influence</th>
            <th scope="col">label</th>
            <th scope="col">text</th>
          </tr>
        </thead>
        <tbody>
          ${opponents.map(
            ({ row, text, label, influence, words }) =>
              html`<tr>
                <td class="number">${row}</td>
                <td class="number">${signed(influence)}</td>
                <td>${dataText(label)}</td>
                <td class="text">
                  ${shadedText(text, words)}
                  <div class="why">${wordList(words)}</div>
                </td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function reproduction(reports: readonly FixReport[], context: ReportContext): Markup {
  const { data, training } = context
  const facts: [string, Insertable][] = [
    ['data file', dataText(data.file)],
    ['rows', `${count(data.trainRows, 'training row')}, ${count(data.testRows, 'held-out row')}`],
    ['data fingerprint', html`<code>${data.fingerprint}</code>`],
    ['model', dataText(context.model)],
    ['base accuracy', decimal(context.baseAccuracy)],
    ...Object.entries(training).map(([name, value]): [string, Insertable] => [
      name,
      dataText(typeof value === 'string' ? value : JSON.stringify(value))
    ]),
    ['seeds', reports[0]!.seeds.join(', ')],
    ['Erratum', context.appVersion]
  ]
  return html`<section>
    <h2>To make it again</h2>
    <pre>${reports.map((report) => `${command(report)}\n`)}</pre>
    <div class="table">
      <table>
        <tbody>
          ${facts.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${value}</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

function command({ example: id, action, k, method, seeds, control }: FixReport): string {
  // Rows that were chosen one by one have no flag: the edits themselves are what is replayed.
  if (action === 'mix') return 'erratum apply edits.json DATA'
  const flags = `--example ${id} --action ${action} --k ${k} --method ${method}`
  return `erratum fix DIR ${flags} --rounds ${seeds.length}${control ? ' --control' : ''}`
}
