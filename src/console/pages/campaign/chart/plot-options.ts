/** How the chart is drawn: colours from the page's own, times and numbers in the reader's locale. */
import type UPlot from 'uplot';
import { asNumber } from '../../../format.ts';
import { texts } from '../../../texts.ts';

const LINE_WIDTH = 2;
/** Room for five digits and their unit. */
const AXIS_WIDTH = 68;
/** A chart that has just begun is as wide as a minute, and has no two ticks within a second: their times would be the same. */
const LEAST_SECONDS = 60;
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600];
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Options for a plot in that element. */
export function optionsFor(parent: HTMLElement, height: number): UPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const ink = colour('--mantine-color-dimmed');
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid };
  const inUnit = (unit: (n: string) => string) => (_plot: UPlot, values: number[]) =>
    values.map((n) => unit(asNumber(n)));
  return {
    width: Math.max(120, parent.clientWidth),
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: (_plot, from, to) => [Math.min(from, to - LEAST_SECONDS), to] },
      rate: { range: (_plot, _low, high) => [0, Math.max(1, (high ?? 0) * 1.1)] },
      ms: { range: (_plot, _low, high) => [0, Math.max(10, (high ?? 0) * 1.2)] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        incrs: SECONDS,
        values: (_plot, values) => values.map((s) => clock.format(new Date(s * 1_000))),
      },
      { ...axis, scale: 'rate', size: AXIS_WIDTH, values: inUnit(texts.campaigns.perSecond) },
      {
        ...{ ...axis, scale: 'ms', side: 1, size: AXIS_WIDTH, grid: { show: false } },
        values: inUnit(texts.campaign.milliseconds),
      },
    ],
    series: [
      {},
      {
        scale: 'rate',
        stroke: colour('--chart-rate'),
        width: LINE_WIDTH,
        fill: colour('--chart-rate-fill'),
        points: { show: false },
      },
      {
        scale: 'rate',
        stroke: colour('--chart-allowed'),
        width: LINE_WIDTH,
        dash: [6, 4],
        points: { show: false },
      },
      {
        scale: 'ms',
        stroke: colour('--chart-latency'),
        width: LINE_WIDTH,
        dash: [2, 3],
        points: { show: false },
      },
    ],
  };
}
