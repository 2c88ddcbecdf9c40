/** Both clients tell events alike: in order, whatever a listener throws, and none is lost where an API is killed. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Client,
  createHttpClient,
  type Subscription,
  type ToldEvent,
} from '../../../src/index.ts';
import type { RunningReplies } from '../../../src/replies/run-replies.ts';
import type { RunningSenders } from '../../../src/sending/run-senders.ts';
import { spawnCallpermit } from '../../support/callpermit.ts';
import { freePort } from '../../support/free-port.ts';
import {
  APP_SECRET,
  draft,
  type Ground,
  KINDS,
  newPeople,
  openGround,
  problemOf,
} from './ground.ts';

let ground: Ground;
let running: { close(): Promise<unknown> }[];

beforeAll(async () => {
  ground = await openGround();
  const { app, simulator, http } = ground.service;
  const replies: RunningReplies = await app.runReplies([]);
  const senders: RunningSenders = await app.runSenders();
  running = [replies, senders, await app.runEvents()];
  simulator.setWebhookTarget(`${http.url}/webhooks/whatsapp`, APP_SECRET);
});
afterAll(async () => {
  for (const one of running ?? []) await one.close();
  await ground?.close();
});

/** Listens, and keeps what it hears. */
async function hearing(client: Client, options: Parameters<Client['on']>[2] = {}) {
  const heard: ToldEvent[] = [];
  let news = () => {};
  const subscription = client.on(
    '*',
    (event) => {
      heard.push(event);
      news();
    },
    options,
  );
  await subscription.ready;
  return {
    ...{ heard, subscription },
    async until(fits: (events: readonly ToldEvent[]) => boolean): Promise<void> {
      while (!fits(heard)) await new Promise<void>((done) => (news = done));
    },
  };
}

const cancelled = (events: readonly ToldEvent[]) =>
  events.flatMap((e) => (e.type === 'campaign.cancelled' ? [e.data.campaignId] : []));

/** A change that is told: a campaign is made and cancelled. */
async function change(client: Client): Promise<string> {
  const { id } = await client.enqueue(draft(newPeople(1)));
  await client.cancel(id);
  return id;
}

