/** What a campaign led to, for people: a line a step, with bars on a terminal. */
import type { Funnel } from '../../replies/funnel.ts';
import { count, printable, span } from '../../telemetry/words.ts';
import { table } from './table.ts';

/** Columns of the longest bar: with label, count and share it fits into 80. */
const BAR = 36;

/**
 * The funnel; empty where Meta took nobody.
 * @param isDrawn with bars, for a terminal
 */
export function funnelText(funnel: Funnel, isDrawn: boolean): string {
  if (funnel.accepted === 0) return '';
  const { accepted, held, granted, failed, priced, medianAnswerS, byLanguage } = funnel;
  const { temporary, permanent } = granted;
  const steps: readonly (readonly [string, number])[] = [
    ['asked', funnel.asked],
    ['accepted', accepted],
    ['delivered', funnel.delivered],
    ['read', funnel.read],
    ['granted', temporary + permanent],
    ['declined', funnel.declined],
    ['no answer yet', funnel.noAnswer],
  ];
  const most = Math.max(...steps.map(([, n]) => n));
  const rows = steps.map(([name, n]) => [
    name,
    count(n),
    name === 'asked' ? '' : share(n, accepted),
    ...(isDrawn ? [bar(n, most)] : []),
  ]);
  const notes = [
    ...(temporary + permanent > 0
      ? [`granted: ${count(temporary)} for a time, ${count(permanent)} without an end`]
      : []),
    ...(medianAnswerS === null ? [] : [`half of the answers came within ${span(medianAnswerS)}`]),
    ...(held > 0 ? [`held back by Meta at first: ${count(held)}`] : []),
    ...failed.map(({ code, n, meaning }) => {
      const why = meaning === null ? '' : `: ${printable(meaning, 300)}`;
      return `not delivered: ${count(n)}${code === null ? '' : ` by code ${code}`}${why}`;
    }),
    ...priced.map(
      ({ type, category, isFree, n }) =>
        `charged: ${count(n)} as ${printable(`${category}, ${type}`, 80)}${isFree ? ', free' : ''}`,
    ),
    ...(byLanguage.length > 1
      ? byLanguage.map(
          ({ language, delivered, read, granted, declined }) =>
            `${printable(language, 20)}: ${count(delivered)} delivered, ${count(read)} read, ${count(granted)} granted, ${count(declined)} declined`,
        )
      : []),
  ];
  return [
    table([['', 'people', 'of accepted'], ...rows], ['left', 'right', 'right']),
    ...notes,
  ].join('\n');
}

function share(n: number, of: number): string {
  return `${((100 * n) / of).toFixed(n === of || n === 0 ? 0 : 1)}%`;
}

function bar(n: number, most: number): string {
  if (n === 0) return '';
  return '█'.repeat(Math.max(1, Math.round((BAR * n) / most)));
}
