/**
 * What a request takes: bytes in its tables once it was sent, and bytes of WAL on its way from the list to the acceptance.
 * Postgres makes room as autovacuum does with the settings of the migrations, which is off in this bench.
 */
import type { ListLine } from '../../src/core/people/recipient.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { acceptedOf, claimOf, fed, resetPace, type Scene } from './ledger-acts.ts';
import { FULL } from './ledger-fill.ts';

/** As many as a sender of 1,000/s claims at once. */
const CLAIMED = 100;
const LINES = 1_000;
/** A twentieth of the list between two rounds of vacuum. */
const ROUNDS = 20;
const TABLES = ['requests', 'pairs', 'request_counts', 'asked_counts', 'attempts', 'wa_ids'];
const PHASES = ['load', 'feed', 'claim', 'record'] as const;

/** Of one request. */
export interface Bytes {
  /** Heap and indexes of each table, and of each index of `requests`. */
  readonly size: Readonly<Record<string, number>>;
  readonly wal: Readonly<Record<(typeof PHASES)[number], number>>;
  /** Of all updates of requests, those that touched no index. */
  readonly hot: number;
}

/** Loads and sends so many in an empty ledger. */
export async function bytesOf(
  { ledger, aside }: Pick<Scene, 'ledger' | 'aside'>,
  people: number,
  checkpoint: () => Promise<void>,
): Promise<Bytes> {
  const wal = { load: 0, feed: 0, claim: 0, record: 0 };
  async function during<T>(phase: keyof typeof wal, run: () => Promise<T>): Promise<T> {
    const before = await position(aside);
    const answer = await run();
    wal[phase] += (await position(aside)) - before;
    return answer;
  }
  await ledger.senders.ensure({ senderId: FULL.sender, messagesPerSecond: 1_000 });
  await checkpoint();
  await during('load', () => load(ledger, people));
  await aside('vacuum analyze');
  for (let sent = 0; sent < people; ) {
    await aside('vacuum requests');
    await aside('vacuum pairs');
    await checkpoint();
    for (const end = sent + people / ROUNDS; sent < end; sent += CLAIMED) {
      const batches = await during('feed', () => fed({ ledger }, CLAIMED));
      await resetPace(aside);
      const { claimed } = await during('claim', () => ledger.sending.claim(claimOf(batches)));
      if (claimed.length !== CLAIMED) throw new Error(`${claimed.length} were claimed`);
      await during('record', () => ledger.sending.record(acceptedOf(claimed)));
    }
  }
  const each = (bytes: number) => bytes / people;
  const [updates] = (
    await aside<{ hot: number }>(
      `select pg_stat_force_next_flush(), n_tup_hot_upd::float8 / greatest(1, n_tup_upd) as hot
       from pg_stat_user_tables where relname = 'requests'`,
    )
  ).rows;
  const size = Object.fromEntries((await sizes(aside)).map(({ name, n }) => [name, each(n)]));
  const perRequest = PHASES.map((phase) => [phase, each(wal[phase])] as const);
  return { size, wal: Object.fromEntries(perRequest) as Bytes['wal'], hot: updates?.hot ?? 0 };
}

async function load(ledger: Ledger, people: number): Promise<void> {
  const made = await ledger.campaigns.create({
    senderId: FULL.sender,
    ...{ template: 'call_permission', language: 'en_US', parameterFormat: 'positional' },
    ...{ headerParameters: [], bodyParameters: ['1'] },
  });
  if (!made.ok) throw new Error(made.error.message);
  const { id } = made.value.campaign;
  const loading = { campaignId: id, loader: 'bench' };
  const stands = await ledger.intake.hold(loading);
  if (stands === undefined) throw new Error('there is no campaign');
  const more = { terms: stands.terms, senderIds: [FULL.sender], language: 'en_US' };
  for (let first = 1; first <= people; first += LINES) {
    const lines = Array.from({ length: Math.min(LINES, people - first + 1) }, (_, i): ListLine => {
      const to = `+4915${String((first + i) * 7919).padStart(9, '0')}`;
      return { kind: 'recipient', recipient: { row: first + i, to, parameters: { 1: 'Ann' } } };
    });
    const added = await ledger.intake.addLines({ ...loading, ...more, lines });
    if (!added.ok) throw new Error(added.error.message);
  }
  const list = { listSha256: 'of the list', lines: people };
  await ledger.intake.finishLoading({ ...loading, ...list });
  await ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
}

async function position(aside: Scene['aside']): Promise<number> {
  const { rows } = await aside<{ n: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as n`,
  );
  return rows[0]?.n ?? Number.NaN;
}

async function sizes(aside: Scene['aside']): Promise<{ name: string; n: number }[]> {
  const list = TABLES.map((name) => `'${name}'`).join();
  const { rows } = await aside<{ name: string; n: number }>(
    `select t.relname || ' ' || x.part as name, x.n::float8 as n
     from pg_class t cross join lateral (values
       ('heap', pg_table_size(t.oid)), ('indexes', pg_indexes_size(t.oid))) x(part, n)
     where t.relkind = 'r' and t.relname in (${list}) and x.n > 0
     union all
     select i.relname, pg_relation_size(i.oid)
     from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = 'requests'::regclass
     order by 2 desc`,
  );
  return rows;
}
