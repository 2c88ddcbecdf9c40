/** What the contract of both clients stands on: a database, a Redis, Meta's simulator, an API, and a client of each kind. */
import {
  type Client,
  createClient,
  createHttpClient,
  ProblemError,
  type RecipientInput,
} from '../../../src/index.ts';
import { type Service, startService } from '../../http/support.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { startRedis } from '../../support/redis.ts';

/** The clients that one contract holds of. */
export const KINDS = ['createClient', 'createHttpClient'] as const;

/** One of them. */
export type Kind = (typeof KINDS)[number];

/** Signs Meta's webhooks. */
export const APP_SECRET = 'a secret of the app';

/** All of it, open. */
export interface Ground {
  readonly service: Service;
  readonly databaseUrl: string;
  /** The clients under test; closed with the ground. */
  readonly clients: Readonly<Record<Kind, Client>>;
  /** A key of a scope. */
  key(scope: 'read' | 'send'): Promise<string>;
  /** An HTTP client with another key. */
  clientWith(key: string): Client;
  close(): Promise<void>;
}

let keys = 0;

/** Opens it. */
export async function openGround(env: Readonly<Record<string, string>> = {}): Promise<Ground> {
  const [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
  const databaseUrl = database.connectionString;
  const service = await startService(
    { databaseUrl, redisUrl: redis.url },
    { WHATSAPP_APP_SECRET: APP_SECRET, ...env },
  );
  const made: Client[] = [];
  const key = async (scope: 'read' | 'send') => {
    keys += 1;
    const found = await service.app.ledger.keys.create({ name: `key${keys}`, scope });
    return found?.key ?? '';
  };
  const clientWith = (one: string) => {
    const client = createHttpClient({ url: service.http.url, key: one });
    made.push(client);
    return client;
  };
  // The ledger client has who asks of its environment: with a token it looks at templates, as the service does.
  const before = { ...process.env };
  Object.assign(process.env, {
    GRAPH_BASE_URL: service.simulator.url,
    WHATSAPP_ACCESS_TOKEN: service.simulator.token,
    WHATSAPP_BUSINESS_ACCOUNT_ID: service.simulator.businessAccountId,
  });
  const sender = service.simulator.phoneNumberId;
  const ledger = createClient({ databaseUrl, redisUrl: redis.url, sender });
  made.push(ledger);
  const clients = { createClient: ledger, createHttpClient: clientWith(await key('send')) };
  return {
    ...{ service, databaseUrl, clients, key, clientWith },
    async close() {
      for (const client of made) await client.close();
      process.env = before;
      await service.close();
      await redis.stop();
      await database.drop();
    },
  };
}

/** Everything that is read. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The problem that a call throws. */
export async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProblemError) return error.problem;
  throw new Error(`Expected a ProblemError, got ${String(error)}`, { cause: error });
}

let last = 0;

/** People nobody else in a file has. */
export function newPeople(n: number): (RecipientInput & { readonly to: string })[] {
  return Array.from({ length: n }, () => {
    last += 1;
    return { to: `+1650${String(3_000_000 + last)}`, reference: `p${last}`, 1: 'Ann' };
  });
}

/** A list of them that does not start. */
export const draft = (recipients: Iterable<RecipientInput> | AsyncIterable<RecipientInput>) => ({
  ...{ template: 't', language: 'en', recipients, start: false },
});
