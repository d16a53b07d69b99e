/** The report's style sheet: two themes of equal care, and paper. */
import { html } from './html.ts'

export const styleElement = html`<style>
  :root {
    color-scheme: light dark;
    --page: #fbfbfa;
    --panel: #ffffff;
    --ink: #1d1f21;
    --quiet: #5c6166;
    --line: #d9dbdd;
    --accent: #1f5fbf;
    --baseline: #6b7075;
    --control: #8a6d1f;
    --against: 224 108 0;
    --for: 40 110 220;
    --shade: 0.5;
    --caution: #fff4e0;
    --caution-line: #d98200;
    --removed: #9a3b00;
    --added: #1b5cb8;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #17191b;
      --panel: #1f2224;
      --ink: #e6e7e8;
      --quiet: #a2a8ad;
      --line: #3a3f43;
      --accent: #7db2ff;
      --baseline: #a2a8ad;
      --control: #d9b44a;
      --against: 255 140 40;
      --for: 90 155 255;
      --shade: 0.55;
      --caution: #33291a;
      --caution-line: #e09a2d;
      --removed: #ffab73;
      --added: #8fbcff;
    }
  }
  @media print {
    :root {
      color-scheme: light;
      --page: #ffffff;
      --panel: #ffffff;
      --ink: #000000;
      --quiet: #444444;
      --line: #bbbbbb;
      --accent: #1f5fbf;
      --baseline: #6b7075;
      --control: #8a6d1f;
      --against: 224 108 0;
      --for: 40 110 220;
      --shade: 0.45;
      --caution: #ffffff;
      --caution-line: #d98200;
      --removed: #9a3b00;
      --added: #1b5cb8;
    }
  }
  * {
    box-sizing: border-box;
  }
  body {
    margin: 0 auto;
    padding: 32px 24px 64px;
    max-width: 1040px;
    background: var(--page);
    color: var(--ink);
    font:
      15px/1.5 system-ui,
      sans-serif;
    font-variant-numeric: tabular-nums;
    print-color-adjust: exact;
    -webkit-print-color-adjust: exact;
  }
  h1 {
    font-size: 24px;
    line-height: 1.25;
    margin: 0 0 4px;
  }
  h2 {
    font-size: 19px;
    margin: 40px 0 8px;
  }
  h3 {
    font-size: 15px;
    margin: 24px 0 4px;
  }
  p {
    margin: 8px 0;
    max-width: 70ch;
  }
  .quiet {
    color: var(--quiet);
  }
  .lead {
    font-size: 17px;
  }
  section.fix {
    border-top: 1px solid var(--line);
    margin-top: 32px;
  }
  blockquote {
    margin: 16px 0;
    padding: 12px 16px;
    max-width: 76ch;
    background: var(--panel);
    border: 1px solid var(--line);
    border-left: 4px solid var(--accent);
    border-radius: 4px;
    font-size: 17px;
    overflow-wrap: anywhere;
  }
  .caution {
    background: var(--caution);
    border: 1px solid var(--caution-line);
    border-radius: 4px;
    padding: 8px 12px;
  }
  .charts {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    margin: 16px 0;
  }
  figure {
    margin: 0;
    max-width: 100%;
  }
  figcaption {
    font-weight: 600;
    font-size: 14px;
  }
  svg.chart {
    display: block;
    max-width: 100%;
    height: auto;
    overflow: visible;
  }
  svg text {
    font:
      12px system-ui,
      sans-serif;
    fill: var(--ink);
  }
  svg .tick,
  svg .caption {
    fill: var(--quiet);
  }
  svg .grid {
    stroke: var(--line);
    stroke-width: 1;
  }
  svg .pair {
    stroke: var(--quiet);
    stroke-width: 1;
    opacity: 0.45;
  }
  svg .baseline {
    --colour: var(--baseline);
  }
  svg .control {
    --colour: var(--control);
  }
  svg .edited,
  svg .remove {
    --colour: var(--accent);
  }
  svg .pad {
    --colour: var(--control);
  }
  svg .dot {
    stroke: var(--colour);
    stroke-width: 1.6;
    fill: var(--panel);
  }
  svg .dot.fixed {
    fill: var(--colour);
    fill-opacity: 0.8;
  }
  svg .bar {
    stroke: var(--colour);
    stroke-width: 2;
  }
  svg .line {
    stroke: var(--colour);
    stroke-width: 2;
    fill: none;
  }
  svg .pad .line {
    stroke-dasharray: 6 4;
  }
  svg .baseline .line {
    stroke-dasharray: 2 4;
  }
  svg .band {
    fill: var(--colour);
    opacity: 0.14;
  }
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    margin: 8px 0;
    font-size: 14px;
  }
  th {
    text-align: left;
    font-weight: 600;
    color: var(--quiet);
  }
  th,
  td {
    padding: 4px 16px 4px 0;
    border-bottom: 1px solid var(--line);
    vertical-align: top;
  }
  td {
    overflow-wrap: break-word;
  }
  td:last-child,
  th:last-child {
    padding-right: 0;
  }
  .number {
    text-align: right;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  thead th.number {
    white-space: normal;
    vertical-align: bottom;
  }
  span.number {
    text-align: inherit;
  }
  td.text,
  table.diff td:last-child {
    min-width: 24ch;
    max-width: 76ch;
    overflow-wrap: anywhere;
  }
  bdi {
    white-space: pre-line;
  }
  /* A long text scrolls within its row; printed, it is whole. */
  @media screen {
    td.text > bdi,
    table.diff td:last-child bdi {
      display: block;
      max-height: 12em;
      overflow-y: auto;
    }
  }
  .why {
    color: var(--quiet);
    font-size: 13px;
  }
  mark {
    color: inherit;
    border-radius: 2px;
    padding: 1px 0;
    background: rgb(var(--tone) / calc(var(--share) * var(--shade)));
  }
  mark.against {
    --tone: var(--against);
    text-decoration: underline dotted 1px;
    text-underline-offset: 3px;
  }
  mark.for {
    --tone: var(--for);
  }
  del {
    color: var(--removed);
    text-decoration: line-through;
  }
  ins {
    color: var(--added);
    text-decoration: underline;
  }
  details {
    margin: 8px 0;
  }
  summary {
    cursor: pointer;
    color: var(--quiet);
  }
  a {
    color: var(--accent);
  }
  code,
  pre {
    font:
      13px/1.5 ui-monospace,
      monospace;
  }
  pre {
    background: var(--panel);
    border: 1px solid var(--line);
    border-radius: 4px;
    padding: 8px 12px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  @media print {
    body {
      padding: 0;
      max-width: none;
      font-size: 10.5pt;
    }
    figure,
    tr,
    blockquote,
    .caution {
      break-inside: avoid;
    }
    h2,
    h3 {
      break-after: avoid;
    }
    .table {
      overflow: visible;
    }
    details::details-content {
      content-visibility: visible;
      block-size: auto;
    }
  }
</style>`
