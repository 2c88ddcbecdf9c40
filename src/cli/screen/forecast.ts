/** What a campaign would come to: for `--dry-run`, and at every start. */
import type { Expected } from '../../campaign/expected.ts';
import type { Forecast } from '../../core/pace/forecast.ts';
import { when } from '../../telemetry/times.ts';
import { count, counted, span } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';

/** Texts for the reasons of people who would not be asked. */
const SKIPPED: Readonly<Record<string, string>> = {
  suppressed: 'on the opt-out list',
  'already-granted': 'with a permission that holds',
  declined:
    'declined or had a permission taken back by Meta within seven days, or took it back themselves',
  'pair-limit': 'asked too often lately',
  'quiet-hours': 'in quiet hours all day',
  expired: 'would be too late',
};

/** Prints what is expected of a list, or why nobody can tell: the campaign goes on without. */
export function printExpected(cli: Cli, { forecast, noForecast }: Expected): void {
  if (forecast !== undefined) printForecast(cli, forecast);
  else if (noForecast !== undefined)
    cli.terminal.note(`No forecast this time (${noForecast}); the campaign goes on without one.`);
}

/** Prints it in two lines. */
export function printForecast(cli: Cli, found: Forecast): void {
  const { note } = cli.terminal;
  const skips = found.skips.map(({ reason, n }) => `${count(n)} ${SKIPPED[reason] ?? reason}`);
  const skipped = skips.length === 0 ? '' : ` Skipped: ${skips.join(', ')}.`;
  if (found.doneAtMs === null) {
    note(`Nobody is to be asked.${skipped}`);
    return;
  }
  const done = when(new Date(found.doneAtMs));
  const later = found.asks - found.withinADay;
  note(
    `${counted(found.asks, 'person', 'people')} to ask, in about ${span(Math.ceil(found.seconds))} (done ${done}).${skipped}`,
  );
  if (later > 0)
    note(
      `${count(found.withinADay)} of them within 24 hours, ${count(later)} later (budget, pair limit or hours).`,
    );
  for (const sender of found.closed) note(`Sender ${sender} is paused: its people wait.`);
}
