/** The four ways in that a list can take, each as its callers use it, over one database and one simulator. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import pg from 'pg';
import type { HandOverOptions } from '../../src/campaign/hand-over-options.ts';
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { problemsOf } from '../../src/cli/run/failure.ts';
import { createProgram } from '../../src/cli/run/program.ts';
import { createClient, type EnqueueInput, ProblemError } from '../../src/index.ts';
import { remembering } from '../cli/support.ts';
import { type Answer, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** What a way in made of a list. */
export interface Handed {
  /** Of the campaign; `undefined` where there is none. */
  readonly id: string | undefined;
  /** Of the problem, where it was refused. */
  readonly code: string | undefined;
  /** What was told of it, a refusal or the answer. */
  readonly said: string;
}

/** Options as a program gives them, and as they are typed. */
export interface Given {
  readonly options: Omit<HandOverOptions, 'template' | 'language'> & Partial<HandOverOptions>;
  readonly typed: readonly string[];
}

/** A way in. */
export type Way = (list: readonly object[], given: Given) => Promise<Handed>;

/** The names of the ways in. */
export const WAYS = ['command line', 'HTTP inline', 'HTTP stream', 'Node'] as const;

/** One more sender, beside the simulator's own. */
export const OTHER_SENDER = '106540352242977';

/** Rows of the ledger. */
export interface Stands {
  readonly campaign: pg.QueryResultRow | undefined;
  readonly requests: readonly pg.QueryResultRow[];
  readonly refused: readonly pg.QueryResultRow[];
}

/** What all four stand on. */
export interface Ground {
  readonly service: Service;
  readonly ways: Readonly<Record<(typeof WAYS)[number], Way>>;
  /** The rows of a campaign, without what no two campaigns share. */
  ledgerOf(id: string | undefined): Promise<Stands | undefined>;
  rows<R extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** Options that go with a streamed list; the rest goes with its campaign. */
const WITH_THE_LIST = [
  ...['strict', 'defaultCountry', 'numbers', 'map', 'ignoreColumns', 'dryRun', 'again'],
];

/** Sets them up for the tests of a file. */
export function setUpWays(): Ground {
  let database: TestDatabase;
  let service: Service;
  let reader: pg.Client;
  let folder: string;
  let env: Readonly<Record<string, string>>;
  const before = { ...process.env };
  let files = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'callpermit-ways-'));
    const senders = join(folder, 'senders.json');
    await writeFile(senders, JSON.stringify([{ phoneNumberId: OTHER_SENDER, token: 'T' }]));
    service = await startService(
      { databaseUrl: database.connectionString },
      { SENDERS_FILE: senders },
    );
    env = {
      ...settingsFor(service.simulator),
      DATABASE_URL: database.connectionString,
      SENDERS_FILE: senders,
    };
    // A client reads its settings from there.
    Object.assign(process.env, env);
    reader = new pg.Client({ connectionString: database.connectionString });
    await reader.connect();
  });

  afterAll(async () => {
    for (const name of Object.keys(env ?? {})) delete process.env[name];
    Object.assign(process.env, before);
    await reader?.end();
    await service?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const answered = ({ status, body, text }: Answer): Handed => ({
    id: status < 300 ? body.id : undefined,
    code: status < 300 ? undefined : body.code,
    said: text,
  });
  const headers = (key: string | undefined): Readonly<Record<string, string>> =>
    key === undefined ? {} : { 'idempotency-key': key };

  const ways: Ground['ways'] = {
    async 'command line'(list, { typed }) {
      const path = join(folder, `list-${++files}.ndjson`);
      await writeFile(path, list.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const { cli, out, err } = remembering({ env });
      try {
        const args = ['enqueue', path, '--json', ...typed];
        await createProgram(cli).parseAsync(args, { from: 'user' });
        const { id } = JSON.parse(out().trim().split('\n').at(-1) ?? '');
        return { id, code: undefined, said: out() + err() };
      } catch (error) {
        const [problem] = problemsOf(error);
        if (problem?.code === 'INTERNAL') throw error;
        return { id: undefined, code: problem?.code, said: problem?.message ?? '' };
      }
    },
    async 'HTTP inline'(list, { options: { idempotencyKey, ...body } }) {
      const call = { body: { ...body, recipients: list }, headers: headers(idempotencyKey) };
      return answered(await service.call('POST', '/v1/campaigns', call));
    },
    async 'HTTP stream'(list, { options: { idempotencyKey, ...options } }) {
      const { start = true, ...said } = options;
      const entries = Object.entries(said);
      const body = Object.fromEntries(entries.filter(([name]) => !WITH_THE_LIST.includes(name)));
      const made = await service.call('POST', '/v1/campaigns', {
        body: { ...body, start },
        headers: headers(idempotencyKey),
      });
      if (made.status >= 300) return answered(made);
      const query = new URLSearchParams(
        entries
          .filter(([name]) => WITH_THE_LIST.includes(name))
          .map(([name, value]): [string, string] => [
            name,
            Array.isArray(value)
              ? value.join(',')
              : typeof value === 'object'
                ? JSON.stringify(value)
                : String(value),
          ]),
      );
      const lines = list.map((line) => `${JSON.stringify(line)}\n`).join('');
      const path = `/v1/campaigns/${made.body.id}/recipients?${query}`;
      const ndjson = { 'content-type': 'application/x-ndjson' };
      return answered(await service.call('POST', path, { body: lines, headers: ndjson }));
    },
    async Node(list, { options }) {
      const client = createClient();
      try {
        const input = { ...options, recipients: list } as EnqueueInput;
        const done = await client.enqueue(input);
        return { id: done.id, code: undefined, said: JSON.stringify(done) };
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        return { id: undefined, code: error.problem.code, said: error.problem.message };
      } finally {
        await client.close();
      }
    },
  };

  async function rows<R extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
    return (await reader.query<R>(sql, [...values])).rows;
  }

  return {
    get service() {
      return service;
    },
    ways,
    rows,
    async ledgerOf(id) {
      if (id === undefined) return undefined;
      const [campaign] = await rows(CAMPAIGN, [id]);
      return {
        campaign,
        requests: await rows(REQUESTS, [id]),
        refused: await rows(REFUSED, [id]),
      };
    },
  };
}

const CAMPAIGN = `select name, template, language, sender_id, sender_ids, parameter_format, header_parameters,
  body_parameters, idempotency_key, state, single, weight, on_pair_limit, include_granted, include_declined, start_at, expire_at,
  quiet_from::text, quiet_to::text, max_errors, max_errors_percent from campaigns where id = $1`;
const REQUESTS = `select row, sender_id, lane, reference, to_number, language, parameters, zones, state, reason,
  not_after::text, due_at::text from requests where campaign_id = $1 order by row`;
const REFUSED = `select row, column_name as "column", code, message from refused_lines where campaign_id = $1 order by row`;
