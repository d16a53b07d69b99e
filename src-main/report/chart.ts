/** What the charts have in common: sizes, a horizontal axis, rows by name, the frame for readers. */
import { html } from './html.ts'
import type { Insertable, Markup } from './html.ts'

export interface ChartFrame {
  /** Unique in the document; a prefix of the ids inside. */
  id: string
  width: number
  height: number
  /** What the chart shows, read aloud and shown on hover. */
  title: string
  /** What is to be seen in it, with the numbers. */
  description: string
}

/** An SVG with its title and description, no wider than the page. */
export function chart(frame: ChartFrame, content: Insertable): Markup {
  const { id, width, height, title, description } = frame
  return html`<svg
    class="chart"
    role="img"
    aria-labelledby="${id}-title ${id}-description"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-description">${description}</desc>
    ${content}
  </svg>`
}

/** A linear map from values to pixels. */
export function scale(values: readonly [number, number], pixels: readonly [number, number]) {
  const [low, high] = values
  const [start, end] = pixels
  return (value: number): number =>
    round(start + ((value - low) / (high - low || 1)) * (end - start))
}

export interface AxisOptions {
  ticks: readonly { value: number; label: string }[]
  position: (value: number) => number
  /** Top and bottom of the grid lines. */
  top: number
  bottom: number
  caption: string
}

/** Vertical grid lines with their labels and the caption of a horizontal axis below. */
export function horizontalAxis({ ticks, position, top, bottom, caption }: AxisOptions): Markup {
  const middle = (position(ticks[0]!.value) + position(ticks.at(-1)!.value)) / 2
  return html`${ticks.map(
      ({ value, label }) => html`
        <line
          class="grid"
          x1="${position(value)}"
          x2="${position(value)}"
          y1="${top}"
          y2="${bottom}"
        />
        <text class="tick" x="${position(value)}" y="${bottom + 16}" text-anchor="middle">
          ${label}
        </text>
      `
    )}<text class="caption" x="${round(middle)}" y="${bottom + 34}" text-anchor="middle">
      ${caption}
    </text>`
}

/** Pixels to a tenth: shorter files, no visible difference. */
export function round(pixels: number): number {
  return Math.round(10 * pixels) / 10
}

/** Shares from 0 to 1 in steps, as ticks. */
export const shareTicks = [0, 0.25, 0.5, 0.75, 1].map((value) => ({
  value,
  label: value.toString()
}))

/** The same in percent. */
export const percentTicks = shareTicks.map(({ value }) => ({ value, label: `${100 * value} %` }))
