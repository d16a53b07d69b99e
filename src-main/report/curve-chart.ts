/** The fix probability over k, a line an action, with the band of its intervals. */
import type { Action } from '../fix/actions.ts'
import type { FixReport } from '../retrain/fix-report.ts'
import { chart, horizontalAxis, round, scale } from './chart.ts'
import { html } from './html.ts'
import type { Markup } from './html.ts'
import { percent } from './numbers.ts'

/** The reports of one example and action that differ in k, ascending. */
export interface Curve {
  action: Action
  reports: FixReport[]
}

const width = 560
const height = 300
const left = 64
const right = width - 110
const top = 12
const bottom = height - 48

/** One curve an action, of those actions that were tried at two or more k. */
export function curvesOf(reports: readonly FixReport[]): Curve[] {
  const actions: Action[] = ['remove', 'pad']
  return actions
    .map((action) => ({ action, reports: byK(reports.filter((one) => one.action === action)) }))
    .filter(({ reports: ofAction }) => ofAction.length > 1)
}

/** The curves in one chart, over the band of the baseline. */
export function fixCurve(curves: readonly Curve[], id: string): Markup {
  const all = curves.flatMap(({ reports }) => reports)
  const x = scale([0, Math.max(...all.map(({ k }) => k))], [left, right])
  const y = scale([0, 1], [bottom, top])
  const ks = [...new Set([0, ...all.map(({ k }) => k)])].sort((a, b) => a - b)
  const frame = {
    id,
    width,
    height,
    title: 'Fix probability by the number of edited rows',
    description: curves.map(describe).join(' ')
  }
  return chart(
    frame,
    html`${horizontalAxis({
      ticks: withoutCrowding(ks, x).map((k) => ({ value: k, label: k.toString() })),
      position: x,
      top,
      bottom,
      caption: 'k, edited rows'
    })}
    ${shareAxis(y)} ${baselineBand(all[0]!, y)}
    ${curves.map(({ action, reports }) => curveMarks({ action, reports, x, y }))}
    ${lineNames(curves, y)}`
  )
}

interface CurveMarks extends Curve {
  x: (k: number) => number
  y: (share: number) => number
}

function curveMarks({ action, reports, x, y }: CurveMarks): Markup {
  const at = ({ k }: FixReport, share: number): string => `${x(k)},${y(share)}`
  const lows = reports.map((report) => at(report, report.edited.interval[0]))
  const highs = reports.map((report) => at(report, report.edited.interval[1]))
  const line = reports.map((report) => at(report, report.edited.probability))
  return html`<g class="curve ${action}">
    <polygon class="band" points="${[...highs, ...lows.reverse()].join(' ')}" />
    <polyline class="line" points="${line.join(' ')}" />
    ${reports.map(
      ({ k, edited }) =>
        html`<circle class="dot fixed" cx="${x(k)}" cy="${y(edited.probability)}" r="4">
          <title>k = ${k}: ${percent(edited.probability)}</title>
        </circle>`
    )}
  </g>`
}

function baselineBand({ baseline }: FixReport, y: (share: number) => number): Markup {
  const [low, high] = baseline.interval
  const middle = y(baseline.probability)
  return html`<g class="curve baseline">
    <rect
      class="band"
      x="${left}"
      width="${right - left}"
      y="${y(high)}"
      height="${round(y(low) - y(high))}"
    />
    <line class="line" x1="${left}" x2="${right}" y1="${middle}" y2="${middle}" />
  </g>`
}

/** The name of each line at its right end, moved down where two would lie on each other. */
function lineNames(curves: readonly Curve[], y: (share: number) => number): Markup {
  const names = curves.map(({ action, reports }) => ({
    name: action as string,
    at: y(reports.at(-1)!.edited.probability)
  }))
  names.push({ name: 'baseline', at: y(curves[0]!.reports[0]!.baseline.probability) })
  names.sort((a, b) => a.at - b.at)
  let last = -Infinity
  return html`${names.map(({ name, at }) => {
    last = Math.max(at, last + 15)
    return html`<text class="name" x="${right + 10}" y="${round(last + 4)}">${name}</text>`
  })}`
}

function shareAxis(y: (share: number) => number): Markup {
  return html`${[0, 0.5, 1].map(
    (share) =>
      html`<text class="tick" x="${left - 10}" y="${y(share) + 4}" text-anchor="end">
        ${100 * share} %
      </text>`
  )}`
}

/** Small k lie close together on a linear axis: a label needs 26 pixels. */
function withoutCrowding(ks: number[], x: (k: number) => number): number[] {
  const kept: number[] = []
  for (const k of ks.toReversed()) {
    if (kept.length === 0 || x(kept.at(-1)!) - x(k) >= 26) kept.push(k)
  }
  return kept.reverse()
}

function byK(reports: FixReport[]): FixReport[] {
  const last = new Map(reports.map((report) => [report.k, report]))
  return [...last.values()].sort((a, b) => a.k - b.k)
}

function describe({ action, reports }: Curve): string {
  const values = reports.map(({ k, edited }) => `${percent(edited.probability)} at k = ${k}`)
  return `${action}: ${values.join(', ')}.`
}
