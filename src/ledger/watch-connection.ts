/**
 * Notices a connection that went dead silently: a NAT or firewall that forgot it drops each packet,
 * and TCP itself takes a quarter of an hour to give up. A connection that is quiet is asked something every
 * two seconds. One that does not answer may also be at work on a long statement, so Postgres is asked, over
 * a new connection, whether it is; if not, ours is destroyed, and whoever waits for it hears at once.
 */
import pg from 'pg';

const LOOK_EVERY_MS = 1_000;
/** A connection that said nothing for so long is asked, in ms. */
const ASK_MS = 2_000;
/** An answer takes a round trip; longer than this needs a reason. In ms. */
const ANSWER_MS = 4_000;
/** For the look over a new connection, in ms. */
const LOOK_MS = 3_000;
/** What a quiet connection is asked. */
const ASKED = 'select 1';
/** Where Postgres cannot be asked, nothing is at work for longer: a statement's bound and its answer. In ms. */
const SURELY_DEAD_MS = 30_000;

// An idle backend has either not had our statement or has answered it, and the answer is lost; one that
// changed a moment ago may have answered just now. A pooler's process ids are its own, so there all backends of
// our account are looked at: with none at work but on questions like the ones asked here, nothing waits for its
// turn either; and one that has been at work for some time may be the one.
const LOOK = `
  with backend as (
    select pid, state = 'active' or state_change > clock_timestamp() - interval '2 s' as at_work,
      state = 'active' or state_change > clock_timestamp() - interval '2 s' and query <> '${ASKED}' as busy,
      state = 'active' and query_start < clock_timestamp() - interval '4 s' as for_long
    from pg_stat_activity
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
  )
  select pg_backend_pid() <> $2 as pooled,
    coalesce(bool_or(at_work) filter (where pid = $1), false) as at_work,
    coalesce(bool_or(busy), false) as any_busy, coalesce(bool_or(for_long), false) as any_for_long
  from backend`;

interface Look {
  readonly pooled: boolean;
  readonly at_work: boolean;
  readonly any_busy: boolean;
  readonly any_for_long: boolean;
}

/** A client with what `pg` has and its types leave out. */
type Client = pg.ClientBase & {
  readonly connection: pg.Connection;
  readonly processID: number;
  /** Nothing is asked of Postgres at the moment. */
  readonly readyForQuery: boolean;
};

/**
 * Watches a connected client until it ends.
 * @param address how to reach the same server by a new connection
 */
export function watchConnection(watched: pg.ClientBase, address: pg.ClientConfig): void {
  const client = watched as Client;
  const { stream } = client.connection;
  // When the last byte came, and since when we wait for one.
  let heard = performance.now();
  let waiting = heard;
  let looking = false;
  stream.on('data', () => {
    heard = performance.now();
  });

  const timer = setInterval(() => {
    const now = performance.now();
    if (client.readyForQuery) {
      waiting = now;
      // Not behind another statement: `pg` has a queue, but whoever has the client does not expect it.
      if (now - heard > ASK_MS) client.query(ASKED).catch(() => undefined);
    } else if (now - Math.max(heard, waiting) > ANSWER_MS && !looking) void judge();
  }, LOOK_EVERY_MS);
  timer.unref();
  // Not the client's `end`: BullMQ takes away all listeners of those that it has.
  stream.once('close', () => clearInterval(timer));

  async function judge(): Promise<void> {
    const since = Math.max(heard, waiting);
    looking = true;
    const found = await look(client.processID, address).catch(() => 'unknown' as const);
    looking = false;
    // A process that was frozen finds its answers only now.
    if (since !== Math.max(heard, waiting)) return;
    if (found === 'dead' || (found === 'unknown' && performance.now() - since > SURELY_DEAD_MS))
      stream.destroy(new Error('the connection was dead: no answer to anything'));
  }
}

/** What a new connection finds out about the backend of another one; exported for its tests. */
export async function look(
  pid: number,
  address: pg.ClientConfig,
): Promise<'dead' | 'at work' | 'unknown'> {
  const second = new pg.Client({
    ...address,
    application_name: 'callpermit-watch',
    connectionTimeoutMillis: LOOK_MS,
    query_timeout: LOOK_MS,
  });
  second.on('error', () => undefined);
  try {
    await second.connect();
    const own = (second as pg.Client & { readonly processID: number }).processID;
    const { rows } = await second.query<Look>(LOOK, [pid, own]);
    const [seen] = rows;
    if (seen === undefined) return 'unknown';
    if (!seen.pooled) return seen.at_work ? 'at work' : 'dead';
    if (seen.any_for_long) return 'at work';
    return seen.any_busy ? 'unknown' : 'dead';
  } finally {
    void second.end().catch(() => undefined);
  }
}
