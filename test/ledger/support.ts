/** A ledger over a real Postgres, and the steps that nearly every test of it takes. */
import { afterAll, beforeAll } from '@jest/globals';
import type { QueryResultRow } from 'pg';
import type { CampaignSpec } from '../../src/core/campaign.ts';
import type { ListLine, Recipient } from '../../src/core/people/recipient.ts';
import type {
  ClaimAnswer,
  ClaimedRequest,
  QueuedRow,
  RecordEntry,
} from '../../src/core/ports/index.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { createLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerSettings } from '../../src/ledger/sending.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** Meta's pair limit. */
const SETTINGS: LedgerSettings = {
  pairLimit: { perDay: 1, perWeek: 2 },
};

/** Longer than any test. */
export const LEASE_MS = 600_000;

/** A claim that is already over when it is made: the slot is at most the horizon ahead. */
export const NO_LEASE_MS = -60_000;

/** A ledger of one test file; every test takes senders of its own, so that none sees another's rows. */
export interface TestLedger {
  readonly ledger: Ledger;
  readonly database: Database;
  /** The same database by a ledger with other settings. */
  with(settings: Partial<LedgerSettings>): Ledger;
  rows<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** A sender of its own with so many messages a second. */
  sender(rate?: number): Promise<string>;
  /** A running campaign of so many people (or of these numbers). */
  campaign(senderId: string, people: number | readonly string[], more?: More): Promise<string>;
  /** Writes lines into a `loading` campaign, as its one loader. */
  add(campaignId: string, senderId: string, lines: readonly ListLine[]): Promise<void>;
  /** Feeds and claims all that is due. */
  claim(senderId: string, more?: ClaimMore): Promise<readonly ClaimedRequest[]>;
  /** The state of every request of a campaign, by row. */
  states(campaignId: string): Promise<string[]>;
  /** How often a sender asked a person, by our book. */
  asked(senderId: string, to: string): Promise<number>;
  /** Moves the ledger's time. */
  advance(ms: number): Promise<void>;
}

interface More extends Partial<CampaignSpec> {
  readonly start?: boolean;
  readonly recipient?: Partial<Recipient>;
}

interface ClaimMore {
  readonly claimId?: string;
  readonly worker?: string;
  readonly leaseMs?: number;
  readonly ledger?: Ledger;
}

const LOADER = 'the loader';

let lastNumber = 0;
let lastClaim = 0;

/** A name that no other claim has. */
export function newClaimId(): string {
  lastClaim += 1;
  return `claim.${process.pid}.${lastClaim}`;
}

/** A phone number nobody else has; its digits are its wa_id. */
export function newNumber(): string {
  lastNumber += 1;
  return `+1650${String(1_000_000 + lastNumber)}`;
}

/** Lines of recipients; rows count from 1. */
export function lines(numbers: readonly string[], more: Partial<Recipient> = {}): ListLine[] {
  return numbers.map((to, i) => ({
    kind: 'recipient',
    recipient: { row: i + 1, to, parameters: { 1: 'Ann' }, ...more },
  }));
}

/** What a campaign is made with. */
export function spec(senderId: string, more: Partial<CampaignSpec> = {}): CampaignSpec {
  return {
    senderId,
    template: 't',
    language: 'en',
    parameterFormat: 'positional',
    headerParameters: [],
    bodyParameters: ['1'],
    ...more,
  };
}

/** The record of an accepted one. */
export function accepted(claim: { request: string; fence: number }): RecordEntry {
  return {
    request: claim.request,
    fence: claim.fence,
    state: 'accepted',
    outcome: 'accepted',
    countAttempt: true,
    giveBackAllowance: false,
    wamid: `wamid.${claim.request}.${claim.fence}`,
    messageStatus: 'accepted',
  };
}

/** The record of one whose answer never came. */
export function uncertain(claim: { request: string; fence: number }, delayMs = 0): RecordEntry {
  return {
    request: claim.request,
    fence: claim.fence,
    state: 'uncertain',
    outcome: 'uncertain',
    countAttempt: true,
    giveBackAllowance: false,
    delayMs,
    errorMessage: 'no answer within 30000 ms',
    reason: 'timeout',
  };
}

/** The record of a refusal that is final. */
export function rejected(claim: { request: string; fence: number }, code = 131026): RecordEntry {
  return {
    request: claim.request,
    fence: claim.fence,
    state: 'rejected',
    outcome: 'refused',
    countAttempt: true,
    giveBackAllowance: true,
    errorCode: code,
    errorMessage: 'Message undeliverable',
    reason: 'reject',
  };
}

/** A claim that is given back: nothing of it was written. */
export function unsent(claim: { request: string; fence: number }): RecordEntry {
  return {
    request: claim.request,
    fence: claim.fence,
    state: 'pending',
    outcome: 'unsent',
    countAttempt: false,
    giveBackAllowance: true,
  };
}

/** A value of a list of one; fails when there are more or none. */
export function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length !== 1)
    throw new Error(`expected one, got ${values.length}`);
  return value;
}

