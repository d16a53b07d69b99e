/** The two charts of one fix: probabilities by seed, and fix probabilities with their intervals. */
import type { ArmReport, FixReport } from '../retrain/fix-report.ts'
import { chart, horizontalAxis, percentTicks, scale, shareTicks } from './chart.ts'
import { html } from './html.ts'
import type { Markup } from './html.ts'
import { decimal, percent, percentRange } from './numbers.ts'

/** An arm with its name, in the order of display. */
export interface NamedArm {
  name: 'baseline' | 'edited' | 'control'
  arm: ArmReport
}

const width = 460
const left = 76
const rowHeight = 44
const top = 12

/** The arms that a report has. */
export function armsOf({ baseline, edited, control }: FixReport): NamedArm[] {
  const arms: NamedArm[] = [
    { name: 'baseline', arm: baseline },
    { name: 'edited', arm: edited }
  ]
  return control ? [...arms, { name: 'control', arm: control }] : arms
}

/**
 * A dot a round at the probability of the true label: filled where it is fixed. A hair line joins
 * the baseline and the edited round of one seed.
 */
export function seedDots(report: FixReport, id: string): Markup {
  const arms = armsOf(report)
  const bottom = top + rowHeight * arms.length
  const x = scale([0, 1], [left, width - 20])
  const lines = report.edited.byRound.flatMap(({ seed, trueProbability }) => {
    const start = report.baseline.byRound.find((round) => round.seed === seed)
    if (!start) return []
    const from = { x: x(start.trueProbability), y: rowCentre(0) }
    const to = { x: x(trueProbability), y: rowCentre(1) }
    return [html`<line class="pair" x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" />`]
  })
  const frame = {
    id,
    width,
    height: bottom + 42,
    title: 'Probability of the true label by seed',
    description: arms.map(({ name, arm }) => meanText(name, arm)).join(' ')
  }
  return chart(
    frame,
    html`${axisAndNames(arms, { x, ticks: shareTicks, caption: 'probability of the true label' })}
    ${lines}
    ${arms.map(({ name, arm }, row) =>
      arm.byRound.map(
        ({ seed, fixed, trueProbability }) =>
          html`<circle
            class="dot ${name} ${fixed ? 'fixed' : 'not-fixed'}"
            cx="${x(trueProbability)}"
            cy="${rowCentre(row)}"
            r="4.5"
          >
            <title>
              seed ${seed}: ${decimal(trueProbability)}, ${fixed ? 'fixed' : 'not fixed'}
            </title>
          </circle>`
      )
    )}`
  )
}

/** The fix probability of each arm with its 95 % interval. */
export function fixProbabilities(report: FixReport, id: string): Markup {
  const arms = armsOf(report)
  const bottom = top + rowHeight * arms.length
  const x = scale([0, 1], [left, width - 20])
  const frame = {
    id,
    width,
    height: bottom + 42,
    title: 'Fix probability with 95 % interval',
    description: arms.map(({ name, arm }) => intervalText(name, arm)).join(' ')
  }
  return chart(
    frame,
    html`${axisAndNames(arms, { x, ticks: percentTicks, caption: 'fix probability' })}
    ${arms.map(({ name, arm }, row) => {
      const [low, high] = arm.interval
      const y = rowCentre(row)
      return html`<g class="${name}">
        <title>${intervalText(name, arm)}</title>
        <line class="bar" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" />
        <line class="bar" x1="${x(low)}" x2="${x(low)}" y1="${y - 6}" y2="${y + 6}" />
        <line class="bar" x1="${x(high)}" x2="${x(high)}" y1="${y - 6}" y2="${y + 6}" />
        <circle class="dot fixed ${name}" cx="${x(arm.probability)}" cy="${y}" r="5.5" />
      </g>`
    })}`
  )
}

interface ArmAxis {
  x: (value: number) => number
  ticks: readonly { value: number; label: string }[]
  caption: string
}

function axisAndNames(arms: NamedArm[], { x, ticks, caption }: ArmAxis): Markup {
  const bottom = top + rowHeight * arms.length
  return html`${horizontalAxis({ ticks, position: x, top, bottom, caption })}
  ${arms.map(
    ({ name }, row) =>
      html`<text class="name" x="${left - 14}" y="${rowCentre(row) + 4}" text-anchor="end">
        ${name}
      </text>`
  )}`
}

function rowCentre(row: number): number {
  return top + rowHeight * (row + 0.5)
}

function meanText(name: string, { meanTrueProbability, rounds }: ArmReport): string {
  return `${name}: mean ${decimal(meanTrueProbability)} over ${rounds} rounds.`
}

function intervalText(name: string, arm: ArmReport): string {
  const { fixed, rounds, probability, interval } = arm
  return (
    `${name}: fixed in ${fixed} of ${rounds} rounds, ${percent(probability)}, ` +
    `likely between ${percentRange(interval)}.`
  )
}
