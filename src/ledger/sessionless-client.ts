/**
 * A connection for a program that believes in sessions, over a pooler that has none. BullMQ finds its tables by
 * a `search_path` of the session and hears of new jobs by `listen`. Here the path goes before each statement,
 * as its time-outs do, and a subscription is a connection of its own past the pooler, or nothing: then whoever
 * waits for jobs looks for them every now and then.
 */
import pg from 'pg';
import { boundedQuery, type Limits, LOOP_LIMITS } from './bounded-query.ts';
import { watchConnection } from './watch-connection.ts';

const CONNECT_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** Behind comments, since BullMQ's statements explain themselves. */
const LISTEN = /^(?:\s*--.*\n)*\s*listen\s/i;
/** How BullMQ names its subscriptions for `getWorkers`: the next one to have the server would bear the name. */
const NAMING = /set_config\('application_name'/i;
/** A statement about transactions, which must not be one of several. */
const TRANSACTION = /^\s*(?:begin|commit|rollback)\b/i;

type Callback = (error: unknown, result?: pg.QueryResult) => void;

/**
 * Makes the class of clients for a pool of `pg`'s.
 * @param p.schema where names without a schema are looked for
 * @param p.listenUrl leads to the same database without a pooler; without it nothing is heard
 */
export function sessionlessClient(p: {
  readonly schema: string;
  readonly listenUrl?: string;
}): typeof pg.Client {
  const limits: Limits = { ...LOOP_LIMITS, schema: p.schema };

  class SessionlessClient extends pg.Client {
    #listener: Promise<pg.Client> | undefined;
    #inTransaction = false;

    // One method with eight signatures in `pg`'s types: text, values and callback are all that BullMQ uses.
    override query = ((first: unknown, second?: unknown, third?: unknown) => {
      if (typeof first !== 'string') return this.#ask(first, second, third);
      const answer = this.#answer(first, Array.isArray(second) ? second : []);
      const callback = [second, third].find((arg) => typeof arg === 'function');
      if (callback === undefined) return answer;
      const done = callback as Callback;
      answer.then(
        (result) => done(null, result),
        (error: unknown) => done(error),
      );
      return undefined;
    }) as pg.Client['query'];

    #ask(...args: unknown[]): Promise<pg.QueryResult> {
      const query = pg.Client.prototype.query as unknown as (...all: unknown[]) => unknown;
      return query.apply(
        this,
        args.filter((arg) => arg !== undefined),
      ) as Promise<pg.QueryResult>;
    }

    #answer(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
      if (LISTEN.test(text)) return this.#listen(text);
      if (NAMING.test(text)) return Promise.resolve(NOTHING);
      const [word] = TRANSACTION.exec(text) ?? [];
      if (word !== undefined) this.#inTransaction = /begin/i.test(word);
      // Whoever begins a transaction sets in it what it needs, and may take its time.
      if (this.#inTransaction || word !== undefined) return this.#ask(text, [...values]);
      return new Promise((resolve, reject) => {
        const query = boundedQuery({ name: '', text }, values, limits, (error, result) =>
          error ? reject(error) : resolve(result ?? NOTHING),
        );
        void this.#ask(query);
      });
    }

    async #listen(text: string): Promise<pg.QueryResult> {
      const { listenUrl } = p;
      if (listenUrl === undefined) return NOTHING;
      this.#listener ??= this.#openListener(listenUrl);
      return (await this.#listener).query(text);
    }

    async #openListener(connectionString: string): Promise<pg.Client> {
      const address = {
        connectionString,
        connectionTimeoutMillis: CONNECT_MS,
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      };
      const listener = new pg.Client({ ...address, application_name: 'callpermit-queue-listen' });
      const { stream } = this.connection;
      // One goes with the other: BullMQ makes both again when either breaks.
      listener.on('error', (error) => stream.destroy(error));
      listener.on('end', () => stream.destroy());
      listener.on('notification', (message) => this.emit('notification', message));
      await listener.connect();
      watchConnection(listener, address);
      if (stream.destroyed) listener.connection.stream.destroy();
      stream.once('close', () => listener.connection.stream.destroy());
      return listener;
    }
  }
  return SessionlessClient as typeof pg.Client;
}

const NOTHING: pg.QueryResult = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };
