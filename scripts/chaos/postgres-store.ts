/**
 * Postgres of the run: the programs from npm, or those of a package manager in another version. The
 * app's role owns its database and is no superuser; acts are done by the superuser from a database
 * beside it, so that what refuses the app lets the acts be undone.
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { ensureCluster, NAME } from '../../src/embedded-postgres/cluster.ts';
import { onDirectory, prepareLayout } from '../../src/embedded-postgres/layout.ts';
import { freePort } from '../../test/support/free-port.ts';
import { plainEnvironment } from './process.ts';
import { keepAt, type OwnStore } from './stores.ts';

/** Postgres with two ways in. */
export interface PostgresStore extends OwnStore {
  /** The superuser, in a database that no act touches. */
  readonly adminUrl: string;
  /** The superuser in the app's database. */
  readonly witnessUrl: string;
  /** `pg_hba.conf`. */
  readonly hbaFile: string;
}

/** The app's role and its database. */
export const APP = { role: 'chaos_app', database: 'chaos', password: 'chaos' } as const;

/**
 * Makes a Postgres under `dir` and starts it.
 * @param version 18 comes from npm; others are looked for where Debian puts them
 */
export async function startPostgres(dir: string, version: string): Promise<PostgresStore> {
  const found = await prepareLayout({ dataDir: join(dir, 'postgres') });
  const layout = version === '18' ? found : { ...found, native: await installed(version) };
  await ensureCluster(layout);
  const password = (await readFile(layout.password, 'utf8')).trim();
  const port = await freePort();
  const urlOf = (role: string, secret: string, database: string) =>
    `postgres://${role}:${secret}@127.0.0.1:${port}/${database}`;
  const adminUrl = urlOf(NAME, password, 'postgres');
  const { argument, cwd, account } = onDirectory(layout, layout.data);
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // Connections that fell silent stay at the server's end for as long as the run.
    max_connections: '400',
    log_min_messages: 'log',
  };
  const url = urlOf(APP.role, APP.password, APP.database);
  const store = await keepAt(url, 'SIGINT', () => answers(adminUrl), {
    command: join(layout.native, 'bin', 'postgres'),
    args: [
      ...['-D', argument],
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd,
    env: { ...plainEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
    log: join(dir, 'postgres.log'),
    ...(account === undefined ? {} : { account }),
  });
  await asAdmin(adminUrl, async (admin) => {
    await admin.query(`create role ${APP.role} login password '${APP.password}'`);
    await admin.query(`create database ${APP.database} owner ${APP.role}`);
  });
  return {
    ...store,
    adminUrl,
    witnessUrl: urlOf(NAME, password, APP.database),
    hbaFile: join(layout.data, 'pg_hba.conf'),
  };
}

/** Runs something on a connection of its own, which may write whatever the defaults say. */
export async function asAdmin<T>(url: string, use: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    options: '-c default_transaction_read_only=off',
  });
  admin.on('error', () => undefined);
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.end().catch(() => undefined);
  }
}

async function installed(version: string): Promise<string> {
  const native = `/usr/lib/postgresql/${version}`;
  await access(join(native, 'bin', 'initdb')).catch((cause: unknown) => {
    throw new Error(`no Postgres ${version} in ${native}: apt-get install postgresql-${version}`, {
      cause,
    });
  });
  return native;
}

async function answers(url: string): Promise<boolean> {
  return asAdmin(url, (admin) => admin.query('select 1')).then(
    () => true,
    () => false,
  );
}
