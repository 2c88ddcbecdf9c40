/** The rate against what is allowed, and how long messages take, as a picture, as a sentence, and as a table for those who see none. */
import 'uplot/dist/uPlot.min.css';
import { Table, Text, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { asDecimal, asExactTime, asNumber } from '../../../format.ts';
import { texts } from '../../../texts.ts';
import type { LiveCampaign } from '../use-live-campaign.ts';
import classes from './pace-chart.module.css';
import { columnsOf, isEmpty, type PaceColumns } from './pace-history.ts';
import { optionsFor } from './plot-options.ts';
import { usePace } from './use-pace.ts';

const HEIGHT = 220;
const TABLE_LINES = 10;

/** The chart. @param p.isLive the counts are those of now; else its lines have a gap */
export function PaceChart({
  campaign,
  isLive,
}: {
  readonly campaign: LiveCampaign;
  readonly isLive: boolean;
}) {
  const columns = columnsOf(usePace(campaign, isLive));
  const { campaign: text } = texts;
  const last = <T,>(values: readonly (T | null)[]) => values.at(-1) ?? null;
  const [rate, allowed] = [last(columns.rates), last(columns.allowed)];
  const latency = last(columns.latencies);
  if (isEmpty(columns)) return <Text c="dimmed">{nothingOf(campaign)}</Text>;
  const summary = [
    rate === null || allowed === null
      ? campaign.state === 'paused'
        ? text.chartStands
        : text.chartNow
      : text.chartText(asDecimal(rate), asDecimal(allowed)),
    ...(latency === null ? [] : [text.chartTook(text.milliseconds(asNumber(Math.round(latency))))]),
  ].join(' ');
  return (
    <figure className={classes.figure}>
      <ul className={classes.legend} aria-hidden>
        <li data-line="rate">{text.chartRate}</li>
        <li data-line="allowed">{text.chartAllowed}</li>
        <li data-line="latency">{text.chartLatency}</li>
      </ul>
      <Plot columns={columns} label={text.chart} />
      <Text component="figcaption" size="sm" c="dimmed">
        {summary}
      </Text>
      <details>
        <summary>{text.chartTable}</summary>
        <Numbers columns={columns} />
      </details>
    </figure>
  );
}

function nothingOf({ state }: LiveCampaign): string {
  const text = texts.campaign;
  if (state === 'paused') return text.chartPaused;
  return state === 'draft' ? text.chartDraft : text.chartNone;
}

function Plot({ columns, label }: { readonly columns: PaceColumns; readonly label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return undefined;
    const made = new UPlot(optionsFor(parent, HEIGHT), [[]], parent);
    plot.current = made;
    const fit = new ResizeObserver(() =>
      made.setSize({ width: Math.max(120, parent.clientWidth), height: HEIGHT }),
    );
    fit.observe(parent);
    return () => {
      fit.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [scheme]);
  useEffect(() => {
    const { times, rates, allowed, latencies } = columns;
    plot.current?.setData([[...times], [...rates], [...allowed], [...latencies]]);
  });
  return <div ref={box} role="img" aria-label={label} className={classes.plot} />;
}

function Numbers({ columns }: { readonly columns: PaceColumns }) {
  const text = texts.campaign;
  const lines = columns.times.map((at, i) => ({
    at,
    rate: columns.rates[i],
    allowed: columns.allowed[i],
    latency: columns.latencies[i],
  }));
  return (
    <Table aria-label={text.chartTable}>
      <Table.Thead>
        <Table.Tr>
          {[text.chartTime, text.chartRate, text.chartAllowed, text.chartLatency].map((title) => (
            <Table.Th key={title}>{title}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.slice(-TABLE_LINES).map(({ at, rate, allowed, latency }) => (
          <Table.Tr key={at}>
            <Table.Td>{asExactTime(new Date(at * 1_000).toISOString())}</Table.Td>
            <Table.Td>{asDecimal(rate)}</Table.Td>
            <Table.Td>{asDecimal(allowed)}</Table.Td>
            <Table.Td>{asDecimal(latency)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