describe.each(KINDS)('%s', (kind) => {
  const client = (): Client => ground.clients[kind];

  it('hears what becomes of a person who is asked and says yes', async () => {
    const { heard, until, subscription } = await hearing(client());
    const to = newPeople(1)[0]?.to ?? '';
    const asked = { to, template: 't', language: 'en', parameters: ['Ann'], reference: 'x7' };
    const { id, wamid } = await client().request({ ...asked, waitMs: 20_000 });
    await until((all) => all.some(({ type }) => type === 'request.accepted'));
    ground.service.simulator.apply({ kind: 'answer', to, answer: 'accept' });
    await until((all) => all.some(({ type }) => type === 'permission.granted'));
    const accepted = heard.find(({ type }) => type === 'request.accepted');
    expect(accepted).toMatchObject({ data: { to, wamid, requestId: id, reference: 'x7' } });
    const granted = heard.find(({ type }) => type === 'permission.granted');
    expect(granted).toMatchObject({ data: { to, state: 'temporary', reference: 'x7' } });
    expect(await client().mayCall(to)).toBe(true);
    ground.service.simulator.apply({ kind: 'revoke', to });
    await until((all) => all.some(({ type }) => type === 'permission.revoked'));
    expect(await client().mayCall(to)).toBe(false);
    subscription.close();
    await subscription.ended;
  });

  it('hears only the type it wants, and nothing once it is closed', async () => {
    const started: string[] = [];
    const only = client().on('campaign.started', ({ data }) => void started.push(data.campaignId));
    await only.ready;
    const every = await hearing(client());
    const { id } = await client().enqueue({ ...draft(newPeople(1)), start: true });
    await client().cancel(id);
    await every.until((all) => cancelled(all).includes(id));
    while (started.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(started).toEqual([id]);
    every.subscription.close();
    await every.subscription.ended;
    const before = every.heard.length;
    const watching = await hearing(client());
    const another = await change(client());
    await watching.until((all) => cancelled(all).includes(another));
    expect(every.heard).toHaveLength(before);
    for (const one of [only, watching.subscription]) one.close();
  });

  it('one after the other: a listener that takes its time is waited for', async () => {
    let atWork = 0;
    let most = 0;
    const seen: string[] = [];
    const slow = client().on('campaign.cancelled', async ({ data }) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push(data.campaignId);
      atWork -= 1;
    });
    await slow.ready;
    const ids = [await change(client()), await change(client()), await change(client())];
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual(ids);
    expect(most).toBe(1);
    slow.close();
  });

  it('what a listener throws is told to onError with its event, and ends nothing', async () => {
    const told: [unknown, ToldEvent | undefined][] = [];
    const seen: string[] = [];
    const throwing = client().on(
      'campaign.cancelled',
      async ({ data }) => {
        seen.push(data.campaignId);
        throw new Error(`no ${seen.length}`);
      },
      { onError: (error, event) => void told.push([error, event]) },
    );
    await throwing.ready;
    const ids = [await change(client()), await change(client())];
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual(ids);
    expect(told.map(([error]) => (error as Error).message)).toEqual(['no 1', 'no 2']);
    expect(told[1]?.[1]).toMatchObject({ data: { campaignId: ids[1] } });
    throwing.close();
  });

  it('without onError it is a warning of the process', async () => {
    const warned: string[] = [];
    const { emitWarning } = process;
    process.emitWarning = (warning) => void warned.push(String(warning));
    try {
      const throwing: Subscription = client().on('campaign.cancelled', () => {
        throw new Error('told as a warning');
      });
      await throwing.ready;
      await change(client());
      while (warned.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(warned[0]).toContain('told as a warning');
      throwing.close();
    } finally {
      process.emitWarning = emitWarning;
    }
  });

  it('goes on behind an event that was told before', async () => {
    const first = await hearing(client());
    const one = await change(client());
    await first.until((all) => cancelled(all).includes(one));
    first.subscription.close();
    await first.subscription.ended;
    const watching = await hearing(client());
    const two = await change(client());
    // It is in the log, and whoever begins now does not hear it.
    await watching.until((all) => cancelled(all).includes(two));
    watching.subscription.close();
    const after = first.subscription.lastEventId;
    const second = await hearing(client(), { after });
    await second.until((all) => cancelled(all).includes(two));
    expect(cancelled(second.heard)).toEqual([two]);
    second.subscription.close();
  });

  it('ends by its signal, and may be closed from within', async () => {
    const ending = new AbortController();
    const { subscription } = await hearing(client(), { signal: ending.signal });
    ending.abort();
    await subscription.ended;
    const within: Subscription = client().on('*', () => within.close());
    await within.ready;
    await change(client());
    await within.ended;
  });

  it.each<[string, unknown[]]>([
    ['an unknown type', ['permission.given', () => {}]],
    ['no listener', ['*', undefined]],
    ['an unknown option', ['*', () => {}, { onErr: () => {} }]],
  ])('%s is USAGE', async (_what, args) => {
    const listening = async () => client().on(...(args as Parameters<Client['on']>));
    expect((await problemOf(listening())).code).toBe('USAGE');
  });
});

describe('over HTTP', () => {
  it('a wrong key is told, and ends it', async () => {
    const client = createHttpClient({ url: ground.service.http.url, key: 'wrong' });
    const told: unknown[] = [];
    const subscription = client.on('*', () => {}, { onError: (error) => void told.push(error) });
    expect((await problemOf(subscription.ready)).code).toBe('UNAUTHORIZED');
    await subscription.ended;
    expect(told).toMatchObject([{ problem: { code: 'UNAUTHORIZED' } }]);
    await client.close();
  });

  it('nothing is lost where the API is killed and comes back, also before the first event', async () => {
    const port = await freePort();
    const { simulator } = ground.service;
    const settings = {
      ...{ DATABASE_URL: ground.databaseUrl, PORT: String(port), API_KEYS: 'key' },
      ...{ GRAPH_BASE_URL: simulator.url, WHATSAPP_PHONE_NUMBER_ID: simulator.phoneNumberId },
    };
    const start = async () => {
      const api = spawnCallpermit(['api', '--json'], settings);
      await api.untilLine(/"state":"ready"/);
      return api;
    };
    const ledger = ground.clients.createClient;
    const client = createHttpClient({ url: `http://127.0.0.1:${port}`, key: 'key' });
    let api = await start();
    try {
      const { heard, until, subscription } = await hearing(client);
      const made: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        api.kill('SIGKILL');
        await api.untilExit();
        for (let i = 0; i < 3; i += 1) made.push(await change(ledger));
        api = await start();
        for (let i = 0; i < 2; i += 1) made.push(await change(ledger));
        await until((all) => cancelled(all).includes(made.at(-1) ?? ''));
      }
      expect(cancelled(heard)).toEqual(made);
      expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
      subscription.close();
    } finally {
      await client.close();
      api.kill('SIGKILL');
      await api.untilExit();
    }
  }, 600_000);
});
