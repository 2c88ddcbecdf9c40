/**
 * What another service writes with a client generated from `/openapi.json`: every operation once, and some of the
 * refusals, as types say they are. Compiled and run by `test/http/generated-client.test.ts`; prints what was answered.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './api.ts';

const { API_URL = '', API_KEY = '', STREAMS_URL = API_URL } = process.env;
const headers = { authorization: `Bearer ${API_KEY}` };
const client = createClient<paths>({ baseUrl: API_URL, headers });
// A proxy that reads an answer whole before it passes it on never passes on a stream.
const streams = createClient<paths>({ baseUrl: STREAMS_URL, headers });

const answered: { operation: string; status: number }[] = [];
for (const one of [client, streams])
  one.use({
    onResponse({ schemaPath, request, response }) {
      answered.push({ operation: `${request.method} ${schemaPath}`, status: response.status });
    },
  });

type Problem = components['schemas']['Problem'];

/** What a call gave; a refusal ends the run. */
function got<T>({ data, error }: { data?: T; error?: Problem }): NonNullable<T> {
  if (error !== undefined) throw new Error(`${error.code}: ${error.detail}`);
  if (data === undefined || data === null) throw new Error('no data');
  return data;
}

/** The code of a refusal. */
function code({ error }: { error?: Problem }): string {
  if (error === undefined) throw new Error('no refusal');
  return error.code;
}

const ann = { to: '+16505550001', reference: 'order 7', 1: 'Ann' };
const asText = { parseAs: 'text', bodySerializer: (body: string) => body } as const;

// Campaigns
const made = got(
  await client.POST('/v1/campaigns', {
    params: { header: { 'idempotency-key': 'orders-of-today' } },
    body: {
      template: 't',
      language: 'en',
      name: 'Orders',
      recipients: [ann, { to: '+1650555000x', 1: 'Bob' }],
      start: false,
    },
  }),
);
if (!('id' in made)) throw new Error('a campaign was expected');
const path = { id: made.id };
const params = { path };
const found = got(
  await client.GET('/v1/campaigns', { params: { query: { state: 'draft', limit: 5 } } }),
);
if (found.campaigns[0]?.id !== made.id || found.next !== null) throw new Error('not listed');
const counts: number = got(await client.GET('/v1/campaigns/{id}', { params })).counts.pending;
if (counts !== 1) throw new Error(`one person was expected, not ${counts}`);
got(await client.GET('/v1/campaigns/{id}/forecast', { params }));
got(await client.GET('/v1/campaigns/{id}/reasons', { params }));
got(await client.GET('/v1/campaigns/{id}/funnel', { params }));
const { requests } = got(await client.GET('/v1/campaigns/{id}/requests', { params }));
if (requests[0]?.reference !== 'order 7') throw new Error('not its reference');
const line = got(
  await client.GET('/v1/campaigns/{id}/requests/{row}', { params: { path: { ...path, row: 1 } } }),
);
if (line.history.length > 0) throw new Error('nothing has happened to them');
got(await client.GET('/v1/campaigns/{id}/answer-times', { params }));
got(await client.GET('/v1/campaigns/{id}/latency', { params }));
const { refused } = got(await client.GET('/v1/campaigns/{id}/refused', { params }));
if (refused[0]?.row !== 2) throw new Error('not the refused line');
const csv: string = got(
  await client.GET('/v1/campaigns/{id}/export', {
    params: { path, query: { format: 'csv' } },
    parseAs: 'text',
  }),
);
if (!csv.includes('order 7')) throw new Error('not in the export');
got(await client.POST('/v1/campaigns/{id}/start', { params }));
got(await client.POST('/v1/campaigns/{id}/pause', { params }));
got(await client.POST('/v1/campaigns/{id}/resume', { params }));
got(await client.POST('/v1/campaigns/{id}/retry', { params, body: { status: ['rejected'] } }));
got(await client.POST('/v1/campaigns/{id}/cancel', { params }));

const waiting = got(
  await client.POST('/v1/campaigns', { body: { template: 'plain', language: 'en' } }),
);
if (!('id' in waiting)) throw new Error('a campaign was expected');
got(
  await client.POST('/v1/campaigns/{id}/recipients', {
    params: { path: { id: waiting.id } },
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{"to":"+16505550003"}\n{"to":"+16505550004"}\n',
    bodySerializer: asText.bodySerializer,
  }),
);

const imported = got(
  await client.POST('/v1/campaigns/import', {
    params: { query: { template: 'plain', language: 'en', start: 'false' } },
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{"to":"+16505550006"}\n',
    bodySerializer: asText.bodySerializer,
  }),
);
if (!('list' in imported) || imported.list?.added !== 1) throw new Error('not taken');

// One person
const asked = got(
  await client.POST('/v1/requests', {
    params: { query: { wait: 0 } },
    body: {
      to: '+16505550002',
      template: 't',
      language: 'en',
      parameters: ['Ann'],
      reference: 'one',
    },
  }),
);
const { requests: named } = got(
  await client.GET('/v1/requests', { params: { query: { reference: 'one' } } }),
);
if (named.length !== 1) throw new Error('not found by its reference');
got(await client.GET('/v1/requests/{id}', { params: { path: { id: asked.id } } }));
const told = got(
  await client.GET('/v1/requests/{id}/webhooks', { params: { path: { id: asked.id } } }),
);
if (told.webhooks.length > 0) throw new Error('nobody told anything');
const settled = await client.POST('/v1/requests/{id}/settle', {
  params: { path: { id: asked.id } },
  body: { as: 'accepted' },
});
if (code(settled) !== 'CAMPAIGN_STATE')
  throw new Error(`CAMPAIGN_STATE was expected, not ${code(settled)}`);

