/** What `doctor` says of the database, the queue, the clocks and the disk: facts in, lines out. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pausedQueueLine } from '../campaign/paused-queues.ts';
import type { Config } from '../config/config.ts';
import { isLoopback } from '../config/loopback.ts';
import { counted, room, span } from '../telemetry/words.ts';
import type { App } from '../wiring.ts';
import type { Finding, FindingCode } from './finding.ts';

/** The newest Postgres that all tests run on. */
const NEWEST_POSTGRES = 18;
const MB = 1024 * 1024;
/** A million people take some 700 MB with their indexes, and Postgres as much again while it works on them. */
const DATABASE_ROOM = 2_048 * MB;
/** Outcomes that wait for a database are some 300 bytes each. */
const SPOOL_ROOM = 100 * MB;
/** Below it Postgres itself stops. */
const NO_ROOM = 64 * MB;
/** Clocks kept by NTP are some ms apart. */
const CLOCK_MS = 2_000;

/** The server's version, and what stands before it. */
export async function databaseFindings(app: App): Promise<readonly Finding[]> {
  const version = await app.ledger.serverVersion();
  const { databaseUrl, dataDir } = app.config;
  const where = databaseUrl === undefined ? `embedded, in ${dataDir}` : 'reachable';
  const pooler = poolerText(app);
  const message = `Postgres ${version} ${where}${pooler}; schema up to date.`;
  const isNew = Number.parseInt(version, 10) > NEWEST_POSTGRES;
  return [
    { check: 'database', code: 'DATABASE_READY', level: 'ok', message },
    ...(isNew
      ? [
          {
            check: 'database',
            code: 'DATABASE_UNTESTED' as const,
            level: 'warn' as const,
            message: `Postgres ${version} is newer than ${NEWEST_POSTGRES}, the newest that callpermit is tested on.`,
          },
        ]
      : []),
  ];
}

/** Who can log in by a browser; that nobody can is no fault where programs call alone. */
export async function userFinding({ ledger }: Pick<App, 'ledger'>): Promise<Finding> {
  const users = (await ledger.users.list()).filter(({ disabledAt }) => disabledAt === null);
  const admins = users.filter(({ role }) => role === 'admin').length;
  const message =
    users.length === 0
      ? 'Nobody can log in by a browser yet; the first admin is made by: callpermit user add NAME --role admin'
      : `${counted(users.length, 'user', 'users')} can log in, ${admins} of them as admin.`;
  const code = users.length === 0 ? 'NO_USERS' : 'USERS_CAN_LOG_IN';
  return { check: 'users', code, level: 'ok', message };
}

/** What stands before the database, to follow "reachable"; empty where nothing does. */
export function poolerText({ reach, config }: Pick<App, 'reach' | 'config'>): string {
  if (reach.route === 'direct') return '';
  if (reach.route !== 'transactions') return ' through a pooler that keeps sessions';
  const pooler = ' through a transaction pooler';
  const queue = config.redisUrl === undefined ? ' and new jobs' : '';
  return reach.listenUrl === undefined
    ? `${pooler} (no prepared statements; news of other processes${queue} looked for four times a second: DATABASE_DIRECT_URL would have it told at once)`
    : `${pooler} (no prepared statements; news is heard by DATABASE_DIRECT_URL)`;
}

/** What the queue's server says of itself, and the queues that somebody paused. */
export function queueFindings(
  facts: {
    readonly text: string;
    readonly warnings: readonly string[];
    readonly broken?: string;
  },
  paused: readonly string[],
): readonly Finding[] {
  const { text, warnings, broken } = facts;
  const warned = (code: FindingCode, message: string): Finding => ({
    ...{ check: 'queue', code, level: 'warn', message },
  });
  return [
    { check: 'queue', code: 'QUEUE_READY', level: 'ok', message: `${text}; it answers.` },
    ...(broken === undefined ? [] : [full(broken)]),
    ...warnings.map((warning) => warned('QUEUE_AT_RISK', `${warning}.`)),
    ...paused.map((senderId) => warned('QUEUE_PAUSED', pausedQueueLine(senderId))),
  ];
}

function full(broken: string): Finding {
  return {
    ...{ check: 'queue', code: 'QUEUE_FULL', level: 'fail', unreachable: true },
    message: `${broken}.`,
  };
}

/**
 * The clocks that send times, start times and quiet hours are read from.
 * @param aheadMs the database's clock before this machine's
 * @param queueAheadMs Redis' before this machine's
 */
export function clockFinding(aheadMs: number, queueAheadMs: number | undefined): Finding {
  const apart = [
    ['the database', aheadMs],
    ...(queueAheadMs === undefined ? [] : [['Redis', queueAheadMs] as const]),
  ] as const;
  const wrong = apart.filter(([, ms]) => Math.abs(ms) > CLOCK_MS);
  if (wrong.length === 0)
    return { check: 'clock', code: 'CLOCKS_AGREE', level: 'ok', message: 'All clocks agree.' };
  const differences = wrong.map(
    ([who, ms]) => `${who} is ${seconds(ms)} s ${ms > 0 ? 'ahead of' : 'behind'} this machine`,
  );
  return {
    check: 'clock',
    code: 'CLOCKS_DIFFER',
    level: 'warn',
    message: `The clocks differ: ${differences.join('; ')}.`,
    next: "Start times and quiet hours go by the database's clock: set all by NTP.",
  };
}

/** A ledger whose time was moved on to try things out, where real people would be asked by it. */
export function movedClockFindings(advancedMs: number, graphBaseUrl: string): readonly Finding[] {
  if (advancedMs === 0 || isLoopback(graphBaseUrl)) return [];
  return [
    {
      check: 'clock',
      code: 'CLOCK_MOVED',
      level: 'warn',
      message: `The ledger's time was moved on by ${span(advancedMs / 1_000)} (\`callpermit clock advance\`): people would be asked again before their time.`,
      next: 'Use another database (DATABASE_URL, or DATA_DIR) for real people.',
    },
  ];
}

/** Room where the embedded Postgres is, or where outcomes wait for a database that is away. */
export async function checkDisk(config: Config): Promise<readonly Finding[]> {
  const { bavail, bsize } = await freeOf(config.dataDir);
  const free = bavail * bsize;
  const isHome = config.databaseUrl === undefined;
  const message = `${room(free)} free at ${config.dataDir}.`;
  const next = isHome
    ? `Make room, or set DATA_DIR to another disk: the database is there.`
    : `Make room, or set DATA_DIR to another disk: outcomes wait there while the database is away.`;
  if (free < NO_ROOM) return [{ check: 'disk', code: 'DISK_FULL', level: 'fail', message, next }];
  const enough = isHome ? DATABASE_ROOM : SPOOL_ROOM;
  if (free < enough) return [{ check: 'disk', code: 'DISK_LOW', level: 'warn', message, next }];
  return [{ check: 'disk', code: 'DISK_ROOM', level: 'ok', message, next }];
}

/** Of the folder, or of the nearest one above it that is there already. */
async function freeOf(folder: string): Promise<{ bavail: number; bsize: number }> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      return await statfs(at);
    } catch (error) {
      if (dirname(at) === at) throw error;
    }
  }
}

function seconds(ms: number): string {
  return (Math.abs(ms) / 1_000).toFixed(1);
}
