/** The ledger as one thing: the truth about campaigns and requests, in Postgres. */
import type {
  AuditStore,
  CampaignStore,
  EventStore,
  EvidenceStore,
  FiguresStore,
  ForgettingStore,
  HistoryStore,
  IntakeStore,
  KeyStore,
  PeopleStore,
  PermissionBook,
  ReplyStore,
  RequestStore,
  SenderStore,
  SendingStore,
  SilenceStore,
  UserStore,
} from '../core/ports/index.ts';
import type { WebhookStore } from '../core/ports/webhooks.ts';
import { auditStore } from './audit.ts';
import { SENDER_LIMITS } from './bounded-query.ts';
import { campaignStore } from './campaigns.ts';
import type { Database } from './database.ts';
import { eventStore } from './events.ts';
import { evidenceStore } from './evidence.ts';
import { figuresStore } from './figures.ts';
import { forgettingStore } from './forget.ts';
import { forgottenGate } from './forgotten.ts';
import { historyStore } from './histories.ts';
import { intakeStore } from './intake.ts';
import { keyStore } from './keys.ts';
import { migrate } from './migrate.ts';
import { peopleStore } from './people.ts';
import { permissionBook } from './permission-book.ts';
import { replyStore } from './replies.ts';
import { requestStore } from './requests.ts';
import { senderStore } from './senders.ts';
import type { LedgerSettings } from './sending.ts';
import { sendingStore } from './sending.ts';
import { silenceStore } from './silence.ts';
import { createSingles } from './singles.ts';
import { userStore } from './users.ts';
import { webhookStore } from './webhooks.ts';

/** Everything the ledger can do, by the port it serves. */
export interface Ledger {
  readonly campaigns: CampaignStore;
  readonly intake: IntakeStore;
  readonly requests: RequestStore;
  readonly histories: HistoryStore;
  readonly sending: SendingStore;
  readonly senders: SenderStore;
  readonly evidence: EvidenceStore;
  readonly people: PeopleStore;
  readonly replies: ReplyStore;
  readonly book: PermissionBook;
  readonly silence: SilenceStore;
  readonly webhooks: WebhookStore;
  readonly forgetting: ForgettingStore;
  readonly keys: KeyStore;
  readonly users: UserStore;
  readonly audit: AuditStore;
  readonly events: EventStore;
  readonly figures: FiguresStore;
  /** The ledger's own id, made with its schema. */
  identity(): Promise<string>;
  /** The version of Postgres, as it says it. */
  serverVersion(): Promise<string>;
  /** How far the database's clock is ahead of this machine's, in ms. */
  aheadMs(): Promise<number>;
  /** How far `advanceClock` has moved the ledger's time, in ms. */
  advancedMs(): Promise<number>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Moves the ledger's `now_()` on by so many ms, for tests; gives the time it is now. */
  advanceClock(ms: number): Promise<Date>;
  /** Brings the schema up to date; names the migrations that ran. */
  migrate(): Promise<readonly string[]>;
}

const ADVANCE = {
  name: 'advance_clock',
  text: "update ledger_clock set ahead = ahead + $1 * interval '1 ms' returning statement_timestamp() + ahead as now",
};
const IDENTITY = { name: 'identity', text: 'select id::text from ledger_identity' };
const VERSION = {
  name: 'server_version',
  text: "select split_part(current_setting('server_version'), ' ', 1) as version",
};
const CLOCK = {
  name: 'clock',
  text: 'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
};
const ADVANCED = {
  name: 'advanced',
  text: 'select extract(epoch from ahead)::float8 * 1000 as ms from ledger_clock',
};
const PING = { name: 'ping', text: 'select 1' };

/**
 * Makes the ledger over a database.
 * @param more.people the same database by connections of their own, for what people read and hand in: a list of
 *   campaigns that eight of them look at, or a loader, would else have all those that claims need
 * @param more.arriving the same database by connections of their own, for webhooks as they come
 * @param more.applying and by others what came of them goes in, so that no claim waits for a thousand statuses
 * @param more.telling and by others what changed is told to subscribers
 * @param more.figures and by another one for who watches from outside
 * @param more.newCampaignId instead of drawing ids at random
 */
export function createLedger(
  database: Database,
  settings: LedgerSettings,
  more: {
    readonly people?: Database;
    readonly arriving?: Database;
    readonly applying?: Database;
    readonly telling?: Database;
    readonly figures?: Database;
    readonly newCampaignId?: () => string;
  } = {},
): Ledger {
  const { people = database, arriving = database, applying = database, newCampaignId } = more;
  const { telling = people, figures = people } = more;
  const sender: Database = {
    ...database,
    run: (statement, values, limits = SENDER_LIMITS) => database.run(statement, values, limits),
  };
  const forgotten = forgottenGate(people, settings.forgetKey);
  return {
    campaigns: campaignStore(people, settings, newCampaignId),
    intake: {
      ...intakeStore(people, forgotten),
      makeSingle: createSingles(people, forgotten, newCampaignId),
    },
    forgetting: forgettingStore(people, settings.forgetKey),
    requests: requestStore(people),
    histories: historyStore(people),
    sending: sendingStore(sender, settings),
    senders: { ...senderStore(sender), list: senderStore(people).list },
    evidence: evidenceStore(database, { people, applying }),
    people: peopleStore(people),
    replies: replyStore(applying),
    book: permissionBook(people),
    silence: silenceStore(sender),
    webhooks: webhookStore(applying, arriving),
    keys: keyStore(people),
    users: userStore(people),
    audit: auditStore(people, settings.auditRetentionDays ?? 0),
    events: eventStore(telling),
    figures: figuresStore(figures),
    async advanceClock(ms) {
      const [row] = await database.run<{ now: Date }>(ADVANCE, [ms]);
      if (row === undefined) throw new Error('the ledger has no clock');
      return row.now;
    },
    async identity() {
      const [row] = await database.run<{ id: string }>(IDENTITY, []);
      if (row === undefined) throw new Error('the ledger has no identity');
      return row.id;
    },
    async serverVersion() {
      const [row] = await database.run<{ version: string }>(VERSION, []);
      return row?.version ?? '';
    },
    async aheadMs() {
      // Twice: the first answer may have waited for a connection.
      await database.run(PING, []);
      const began = Date.now();
      const [row] = await database.run<{ at: number }>(CLOCK, []);
      return (row?.at ?? 0) - (began + Date.now()) / 2;
    },
    async advancedMs() {
      const [row] = await database.run<{ ms: number }>(ADVANCED, []);
      return row?.ms ?? 0;
    },
    ping: async () => {
      await database.run(PING, []);
    },
    migrate: () => migrate(database),
  };
}
