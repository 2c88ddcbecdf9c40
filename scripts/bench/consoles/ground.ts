/** A campaign of many people that runs, as consoles look at it: most of it was asked, a part answered, the rest waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Child } from '../../chaos/process.ts';
import type { Ground } from '../ground.ts';
import { enqueue, firstArrival, MAIN } from '../senders.ts';

const RATE = 80;
/** A list lasts for so much longer than it is asked for. */
const SPARE_MS = 4_000;
const KEY = 'bench';
/** Who looks. */
const USER = { name: 'bench', role: 'operator', password: 'of twenty consoles' } as const;

/** What stands. */
export interface Scene {
  readonly url: string;
  readonly campaign: string;
  readonly api: Child;
  readonly children: readonly Child[];
  /** An answer of the API; `undefined` of one that failed. */
  get(path: string): Promise<unknown>;
  /** The cookie of somebody who is logged in, as a browser has it. */
  logIn(): Promise<{ readonly name: string; readonly value: string; readonly url: string }>;
}

/** Three of five were asked yesterday, and of these two of five answered; one of twenty was refused. $1 campaign  $2 how many */
const ASKED = [
  `update requests set state = 'accepted', cause = 'accepted.1', fence = 1, attempts = 1, wamid = 'wamid.' || row,
     person = ltrim(to_number, '+'), wa_id = ltrim(to_number, '+'), message_status = 'accepted',
     claimed_at = now() - interval '1 day', accepted_at = now() - interval '1 day', delivery = case when row % 5 = 0 then 'delivered' else 'read' end,
     delivered_at = now() - interval '1 day', read_at = case when row % 5 > 0 then now() - interval '1 day' end,
     answer = case row % 5 when 1 then 'temporary' when 2 then 'declined' end,
     answered_at = case when row % 5 in (1, 2) then now() - interval '23 hours' end,
     permission_expires_at = case when row % 5 = 1 then now() + interval '6 days' end
   where campaign_id = $1 and row <= $2 and row % 20 > 0`,
  `update requests set state = 'uncertain', cause = 'doubted.0', attempts = 1
   where campaign_id = $1 and row <= $2 and row % 20 = 0 and state in ('pending', 'queued')`,
  `update requests set state = 'rejected', cause = 'refused.1', fence = 1, error_code = 131026, error_message = 'Message undeliverable',
     uncertain_at = null, check_at = null
   where campaign_id = $1 and row <= $2 and row % 20 = 0 and state = 'uncertain'`,
  `insert into permissions (sender_id, person, status, expires_at, at, source)
   select sender_id, person, answer, permission_expires_at, answered_at, 'answer' from requests
   where campaign_id = $1 and answer is not null`,
  'analyze',
];

/** Sets it up, and lets it run. */
export async function setScene(
  ground: Ground,
  { people, signal }: { readonly people: number; readonly signal: AbortSignal },
): Promise<Scene> {
  await ground.server.begin(100);
  const { surroundings, campaign } = await enqueue(ground, {
    ...{ queue: 'redis', rate: RATE, n: 1, forMs: (people / RATE) * 1_000 - SPARE_MS },
    env: { PORT: '0', API_KEYS: KEY, WHATSAPP_APP_SECRET: 'bench' },
  });
  const client = new pg.Client({ connectionString: surroundings.env.DATABASE_URL });
  await client.connect();
  const values = [campaign, people * 0.6];
  for (const sql of ASKED) {
    const given = values.filter((_, i) => sql.includes(`$${i + 1}`));
    await client.query(sql, given);
  }
  await client.end();
  const children = ['api', 'sender'].map((kind) =>
    ground.start(MAIN, [kind, '--json'], surroundings),
  );
  const [api] = children;
  if (api === undefined) throw new Error('Expected a process, got none.');
  const { url } = JSON.parse(await api.firstLine) as { url: string };
  await firstArrival(ground, children, signal);
  const call = (method: string, path: string, body?: object) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await call('POST', '/v1/users', USER);
  return {
    ...{ url, campaign, api, children },
    async get(path) {
      const answer = await call('GET', path);
      const found: unknown = await answer.json();
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}.`);
      return found;
    },
    async logIn() {
      const answer = await fetch(`${url}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ user: USER.name, password: USER.password }),
      });
      const [name = '', value = ''] = (answer.headers.getSetCookie()[0] ?? '').split(/[=;]/);
      if (value === '') throw new Error(`The log-in was refused: ${await answer.text()}`);
      return { name, value, url };
    },
  };
}

/** How long something takes each time, ms; its first look warms up what it needs. */
export async function timesOf(n: number, look: () => Promise<unknown>): Promise<readonly number[]> {
  await look();
  const times: number[] = [];
  for (let i = 0; i < n; i += 1) {
    const began = performance.now();
    await look();
    times.push(performance.now() - began);
    await sleep(50);
  }
  return times.sort((a, b) => a - b);
}
