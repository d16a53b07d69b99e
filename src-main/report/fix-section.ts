/** One fix in the report: the sentence, the pictures, the tables, what else broke, the edits. */
import type { CollateralExample, FixReport } from '../retrain/fix-report.ts'
import { armsOf, fixProbabilities, seedDots } from './arm-charts.ts'
import { editsDiff } from './edits-diff.ts'
import type { DiffContext } from './edits-diff.ts'
import { dataText, html } from './html.ts'
import type { Insertable, Markup } from './html.ts'
import { count, decimal, duration, percent, percentRange } from './numbers.ts'
import {
  accuracySentence,
  cautions,
  collateralSentence,
  fixSentence,
  upliftSentence
} from './sentences.ts'

/** Up to this many edits are shown without having to be opened. */
const openEdits = 10

export interface FixSectionOptions {
  /** Position among the report's fixes. */
  index: number
  title: string
  diff: DiffContext
}

/** The section of one fix. */
export function fixSection(report: FixReport, { index, title, diff }: FixSectionOptions): Markup {
  const id = `fix-${index + 1}`
  return html`<section class="fix" id="${id}">
    <h2>${title}</h2>
    <p class="lead">${fixSentence(report)}</p>
    ${cautions(report).map((text) => html`<p class="caution">${text}</p>`)}
    <p>${upliftSentence(report)} ${accuracySentence(report)} ${collateralSentence(report)}</p>
    <div class="charts">
      <figure>
        <figcaption>Probability of the true label by seed (filled: fixed)</figcaption>
        ${seedDots(report, `${id}-seeds`)}
      </figure>
      <figure>
        <figcaption>Fix probability with 95 % intervals</figcaption>
        ${fixProbabilities(report, `${id}-probabilities`)}
      </figure>
    </div>
    ${armsTable(report)} ${seedsTable(report)} ${collateralTable(report.collateral.examples)}
    <h3>The edits</h3>
    <details ${report.edits.length <= openEdits && html`open`}>
      <summary>${count(report.edits.length, 'edited row')}</summary>
      <div class="table">${editsDiff(report.edits, diff)}</div>
    </details>
    <p class="quiet">Method ${report.method}; computed in ${duration(report.seconds)}.</p>
  </section>`
}

function armsTable(report: FixReport): Markup {
  return html`<div class="table">
    <table>
      <thead>
        <tr>
          <th scope="col">rounds</th>
          <th scope="col" class="number">fixed</th>
          <th scope="col" class="number">fix probability</th>
          <th scope="col" class="number">likely between</th>
          <th scope="col" class="number">mean probability of the true label</th>
          <th scope="col" class="number">accuracy</th>
        </tr>
      </thead>
      <tbody>
        ${armsOf(report).map(
          ({ name, arm }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="number">${arm.fixed} of ${arm.rounds}</td>
              <td class="number">${percent(arm.probability)}</td>
              <td class="number">${percentRange(arm.interval)}</td>
              <td class="number">${decimal(arm.meanTrueProbability)}</td>
              <td class="number">${decimal(arm.accuracy)}</td>
            </tr>`
        )}
      </tbody>
    </table>
  </div>`
}

function seedsTable(report: FixReport): Markup {
  const arms = armsOf(report)
  return html`<details>
    <summary>Every round</summary>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">seed</th>
            ${arms.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${report.seeds.map(
            (seed) =>
              html`<tr>
                <th scope="row" class="number">${seed}</th>
                ${arms.map(({ arm }) => {
                  const round = arm.byRound.find((one) => one.seed === seed)
                  return html`<td class="number">
                    ${round && `${decimal(round.trueProbability)} ${round.fixed ? 'fixed' : 'wrong'}`}
                  </td>`
                })}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </details>`
}

function collateralTable(examples: readonly CollateralExample[]): Insertable {
  if (examples.length === 0) return null
  return html`<h3>Elsewhere</h3>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">example</th>
            <th scope="col">true label</th>
            <th scope="col" class="number">right without</th>
            <th scope="col" class="number">right with</th>
            <th scope="col">text</th>
          </tr>
        </thead>
        <tbody>
          ${examples.map(
            ({ example, text, trueLabel, baselineRight, editedRight }) =>
              html`<tr>
                <td class="number">${example}</td>
                <td>${dataText(trueLabel)}</td>
                <td class="number">${percent(baselineRight)}</td>
                <td class="number">${percent(editedRight)}</td>
                <td class="text">${dataText(text)}</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>`
}