// The permission book
got(await client.GET('/v1/permissions', { params: { query: { state: 'callable' } } }));
got(
  await client.GET('/v1/permissions/export', {
    params: { query: { format: 'csv' } },
    parseAs: 'text',
  }),
);
got(await client.GET('/v1/permissions/{to}', { params: { path: { to: '+16505550002' } } }));
got(await client.POST('/v1/permissions/check', { body: { to: '+16505550002' } }));

// Opt-outs
const to = '+16505550009';
got(await client.POST('/v1/suppressions', { body: { people: [to], reason: 'asked for it' } }));
got(await client.GET('/v1/suppressions'));
got(await client.GET('/v1/suppressions/{to}', { params: { path: { to } } }));
got(await client.PUT('/v1/suppressions/{to}', { params: { path: { to } }, body: {} }));
got(await client.DELETE('/v1/suppressions/{to}', { params: { path: { to } } }));
got(
  await client.POST('/v1/suppressions/import', {
    headers: { 'content-type': 'text/csv' },
    body: 'to\n+16505550008\n',
    bodySerializer: asText.bodySerializer,
  }),
);

// Templates and senders
got(await client.GET('/v1/templates'));
const category = 'MARKETING';
const body = 'May we call you about your order?';
got(
  await client.POST('/v1/templates', {
    body: { name: 'of_client', language: 'en', category, body },
  }),
);
got(await client.GET('/v1/templates/{name}', { params: { path: { name: 'of_client' } } }));
got(await client.DELETE('/v1/templates/{name}', { params: { path: { name: 'of_client' } } }));
const [sender] = got(await client.GET('/v1/senders')).senders;
if (sender === undefined) throw new Error('a sender was expected');
got(await client.GET('/v1/senders/{id}', { params: { path: { id: sender.sender } } }));

// Events
got(await client.GET('/v1/events', { params: { query: { limit: 5 } } }));
const subscription = got(
  await client.POST('/v1/events/subscriptions', {
    body: { url: 'https://events.invalid/', types: ['permission.granted'] },
  }),
);
got(await client.GET('/v1/events/subscriptions'));
got(await client.POST('/v1/events/replay', { body: { since: new Date().toISOString() } }));
got(
  await client.DELETE('/v1/events/subscriptions/{id}', {
    params: { path: { id: subscription.id } },
  }),
);
for (const stream of [
  await streams.GET('/v1/events/stream', { parseAs: 'stream' }),
  await streams.GET('/v1/campaigns/{id}/events', { params, parseAs: 'stream' }),
])
  await got(stream).cancel();
got(await client.GET('/metrics', { parseAs: 'text' }));

// Users, keys, and who did what
const newcomer = { name: 'of-client', role: 'operator', password: 'a long password' } as const;
got(await client.POST('/v1/users', { body: newcomer }));
const ofThem = { params: { path: { name: newcomer.name } } };
const { users } = got(await client.GET('/v1/users'));
if (users[0]?.name !== newcomer.name) throw new Error('not among the users');
got(await client.PATCH('/v1/users/{name}', { ...ofThem, body: { role: 'viewer' } }));
const logIn = async () => {
  const begun = await client.POST('/v1/session', {
    body: { user: newcomer.name, password: newcomer.password },
    headers: { 'sec-fetch-site': 'same-origin', authorization: null },
  });
  const cookie = begun.response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const csrf = got(begun).csrfToken;
  const ofOurs = { 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrf };
  return { headers: { cookie, ...ofOurs, authorization: null } };
};
const session = await logIn();
if (got(await client.GET('/v1/session', session)).role !== 'viewer') throw new Error('its role');
got(await client.GET('/v1/users/{name}/sessions', ofThem));
got(await client.DELETE('/v1/session', session));
const { password } = newcomer;
got(
  await client.PATCH('/v1/session', {
    ...(await logIn()),
    body: { password, newPassword: `another ${password}` },
  }),
);
got(await client.PATCH('/v1/users/{name}', { ...ofThem, body: { password } }));
got(await client.DELETE('/v1/sessions', await logIn()));
got(await client.DELETE('/v1/users/{name}/sessions', ofThem));
got(await client.DELETE('/v1/users/{name}', ofThem));
const key = got(await client.POST('/v1/keys', { body: { name: 'of-client', scope: 'read' } }));
got(await client.GET('/v1/keys', { params: { query: { all: 'true' } } }));
got(await client.DELETE('/v1/keys/{id}', { params: { path: { id: key.id } } }));
got(await client.GET('/v1/audit', { params: { query: { who: 'of-client', limit: 5 } } }));

// Probes
got(await client.GET('/health/live'));
got(await client.GET('/health/ready'));
if (!got(await client.GET('/v1/health')).ok) throw new Error('something is wrong');

if (!got(await client.GET('/v1/setup')).simulator) throw new Error('not the simulator');

// Refusals have types too.
const refusals = {
  unknown: code(await client.GET('/v1/campaigns/{id}', { params: { path: { id: 'cnothere' } } })),
  keyless: code(await client.GET('/v1/campaigns', { headers: { authorization: 'Bearer wrong' } })),
  mismatch: code(
    await client.POST('/v1/campaigns', {
      params: { header: { 'idempotency-key': 'orders-of-today' } },
      body: { template: 'plain', language: 'en', recipients: [{ to: '+16505550005' }] },
    }),
  ),
};

process.stdout.write(JSON.stringify({ answered, refusals }));
