/**
 * The real ledger, file by file, over a database that is reached through the simulation: each statement goes its
 * way by the timeline, and the real SQL runs when it is to be committed. The model runs the same statement beside
 * it, from the same rows.
 */
import type pg from 'pg';
import { type Database, untilDone } from '../../../src/ledger/database.ts';
import { createLedger } from '../../../src/ledger/ledger.ts';
import type { Statement } from '../../../src/ledger/sql.ts';
import { READS, type Store } from '../database.ts';
import { rowsIn } from '../model/claim.ts';
import type { Tables } from '../model/tables.ts';
import { type Ledger, modelLedger } from '../ports.ts';
import type { Life } from '../timeline.ts';
import type { SqlServer } from './server.ts';
import type { Shadow } from './shadow.ts';

/** Makes the ledger of one process. */
export function realLedger(p: {
  readonly life: Life;
  readonly store: Store;
  readonly server: SqlServer;
  readonly shadow: Shadow;
  /** The database's clock, ms since the epoch. */
  readonly clock: () => number;
  readonly newCampaignId: () => string;
}): Ledger {
  const { life, shadow } = p;
  const rules = shadow.rulesOf();

  /** Sends a statement on its way; `real` runs it. */
  function send<Answer>(
    statement: Statement,
    values: readonly unknown[],
    real: (at: { readonly atMs: number; readonly reads: boolean }) => Promise<Answer>,
  ): Promise<Answer> {
    const name = nameOf(statement.name);
    const rule = rules.take(name);
    const question = LOOKS.has(name) ? `${name} ${JSON.stringify(values)}` : undefined;
    async function ask(): Promise<Answer> {
      const { version } = shadow.seen;
      const answer = await shadow.compare(name, rule, () =>
        real({ atMs: p.clock(), reads: READS.has(name) }),
      );
      if (question !== undefined && shadow.seen.version === version)
        shadow.note(question, rule, answer);
      return answer;
    }
    return untilDone(() =>
      p.store.run({
        ...{ life, name, ...aboutOf(name, values, shadow.seen), begin: () => ask },
        ...(question === undefined ? {} : { look: () => shadow.known<Answer>(question, rule) }),
      }),
    );
  }

  const database: Pick<Database, 'run' | 'copy' | 'connectionString'> = {
    connectionString: 'the simulation',
    run: <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]) =>
      send(statement, values, (at) => p.server.run(statement, values, at) as Promise<Row[]>),
    copy: (rows) => send(rows.statement, rows.values, (at) => p.server.copy(rows, at)),
  };
  let campaignId = '';
  const real = createLedger(
    database as Database,
    { pairLimit: { perDay: 1, perWeek: 2 } },
    { newCampaignId: () => campaignId },
  );
  const model = modelLedger({
    ...{ life, store: rules.store, tables: shadow.tables, snapshot: shadow.snapshot },
    clock: p.clock,
    // Asked for first: the real one takes the same.
    newCampaignId() {
      campaignId = p.newCampaignId();
      return campaignId;
    },
  });
  return sideBySide(model, real, rules.call);
}

/** Calls the model's method, then the real one's, and gives what that one gives. */
function sideBySide(model: Ledger, real: Ledger, call: <T>(run: () => T) => T): Ledger {
  const both = <Port extends object>(ours: Partial<Port>, theirs: Port): Port =>
    Object.fromEntries(
      Object.entries(theirs).map(([name, method]) => [
        name,
        (...args: unknown[]) =>
          call(() => {
            void (ours[name as keyof Port] as Method | undefined)?.(...args);
            return (method as Method).apply(theirs, args);
          }),
      ]),
    ) as Port;
  return {
    sending: both(model.sending, real.sending),
    senders: both(model.senders, real.senders),
    evidence: both(model.evidence, real.evidence),
    silence: both(model.silence, real.silence),
    campaigns: both(model.campaigns, real.campaigns),
    intake: both(model.intake, real.intake),
    people: { suppress: both(model.people, real.people).suppress },
    replies: model.replies,
  };
}

type Method = (...args: unknown[]) => unknown;

/** Asked again and again, and mostly in vain. */
const LOOKS = new Set([
  ...['feed', 'staleBatches', 'sweepLeases', 'pauseBlocked', 'cancelLeft', 'completeCampaigns'],
  ...['takeCheck', 'takeProbe', 'standing', 'expire', 'forgetDeadClaims', 'noteSilence'],
]);

/** Statements of the model have the names of the real ones, in our spelling, but for these. */
const NAMES: Readonly<Record<string, string>> = {
  copy_lines: 'addLines',
  cancel_part: 'cancelRequests',
  retry_part: 'retry',
  campaign: 'campaigns',
  // Those without a name are planned each time; they look for who was asked before.
  '': 'lookAtList',
};

function nameOf(name: string): string {
  return NAMES[name] ?? name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Where a statement has the ids of the requests it names. */
const IDS: Readonly<Record<string, number>> = {
  decideUnclaimed: 1,
  streak: 2,
};

/** The rows it names, and those it brings a proof of acceptance for. */
function aboutOf(
  name: string,
  values: readonly unknown[],
  seen: Tables,
): { readonly touches?: readonly string[]; readonly proves?: readonly string[] } {
  const at = IDS[name];
  if (at !== undefined) return { touches: (values[at] as string[]).map(idOf) };
  if (name === 'claim' || name === 'giveBack')
    return { touches: rowsIn(seen, values[1] as readonly number[]) };
  if (name === 'applyStatuses') {
    const statuses = JSON.parse(String(values[0])) as readonly { request?: string }[];
    const requests = statuses.flatMap(({ request }) => request ?? []);
    return { touches: requests, proves: requests };
  }
  if (name !== 'record' && name !== 'recordCheck') return {};
  const entries = JSON.parse(String(values[0])) as { id: string; outcome: string }[];
  const proofs = entries.filter((one) => one.outcome === 'accepted');
  return {
    touches: entries.map((one) => one.id),
    ...(name === 'record' ? { proves: proofs.map((one) => one.id) } : {}),
  };
}

/** Of `<request>.<fence>`, or of the request alone. */
function idOf(name: string): string {
  return name.split('.')[0] ?? '';
}
