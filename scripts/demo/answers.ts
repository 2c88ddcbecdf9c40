/** The way back in the demo: a receiver in a process of its own, and the wait until all that came is in the ledger. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { World } from './world.ts';

/** The last of DEMO_PROFILE's people answer some 20 s after they were asked. */
const LIMIT_MS = 60_000;
const TELL_EVERY_MS = 3_000;
const LOOK_EVERY_MS = 200;

/** Stored but not applied, told of messages that are not known yet, said about requests that are not found yet. */
const OPEN = `
  select (select count(*) from webhook_queue)::int
    + (select count(*) from waiting_statuses)::int
    + (select count(*) from permission_events where next_at is not null and context is not null)::int as n`;

/** Starts `callpermit receiver`; gives the URL that webhooks go to. */
export async function startReceiver(world: World): Promise<string> {
  const receiver = await world.serve(['receiver', '--port', '0', '--json'], { LOG_LEVEL: 'warn' });
  const { url } = JSON.parse(receiver.ready) as { readonly url: string };
  return callbackUrl(url);
}

/** Where a process of callpermit at `url` takes webhooks. */
export function callbackUrl(url: string): string {
  return `${url}/webhooks/whatsapp`;
}

/** Resolves once the simulator has nothing more to tell and all of it is applied; tells how far it is. */
export async function untilAnswered(
  { simulator, signal }: World,
  databaseUrl: string,
  print: (line: string) => void,
): Promise<void> {
  let isQuiet = false;
  void simulator.untilWebhooksQuiet().then(() => {
    isQuiet = true;
  });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const began = performance.now();
    for (let told = Number.NEGATIVE_INFINITY; ; ) {
      signal.throwIfAborted();
      const { answered200, waiting } = simulator.webhookStats();
      const { rows } = await database.query<{ readonly n: number }>(OPEN);
      const left = rows[0]?.n ?? 0;
      const line = `   webhooks taken ${answered200}  still to come: updates ${waiting}  to be applied ${left}`;
      const isOver = isQuiet && left === 0;
      const now = performance.now();
      if (isOver || now - told >= TELL_EVERY_MS) {
        print(line);
        told = now;
      }
      if (isOver) return;
      if (now - began > LIMIT_MS) throw new Error(`not all webhooks were applied:${line}`);
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await database.end();
  }
}