/** The ledger of the file that calls this; its database is made and dropped around the tests. */
export function useLedger(settings: Partial<LedgerSettings> = {}): TestLedger {
  let server: TestDatabase | undefined;
  let open: Database | undefined;
  let ledger: Ledger | undefined;
  let senders = 0;

  beforeAll(async () => {
    server = await createTestDatabase();
    open = openDatabase(server.connectionString);
    ledger = createLedger(open, { ...SETTINGS, ...settings });
  });
  afterAll(async () => {
    await open?.close();
    await server?.drop();
  });

  const bench: TestLedger = {
    get ledger() {
      if (ledger === undefined) throw new Error('the ledger is there only once the tests run');
      return ledger;
    },
    get database() {
      if (open === undefined) throw new Error('the database is there only once the tests run');
      return open;
    },
    with: (other) => createLedger(bench.database, { ...SETTINGS, ...settings, ...other }),
    async rows<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      return (await bench.database.pool.query<R>(sql, [...values])).rows;
    },
    async sender(rate = 1_000) {
      senders += 1;
      const senderId = `10654000000${String(senders).padStart(4, '0')}`;
      await bench.ledger.senders.ensure({ senderId, messagesPerSecond: rate });
      return senderId;
    },
    async campaign(senderId, people, more = {}) {
      const { start = true, recipient = {}, ...given } = more;
      const made = await bench.ledger.campaigns.create(spec(senderId, given));
      if (!made.ok) throw new Error(made.error.message);
      const { id } = made.value.campaign;
      const numbers =
        typeof people === 'number' ? Array.from({ length: people }, newNumber) : people;
      await bench.add(id, senderId, lines(numbers, recipient));
      const list = { listSha256: 'of the list', lines: numbers.length };
      await bench.ledger.intake.finishLoading({ campaignId: id, loader: LOADER, ...list });
      if (start) await bench.ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
      return id;
    },
    async add(campaignId, senderId, given) {
      const loading = { campaignId, loader: LOADER };
      const stands = await bench.ledger.intake.hold(loading);
      if (stands === undefined) throw new Error(`there is no campaign ${campaignId}`);
      const more = { terms: stands.terms, senderIds: [senderId], language: 'en', lines: given };
      const added = await bench.ledger.intake.addLines({ ...loading, ...more });
      if (!added.ok) throw new Error(added.error.message);
    },
    async claim(senderId, more = {}) {
      const { ledger: by = bench.ledger } = more;
      const batches = await by.sending.feed({ senderId, limit: 100, batchSize: 250 });
      return claimRows(bench, senderId, batches, { ...more, ledger: by });
    },
    async states(campaignId) {
      const found = await bench.rows<{ state: string }>(
        'select state from requests where campaign_id = $1 order by row',
        [campaignId],
      );
      return found.map((row) => row.state);
    },
    async asked(senderId, to) {
      const found = await bench.rows<{ n: number }>(
        'select cardinality(asks) as n from pairs where sender_id = $1 and person = $2',
        [senderId, to.replace('+', '')],
      );
      return found[0]?.n ?? 0;
    },
    async advance(ms) {
      await bench.rows(`update ledger_clock set ahead = ahead + $1 * interval '1 ms'`, [ms]);
    },
  };
  return bench;
}

/** Feeds so many rows, each in a batch of its own unless told, and gives them by id. */
export async function feedRows(
  bench: Pick<TestLedger, 'ledger' | 'rows'>,
  p: {
    readonly senderId: string;
    readonly limit: number;
    readonly batchSize?: number;
    readonly singlesOnly?: boolean;
  },
): Promise<readonly QueuedRow[]> {
  const fed = await bench.ledger.sending.feed({ batchSize: 1, ...p });
  return rowsOf(bench, fed);
}

/** The rows that wait in batches, by id. */
function rowsOf(bench: Pick<TestLedger, 'rows'>, batches: readonly Batch[]): Promise<QueuedRow[]> {
  return bench.rows<QueuedRow>(
    `select id::text as request, batch::float8 as batch from requests
     where batch = any($1) and state = 'queued' order by id`,
    [batches.map(({ batch }) => batch)],
  );
}

interface Batch {
  readonly batch: number;
}

/** The batches of some rows, or batches, as a claim takes them. */
export function toClaim(of: readonly Batch[]) {
  return [...new Set(of.map(({ batch }) => batch))].map((batch) => ({ batch, served: 0 }));
}

/** Claims what waits in these batches as soon as the pace has room; the send times given out before are taken back. */
export async function claimRows(
  bench: TestLedger,
  senderId: string,
  of: readonly Batch[],
  more: ClaimMore = {},
): Promise<readonly ClaimedRequest[]> {
  return (await claimAnswer(bench, senderId, of, more)).claimed;
}

/** The same, with the whole answer. */
export async function claimAnswer(
  bench: TestLedger,
  senderId: string,
  of: readonly Batch[],
  {
    worker = 'w',
    leaseMs = LEASE_MS,
    ledger = bench.ledger,
    claimId = newClaimId(),
  }: ClaimMore = {},
): Promise<ClaimAnswer> {
  await bench.rows(`update senders set next_slot = '-infinity' where id = $1`, [senderId]);
  return ledger.sending.claim({ senderId, batches: toClaim(of), worker, leaseMs, claimId });
}

/** Everything an async iterable gives. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}
