/** What a campaign would come to: for `--dry-run`, and at every start. */
import { type Forecast, forecast } from '../../core/pace/forecast.ts';
import { InfrastructureError, problem } from '../../core/problem.ts';
import type { App } from '../../wiring.ts';
import type { Cli } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';
import { count, span } from './table.ts';
import { when } from './times.ts';

/** Words for the reasons of people who would not be asked. */
const SKIPPED: Readonly<Record<string, string>> = {
  suppressed: 'on the suppression list',
  'already-granted': 'have granted a permission that holds',
  declined: 'declined within seven days',
  'pair-limit': 'asked too often lately',
  'quiet-hours': 'in quiet hours all day',
  expired: 'would be too late',
};

/** Works the forecast of a campaign out, by the budgets that are set here. */
export async function readForecast(
  app: App,
  id: string,
  rates: ReadonlyMap<string, number>,
): Promise<Forecast> {
  const input = await app.ledger.campaigns.forecast(id);
  if (input === undefined) throw thrown(problem('NOT_FOUND', `There is no campaign ${id}.`));
  return forecast(input, { rates });
}

/**
 * The forecast of a list that is in, said in two lines. One that cannot be had, or comes too late, holds
 * nobody up: that is said in one, and the campaign goes on.
 */
export async function forecastAtStart(
  cli: Cli,
  app: App,
  id: string,
  rates: ReadonlyMap<string, number>,
): Promise<Forecast | undefined> {
  try {
    const found = await readForecast(app, id, rates);
    sayForecast(cli, found);
    return found;
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    cli.terminal.say(`No forecast this time (${error.message}); the campaign goes on without one.`);
    return undefined;
  }
}

/** Says it in two lines. */
export function sayForecast(cli: Cli, found: Forecast): void {
  const { say } = cli.terminal;
  const skips = found.skips.map(({ reason, n }) => `${count(n)} ${SKIPPED[reason] ?? reason}`);
  const skipped = skips.length === 0 ? '' : ` Skipped: ${skips.join(', ')}.`;
  if (found.doneAtMs === null) {
    say(`Nobody is to be asked.${skipped}`);
    return;
  }
  const done = when(new Date(found.doneAtMs));
  const later = found.asks - found.withinADay;
  say(
    `${count(found.asks)} people to ask, in about ${span(Math.ceil(found.seconds))} (done ${done}).${skipped}`,
  );
  if (later > 0)
    say(
      `${count(found.withinADay)} of them within 24 hours, ${count(later)} later (budget, pair limit or hours).`,
    );
  for (const sender of found.closed) say(`Sender ${sender} is paused: its people wait.`);
}

/** The same for programs. */
export function forecastJson(found: Forecast): Record<string, unknown> {
  return {
    willAsk: found.asks,
    skipped: Object.fromEntries(found.skips.map(({ reason, n }) => [reason, n])),
    withinADay: found.withinADay,
    seconds: Math.round(found.seconds * 10) / 10,
    doneAt: found.doneAtMs === null ? null : new Date(found.doneAtMs),
    ...(found.closed.length === 0 ? {} : { pausedSenders: found.closed }),
  };
}
