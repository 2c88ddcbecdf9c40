/**
 * What may befall a Postgres that goes on running: it takes no writes, locks, refuses. Each trouble
 * is begun and gives what ends it; what it does to connections that stand it does to all at once.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ActKind } from './plan.ts';
import { APP, asAdmin, type PostgresStore } from './postgres-store.ts';

/** The kinds of acts that are such a trouble. */
export type PostgresTrouble = Extract<
  ActKind,
  | 'cut-backends'
  | 'read-only'
  | 'lock-table'
  | 'rename-database'
  | 'reject-host'
  | 'refuse-connections'
  | 'rotate-password'
  | 'revoke-privileges'
>;

type Begin = (postgres: PostgresStore, which: number) => Promise<() => Promise<unknown>>;

const { role, database } = APP;
const AWAY = `${database}_away`;
/** The tables that most statements need, of those that send and of those that take webhooks. */
const LOCKED = [
  'requests',
  'senders',
  'campaigns',
  'pairs',
  'webhook_deliveries',
  'permissions',
] as const;
/** A superuser may find the server starting, or a database that still has its last guest. */
const PATIENCE_MS = 30_000;
const CUT = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`;

/** How each begins, and what each tells its clients by. */
const TROUBLES: Readonly<Record<PostgresTrouble, Begin>> = {
  /** 57P01, once. */
  'cut-backends': (postgres) => apply(postgres, [CUT], []),
  /** 25006, as after a failover to a standby. */
  'read-only': (postgres) =>
    apply(
      postgres,
      ['alter system set default_transaction_read_only = on', 'select pg_reload_conf()'],
      ['alter system reset default_transaction_read_only', 'select pg_reload_conf()'],
    ),
  /** Nobody is told anything. */
  'lock-table': async (postgres, which) => {
    const holder = await persist(() => open(postgres.witnessUrl));
    const table = LOCKED[Math.floor(which * LOCKED.length)] ?? LOCKED[0];
    await holder.query('begin');
    await holder.query(`lock table ${table} in access exclusive mode`);
    return () => holder.end().catch(() => undefined);
  },
  /** 3D000. */
  'rename-database': (postgres) =>
    apply(
      postgres,
      [
        `alter database ${database} allow_connections false`,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`,
        `alter database ${database} rename to ${AWAY}`,
      ],
      [
        `alter database ${AWAY} rename to ${database}`,
        `alter database ${database} allow_connections true`,
      ],
    ),
  /** 28000. */
  'reject-host': async (postgres) => {
    const before = await readFile(postgres.hbaFile, 'utf8');
    await writeFile(postgres.hbaFile, `host all ${role} all reject\n${before}`);
    await apply(postgres, ['select pg_reload_conf()', CUT], []);
    return async () => {
      await writeFile(postgres.hbaFile, before);
      await run(postgres, ['select pg_reload_conf()']);
    };
  },
  /** 55000. */
  'refuse-connections': (postgres) =>
    apply(
      postgres,
      [`alter database ${database} allow_connections false`, CUT],
      [`alter database ${database} allow_connections true`],
    ),
  /** 28P01. */
  'rotate-password': (postgres) =>
    apply(
      postgres,
      [`alter role ${role} password 'another'`, CUT],
      [`alter role ${role} password '${APP.password}'`],
    ),
  /** 42501, also for the owner. */
  'revoke-privileges': async (postgres) => {
    const all = `all on all tables in schema public`;
    await run(postgres, [`revoke ${all} from ${role}`], postgres.witnessUrl);
    return () => run(postgres, [`grant ${all} to ${role}`], postgres.witnessUrl);
  },
};

/** Whether an act is such a trouble. */
export function isPostgresTrouble(kind: ActKind): kind is PostgresTrouble {
  return kind in TROUBLES;
}

/** Begins one; what it gives ends it. */
export function beginTrouble(
  postgres: PostgresStore,
  p: { readonly kind: PostgresTrouble; readonly which: number },
): Promise<() => Promise<unknown>> {
  return TROUBLES[p.kind](postgres, p.which);
}

/** Has one for so many ms. */
export async function troublePostgres(
  postgres: PostgresStore,
  p: { readonly kind: PostgresTrouble; readonly which: number; readonly forMs: number },
): Promise<void> {
  const end = await beginTrouble(postgres, p);
  await sleep(p.forMs);
  await end();
}

async function apply(
  postgres: PostgresStore,
  begin: readonly string[],
  end: readonly string[],
): Promise<() => Promise<unknown>> {
  await run(postgres, begin);
  return () => run(postgres, end);
}

/** Runs statements in order; each is tried until it works, since all of them may be repeated. */
async function run(
  postgres: PostgresStore,
  statements: readonly string[],
  url = postgres.adminUrl,
): Promise<void> {
  for (const text of statements)
    await persist(() => asAdmin(url, (admin) => admin.query({ text })));
}

async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
