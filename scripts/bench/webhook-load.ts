/** Signed deliveries of statuses at a given rate, by when they are due and not by when the last one was answered. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Deliveries of one kind. */
export interface LoadCase {
  /** Statuses in each delivery. */
  readonly statuses: number;
  /** Statuses a second, all deliveries together. */
  readonly perSecond: number;
}

/** What was seen of them. */
export interface Load {
  readonly deliveries: number;
  readonly statuses: number;
  /** Answers other than 200, and requests that failed, those of the warm-up too. */
  readonly refused: number;
  /** Of the answers, ms, from when each was due. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

const PHONE = '106540352242922';
const WORDS = ['sent', 'delivered', 'read'] as const;
// As Meta: more connections than deliveries are due while one waits for a slow answer.
const CONNECTIONS = 64;

/**
 * Posts statuses of messages that were accepted, `sent`, `delivered` and `read` of each while there are enough.
 * @param p.warmUpMs how long it does so before it counts, ever faster: no business begins with all at once
 * @param p.forMs how long it counts
 * @param p.next digits of people accepted since it was asked last; the n-th of all has the message `wamid.bench<n>`
 */
export async function loadWebhooks(
  c: LoadCase,
  p: {
    readonly url: string;
    readonly secret: string;
    readonly warmUpMs: number;
    readonly forMs: number;
    readonly next: () => Promise<readonly string[]>;
    readonly signal: AbortSignal;
  },
): Promise<Load> {
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  const people: string[] = [];
  const taken: number[] = [];
  let [deliveries, statuses, refused] = [0, 0, 0];
  const underWay = new Set<Promise<void>>();
  const everyMs = (1_000 * c.statuses) / c.perSecond;
  // Three statuses of each message where so many are due, else one.
  const words = c.perSecond > 1_000 ? WORDS : (['delivered'] as const);
  let cursor = 0;

  async function post(body: string, due: number): Promise<void> {
    const counts = due >= began + p.warmUpMs;
    const signature = createHmac('sha256', p.secret).update(body).digest('hex');
    try {
      const answer = await request(p.url, {
        method: 'POST',
        dispatcher: agent,
        body,
        headers: {
          'content-type': 'application/json',
          'x-hub-signature-256': `sha256=${signature}`,
        },
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) refused += 1;
      if (counts) taken.push(performance.now() - due);
    } catch {
      refused += 1;
    }
  }

  const rampUp = p.warmUpMs / everyMs / 2;
  const dueAfter = (n: number) =>
    n < rampUp ? p.warmUpMs * Math.sqrt(n / rampUp) : p.warmUpMs + (n - rampUp) * everyMs;
  const began = performance.now();
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      people.push(...(await p.next()));
      await sleep(100);
    }
  })();
  for (let n = 0; dueAfter(n) < p.warmUpMs + p.forMs; n += 1) {
    const due = began + dueAfter(n);
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: p.signal });
    const some = statusesFrom(people, words, cursor, c.statuses);
    cursor += some.length;
    if (some.length === 0) continue;
    if (n >= rampUp) {
      deliveries += 1;
      statuses += some.length;
    }
    const posted = post(envelope(some), due).finally(() => underWay.delete(posted));
    underWay.add(posted);
  }
  isOver = true;
  await asking;
  await Promise.all(underWay);
  await agent.close();
  taken.sort((a, b) => a - b);
  const at = (share: number) => taken[Math.floor(share * (taken.length - 1))] ?? 0;
  return { deliveries, statuses, refused, medianMs: at(0.5), p99Ms: at(0.99) };
}

function statusesFrom(
  people: readonly string[],
  words: readonly string[],
  from: number,
  most: number,
): readonly object[] {
  const found: object[] = [];
  for (let k = from; found.length < most; k += 1) {
    const index = Math.floor(k / words.length);
    const person = people[index];
    if (person === undefined) break;
    const status = words[k % words.length];
    found.push({
      ...{ id: `wamid.bench${index + 1}`, status, recipient_id: person },
      timestamp: String(Math.floor(Date.now() / 1_000)),
      recipient_user_id: `DE.${person}`,
      ...(status === 'read'
        ? {}
        : {
            pricing: {
              billable: true,
              pricing_model: 'PMP',
              type: 'regular',
              category: 'marketing',
            },
          }),
    });
  }
  return found;
}

function envelope(statuses: readonly object[]): string {
  const metadata = { display_phone_number: '15550100001', phone_number_id: PHONE };
  const value = { messaging_product: 'whatsapp', metadata, statuses };
  const entry = [{ id: '102290129340398', changes: [{ field: 'messages', value }] }];
  return JSON.stringify({ object: 'whatsapp_business_account', entry });
}
