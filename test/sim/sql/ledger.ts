/**
 * The real ledger, file by file, over a database that is reached through the simulation: each statement goes its
 * way by the timeline, and the real SQL runs when it is to be committed.
 */
import type pg from 'pg';
import { type Database, untilDone } from '../../../src/ledger/database.ts';
import { createLedger } from '../../../src/ledger/ledger.ts';
import { READS, type Store } from '../database.ts';
import type { Ledger } from '../ports.ts';
import type { Life, Timeline } from '../timeline.ts';
import type { SqlServer } from './server.ts';

/** Makes the ledger of one process. */
export function realLedger(p: {
  readonly life: Life;
  readonly store: Store;
  readonly server: SqlServer;
  readonly timeline: Timeline;
  /** The database's clock, ms since the epoch. */
  readonly clock: () => number;
  readonly newCampaignId: () => string;
  /** Statements that the model does not have take no time, so that both runs are the same. */
  readonly isAsModel: boolean;
}): Ledger {
  let last = '';
  const database: Pick<Database, 'run' | 'connectionString'> = {
    connectionString: 'the simulation',
    run<Row extends pg.QueryResultRow>(
      statement: { readonly name: string; readonly text: string },
      values: readonly unknown[],
    ) {
      const name = nameOf(statement.name);
      const ask = () =>
        p.server.run(statement, values, {
          atMs: p.clock(),
          reads: READS.has(name),
        }) as Promise<Row[]>;
      const isExtra = EXTRA.has(name) || (name === 'campaigns' && MAKING.has(last));
      last = name;
      if (p.isAsModel && isExtra) {
        const answer = ask();
        p.timeline.standStillFor(answer);
        return answer;
      }
      return untilDone(() =>
        p.store.run({
          ...{ life: p.life, name, ...aboutOf(name, values), begin: () => ask },
          ...(POLLS.has(name) ? { poll: `${name} ${JSON.stringify(values)}` } : {}),
        }),
      );
    },
  };
  return createLedger(
    database as Database,
    { pairLimit: { perDay: 1, perWeek: 2 } },
    p.newCampaignId,
  );
}

/** Statements that the model has no rule for: they read back, or change what it does not hold. */
const EXTRA = new Set(['expire', 'forgetDeadClaims', 'senders', 'campaignByKey', 'uncertainRow']);
/** Looks that are taken again and again. */
const POLLS = new Set([
  ...['feed', 'staleQueued', 'sweepLeases', 'pauseBlocked', 'cancelLeft', 'completeCampaigns'],
  ...['takeCheck', 'takeProbe', 'budget', 'standing', 'expire', 'forgetDeadClaims'],
]);
const MAKING = new Set(['createCampaign', 'campaignByKey']);

/** Statements of the model have the names of the real ones, in our spelling. */
function nameOf(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Where a statement has the ids of the requests it names. */
const IDS: Readonly<Record<string, number>> = {
  claim: 1,
  turnAway: 1,
  giveBack: 0,
  refeed: 0,
  streak: 2,
};

/** The rows it names, and those it brings a proof of acceptance for. */
function aboutOf(
  name: string,
  values: readonly unknown[],
): { readonly touches?: readonly string[]; readonly proves?: readonly string[] } {
  const at = IDS[name];
  if (at !== undefined) return { touches: (values[at] as string[]).map(idOf) };
  if (name === 'applyStatus') {
    const requests = values[0] === null ? [] : [String(values[0])];
    return { touches: requests, proves: requests };
  }
  if (name !== 'record' && name !== 'recordCheck') return {};
  const entries = JSON.parse(String(values[0])) as { id: string; outcome: string }[];
  return {
    touches: entries.map((one) => one.id),
    ...(name === 'record'
      ? { proves: entries.filter((one) => one.outcome === 'accepted').map((one) => one.id) }
      : {}),
  };
}

/** Of `<request>.<fence>`, or of the request alone. */
function idOf(name: string): string {
  return name.split('.')[0] ?? '';
}
