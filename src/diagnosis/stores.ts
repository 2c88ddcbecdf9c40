/** What a diagnosis finds in the database, the queue and on this machine. */
import { pausedQueues } from '../campaign/paused-queues.ts';
import type { Config } from '../config/config.ts';
import { within } from '../core/within.ts';
import { type App, lookAtSpool } from '../wiring.ts';
import { attempt } from './attempt.ts';
import type { Finding } from './finding.ts';
import type { Ground } from './ground.ts';
import { isSimulator } from './is-simulator.ts';
import {
  checkDisk,
  clockFinding,
  databaseFindings,
  movedClockFindings,
  queueFindings,
  userFinding,
} from './store-findings.ts';
import { newsFindings, webhookFindings } from './webhook-findings.ts';

/** How long the queue may take to answer, in ms. */
const QUEUE_PING_MS = 3_000;

/** How long the ledger may take to say whose queues there are, in ms. */
const LIST_MS = 2_000;

/** Parts of deliveries that could not be read, as many as are told. */
const UNREAD_PARTS = 3;

/** Of so many of the newest campaigns it is looked whether Meta took requests lately. */
const CAMPAIGNS = 20;
const DAY_MS = 86_400_000;

/**
 * Database, queue and this machine; each is looked at by itself.
 * @example const findings = await storeFindings(groundOfCommand(config, log));
 */
export async function storeFindings(ground: Ground): Promise<readonly Finding[]> {
  const { config } = ground;
  const seen: Clocks = { advancedMs: 0 };
  const looks = () =>
    Promise.all([
      attempt(ground, 'spool', () => checkSpool(config)),
      attempt(ground, 'disk', () => checkDisk(config)),
      attempt(ground, 'queue', () => ground.withApp('needed', (app) => checkQueue(app, seen))),
      attempt(ground, 'webhooks', () => ground.withApp('none', checkWebhooksAndNews)),
    ]);
  const first = attempt(ground, 'database', () =>
    ground.withApp('none', (app) => checkDatabase(app, seen)),
  );
  // What a command opens is opened in turn; what a service has open is looked at at once.
  if (!ground.isOpened) await first;
  const isBroken = (found: readonly Finding[]) => found.some(({ level }) => level === 'fail');
  if (!ground.isOpened && isBroken(await first)) {
    const spool = await attempt(ground, 'spool', () => checkSpool(config));
    const disk = await attempt(ground, 'disk', () => checkDisk(config));
    return [...(await first), ...spool, ...disk, notOpened()];
  }
  const [database, [spool, disk, queue, webhooks]] = await Promise.all([first, looks()]);
  const clock = seen.aheadMs === undefined ? [] : [clockFinding(seen.aheadMs, seen.queueAheadMs)];
  const moved = movedClockFindings(seen.advancedMs, config.graphBaseUrl);
  const rest = isBroken(database) ? [] : webhooks;
  return [...database, ...spool, ...disk, ...queue, ...clock, ...moved, ...rest];
}

/** What the looks at database and queue learn of their clocks on the way. */
interface Clocks {
  aheadMs?: number;
  advancedMs: number;
  queueAheadMs?: number | undefined;
}

async function checkDatabase(app: App, seen: Clocks): Promise<readonly Finding[]> {
  seen.aheadMs = await app.ledger.aheadMs();
  seen.advancedMs = await app.ledger.advancedMs();
  return [...(await databaseFindings(app)), await userFinding(app)];
}

async function checkQueue(app: App, seen: Clocks): Promise<readonly Finding[]> {
  await app.queue.ping(QUEUE_PING_MS);
  const facts = await app.queueFacts();
  seen.queueAheadMs = facts.aheadMs;
  return queueFindings(facts, await pausedOf(app));
}

async function checkWebhooksAndNews(app: App): Promise<readonly Finding[]> {
  return [...(await checkWebhooks(app)), ...(await checkNews(app))];
}

function notOpened(): Finding {
  const message = 'Not looked at: it is opened after the database.';
  return { check: 'queue', code: 'NOT_LOOKED_AT', level: 'warn', message };
}

/** Nobody where the ledger does not say whom there is: the queue is looked at all the same. */
async function pausedOf({ ledger, queue }: App): Promise<readonly string[]> {
  const senders = await within(LIST_MS, ledger.senders.list()).catch(() => []);
  return pausedQueues(
    queue,
    senders.map(({ senderId }) => senderId),
  );
}

async function checkWebhooks({ config, ledger }: App): Promise<readonly Finding[]> {
  const store = ledger.webhooks;
  const now = new Date();
  const newest = await ledger.campaigns.list({ limit: CAMPAIGNS });
  return webhookFindings({
    standing: await store.standing(),
    unread: await store.unreadParts({ most: UNREAD_PARTS }),
    now,
    hasAsked: newest.some(
      ({ counts, endedAt }) =>
        counts.accepted > 0 && (endedAt ?? now).getTime() > now.getTime() - DAY_MS,
    ),
    hasSecret: config.appSecrets.length > 0,
    hasVerifyToken: config.webhookVerifyToken !== undefined,
    isSimulator: await isSimulator(config.graphBaseUrl),
  });
}

async function checkNews({ ledger }: App): Promise<readonly Finding[]> {
  const { replies } = ledger;
  return newsFindings({
    account: await replies.accountNews(),
    templates: await replies.templateNews(),
    senders: await replies.senders(),
    now: new Date(),
  });
}

/** A line only where something waits. */
async function checkSpool(config: Config): Promise<readonly Finding[]> {
  const files = await lookAtSpool(config);
  return files.map(({ path, count }) => ({
    check: 'spool',
    code: count === undefined ? 'SPOOL_UNREADABLE' : 'OUTCOMES_WAIT',
    level: 'warn',
    message:
      count === undefined
        ? `${path} is no spool file that this version can read.`
        : `${count} outcomes wait in ${path}: they could not be written when a sender ended.`,
    next: 'Start `callpermit sender` with the database they belong to; it takes them. Do not delete it.',
  }));
}
