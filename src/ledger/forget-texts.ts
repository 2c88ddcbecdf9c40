/**
 * What Meta sent, as it came: deliveries, parts that could not be read, statuses that wait. The database finds the texts
 * that may name a person, coarsely; what is cut out is decided here, where their JSON is read.
 */
import type pg from 'pg';
import { type Mentions, mentionsOf, tracesOf } from '../core/people/mentions.ts';
import { cutPerson } from '../core/webhook/cut-person.ts';

/** Whom texts are searched for. */
export interface Sought {
  readonly traces: readonly string[];
  readonly mentions: Mentions;
  readonly requests: readonly string[];
}

/** What is sought of a person. */
export function sought(p: {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly requests: readonly string[];
}): Sought {
  return { traces: tracesOf(p), mentions: mentionsOf(p), requests: p.requests };
}

const HAS = (column: string) =>
  `exists (select from unnest($1::text[]) t where strpos(${column}, t) > 0)`;
const APPLYING = `select d.body from webhook_queue q join webhook_deliveries d on d.day = q.day and d.id = q.id
  where q.taken_until >= clock_timestamp() and ${HAS('d.body')}`;
// Whoever stores some at this moment has had their ids already; they are far fewer.
const ROOM = 100_000;
const NEWEST = `select (select last_value - ${ROOM} from webhook_numbers)::text as id, ((now_() at time zone 'UTC')::date - 1)::text as day`;
const DELIVERIES = `select d.day::text as day, d.id::text as id, exists (select from webhook_queue q where q.id = d.id) as waits
  from webhook_deliveries d where d.day >= $2 and d.id >= $3 and ${HAS('d.body')} order by d.day, d.id for no key update of d`;
const BODY = 'select body from webhook_deliveries where day = $1 and id = $2';
const WRITE = 'update webhook_deliveries set body = $3 where day = $1 and id = $2';
const UNREAD = `select id::text as id, raw as text from unread_parts where ${HAS('raw')}`;
const WAITING = `select id::text as id, entry::text as text from waiting_statuses
  where entry->>'request' = any($2::text[]) or ${HAS('entry::text')}`;

/** Whether a process is applying what Meta told of the person: it has it in memory. */
export async function isBeingApplied(client: pg.PoolClient, p: Sought): Promise<boolean> {
  const { rows } = await client.query<{ body: string }>(APPLYING, [p.traces]);
  return rows.some(({ body }) => cutPerson(body, p.mentions) !== undefined);
}

/** From where on deliveries are to be looked through: all before are without the person. */
export interface Since {
  readonly day: string;
  readonly id: string;
}

/**
 * Cuts the person out of all deliveries that are applied, which takes as long as there are many; gives of how many, and from
 * where on the rest is.
 */
export async function cutOutOfApplied(
  client: pg.PoolClient,
  p: Sought,
): Promise<{ readonly n: number; readonly since: Since }> {
  const { rows } = await client.query<Since>(NEWEST);
  const found = await deliveriesOf(client, p, { day: '-infinity', id: '0' });
  const [waiting] = found.filter(({ waits }) => waits);
  const [newest] = rows;
  const n = await cut(
    client,
    p,
    found.filter(({ waits }) => !waits),
  );
  const ends = [newest, waiting].filter((one) => one !== undefined);
  const day = ends.map((one) => one.day).toSorted()[0] ?? '-infinity';
  const [id = 0n] = ends.map((one) => BigInt(one.id)).toSorted((a, b) => (a < b ? -1 : 1));
  return { n, since: { day, id: String(id) } };
}

/** Cuts the person out of deliveries since then, and out of all else that Meta sent; gives of how many deliveries. */
export async function cutOut(client: pg.PoolClient, p: Sought, since: Since): Promise<number> {
  const n = await cut(client, p, await deliveriesOf(client, p, since));
  const parts = (await client.query<Text>(UNREAD, [p.traces])).rows.filter((one) =>
    isTheirs(one, p),
  );
  await client.query(`update unread_parts set raw = '{}' where id = any($1::bigint[])`, [
    idsOf(parts),
  ]);
  const waiting = (await client.query<Text & { request: string }>(WAITING, [p.traces, p.requests]))
    .rows;
  const theirs = waiting.filter((one) => isTheirs(one, p));
  await client.query('delete from waiting_statuses where id = any($1::bigint[])', [idsOf(theirs)]);
  return n;
}

async function deliveriesOf(client: pg.PoolClient, p: Sought, { day, id }: Since) {
  const found = await client.query<Since & { waits: boolean }>(DELIVERIES, [p.traces, day, id]);
  return found.rows;
}

async function cut(
  client: pg.PoolClient,
  { mentions }: Sought,
  deliveries: readonly Since[],
): Promise<number> {
  let n = 0;
  // One body at a time: each may have megabytes.
  for (const { day, id } of deliveries) {
    const { rows } = await client.query<{ body: string }>(BODY, [day, id]);
    const body = rows[0] && cutPerson(rows[0].body, mentions);
    if (body === undefined) continue;
    await client.query(WRITE, [day, id, body]);
    n += 1;
  }
  return n;
}

interface Text {
  readonly id: string;
  readonly text: string;
}

// Their JSON may be cut off: it is looked at as a text too.
function isTheirs({ text }: Text, { mentions }: Sought): boolean {
  return mentions(text) || cutPerson(text, mentions) !== undefined;
}

function idsOf(texts: readonly Text[]): readonly string[] {
  return texts.map(({ id }) => id);
}
