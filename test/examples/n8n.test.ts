/**
 * The workflow for n8n. No n8n is here: its file is held against the shape that n8n imports, and the code of its nodes is run
 * with what n8n hands to a Code node, on a body that our own sender signed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPoster } from '../../src/events/post.ts';
import { type Arrival, type Receiver, startReceiver } from '../events/receiver.ts';

const FILE = join(import.meta.dirname, '../../examples/n8n/who-may-be-called.json');
const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

interface WorkflowNode {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly typeVersion: number;
  readonly position: readonly number[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly webhookId?: string;
}
type Target = { readonly node: string; readonly type: string; readonly index: number };
const workflow = JSON.parse(readFileSync(FILE, 'utf8')) as {
  readonly name: string;
  readonly nodes: readonly WorkflowNode[];
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly Target[])[] }>>;
  readonly active: boolean;
  readonly settings: object;
};
const nodeOf = (name: string) => {
  const found = workflow.nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`there is no node ${name}`);
  return found;
};

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver?.close());

const EVENT = {
  ...{ pos: '7', id: 'evt_7_abcd', type: 'permission.granted' as const },
  occurredAt: '2026-01-01T00:00:00.000Z',
  data: {
    ...{ to: '+4915112000001', userId: null, reference: 'Jörg', campaignId: 'c1', requestId: null },
    ...{ row: 1, senderId: '1', state: 'temporary', until: '2026-01-08T00:00:00.000Z' },
    reason: 'answer',
  },
};

/** An event as it arrives, signed by what sends events. */
async function sent(
  event: typeof EVENT | (Omit<typeof EVENT, 'type'> & { type: 'permission.declined' }),
) {
  const { url } = receiver;
  const poster = await openPoster({ url, secret: SECRET, allowPrivate: true, connections: 1 });
  await poster.post(event);
  await poster.close();
  const arrival = receiver.arrivals.at(-1);
  if (arrival === undefined) throw new Error('nothing arrived');
  return arrival;
}

type Item = { readonly json: Readonly<Record<string, unknown>> };

/** Runs the code of a node with the names that n8n gives it. */
async function runNode(
  name: string,
  items: readonly Item[],
  { body = '', kept = {} }: { readonly body?: string; readonly kept?: object } = {},
): Promise<readonly Item[]> {
  const code = String(nodeOf(name).parameters.jsCode);
  const names = ['$input', '$env', '$getWorkflowStaticData', 'require'];
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<readonly Item[]>;
  const helpers = { getBinaryDataBuffer: async () => Buffer.from(body) };
  return new AsyncFunction(...names, code).call(
    { helpers },
    { first: () => items[0], all: () => items },
    { CALLPERMIT_EVENTS_SECRET: SECRET },
    () => kept,
    createRequire(import.meta.url),
  );
}

const asItem = ({ headers, body }: Arrival): Item => ({
  json: { headers, body: JSON.parse(body) },
});

describe('the file', () => {
  it('has nodes that n8n has, each with an id, a place and its parameters', () => {
    expect(workflow).toMatchObject({
      name: expect.any(String),
      active: false,
      settings: { executionOrder: 'v1' },
    });
    const types = ['webhook', 'code', 'if', 'respondToWebhook'].map(
      (one) => `n8n-nodes-base.${one}`,
    );
    for (const node of workflow.nodes) {
      expect(types).toContain(node.type);
      expect(node).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        typeVersion: expect.any(Number),
      });
      expect(node.position).toHaveLength(2);
    }
    const names = workflow.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(workflow.nodes.map(({ id }) => id)).size).toBe(names.length);
  });

  it('leads from the webhook over every node to the answer', () => {
    const reached = new Set(['Event']);
    for (const name of reached)
      for (const { node, type, index } of (workflow.connections[name]?.main ?? []).flat()) {
        expect({ type, index }).toEqual({ type: 'main', index: 0 });
        expect(nodeOf(node).name).toBe(node);
        reached.add(node);
      }
    expect([...reached].sort()).toEqual(workflow.nodes.map(({ name }) => name).sort());
    for (const { name } of workflow.nodes)
      if (name !== 'Answer')
        expect(workflow.connections[name]?.main.flat().length).toBeGreaterThan(0);
  });

  it('takes a POST with its raw body, and leaves the answer to its last node', () => {
    expect(nodeOf('Event')).toMatchObject({
      webhookId: expect.any(String),
      parameters: { httpMethod: 'POST', responseMode: 'responseNode', options: { rawBody: true } },
    });
    expect(nodeOf('Answer').parameters).toMatchObject({
      options: { responseCode: '={{ $json.status }}' },
    });
  });
});

describe('the code of its nodes', () => {
  it('takes what our sender signed: 200, number and until', async () => {
    const arrival = await sent(EVENT);
    const [item] = await runNode('Verify', [asItem(arrival)], { body: arrival.body });
    expect(item?.json).toEqual({
      ...{ status: 200, isGranted: true, id: EVENT.id, to: EVENT.data.to },
      ...{ until: EVENT.data.until, reference: 'Jörg', senderId: '1' },
    });
    const kept: Record<string, unknown> = {};
    for (let i = 0; i < 2; i += 1)
      expect(await runNode('Keep', [item as Item], { kept })).toEqual([item]);
    const { until, reference } = EVENT.data;
    expect(kept).toEqual({ callable: { [EVENT.data.to]: { until, reference } } });
  });

  it('answers 200 to an event of another type, and keeps nothing of it', async () => {
    const arrival = await sent({ ...EVENT, type: 'permission.declined' });
    const [item] = await runNode('Verify', [asItem(arrival)], { body: arrival.body });
    expect(item?.json).toMatchObject({ status: 200, isGranted: false });
  });

  it.each<[string, (arrival: Arrival) => { headers?: object; body?: string }]>([
    ['another body', ({ body }) => ({ body: body.replace('+4915112000001', '+4915112000002') })],
    ['no signature', () => ({ headers: { 'webhook-signature': undefined } })],
    ['another signature', () => ({ headers: { 'webhook-signature': 'v1,AAAA' } })],
    ['another id', () => ({ headers: { 'webhook-id': 'evt_8_abcd' } })],
    [
      'another time',
      ({ headers }) => ({
        headers: { 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
      }),
    ],
  ])('refuses %s with 400', async (_what, change) => {
    const arrival = await sent(EVENT);
    const { headers, body = arrival.body } = change(arrival);
    const changed = { json: { headers: { ...arrival.headers, ...headers } } };
    const [item] = await runNode('Verify', [changed], { body });
    expect(item?.json).toEqual({ status: 400, isGranted: false });
  });

  it('refuses a recording of an hour ago', async () => {
    const arrival = await sent(EVENT);
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
    try {
      const [item] = await runNode('Verify', [asItem(arrival)], { body: arrival.body });
      expect(item?.json).toMatchObject({ status: 400 });
    } finally {
      Date.now = now;
    }
  });
});
