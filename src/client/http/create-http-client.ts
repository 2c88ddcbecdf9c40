/**
 * The HTTP client: for services that are not to reach the database. It loads neither the ledger nor the queue, and can be
 * bundled alone (`callpermit/http`).
 */
import { given } from '../../core/given.ts';
import type {
  PermissionResult,
  ResumedClientCampaign,
  Retried,
  Subscription,
  Suppressed,
} from '../answers.ts';
import {
  CALL,
  CAMPAIGNS,
  checkId,
  checkInput,
  checkPerson,
  checkType,
  ENQUEUE,
  LISTEN,
  optOutsOf,
  PERMISSIONS,
  PERSON,
  REQUEST,
  RESULTS,
  RETRY,
  SUPPRESS,
  WAIT,
} from '../check-input.ts';
import type { Client } from '../client.ts';
import type { CallOptions, HttpClientOptions, PersonQuery } from '../input.ts';
import { listen } from '../listen.ts';
import { untilItRests } from '../until-it-rests.ts';
import {
  campaignOf,
  permissionOf,
  personOf,
  type WireCampaign,
  type WirePermission,
  type WirePerson,
} from './answers.ts';
import { eventSource } from './event-source.ts';
import { type Call, openLine } from './line.ts';
import { readOptions } from './options.ts';
import { eachOf } from './pages.ts';
import { ask } from './requests.ts';
import { instant, upload } from './upload.ts';

/**
 * Makes a client that asks a running `callpermit api` or `up`. What is wrong with its options is thrown at once.
 *
 * @example
 * const client = createHttpClient({ url: 'https://permit.example.com', key: process.env.CALLPERMIT_KEY ?? '' });
 * if (await client.mayCall('+16505551234')) dial('+16505551234');
 * await client.close();
 */
export function createHttpClient(options: HttpClientOptions): Client {
  const at = readOptions(options);
  const { sender } = at;
  const line = openLine(at);
  const source = eventSource(line, at.timeoutMs);
  const subscriptions = new Set<Subscription>();

  async function campaign(id: string, { signal }: CallOptions) {
    return campaignOf(await line.call<WireCampaign>({ ...ofCampaign('GET', id), signal }));
  }

  async function post<T>(id: string, verb: string, call: CallOptions, body?: unknown) {
    checkId(id);
    const { signal } = call;
    return line.call<T>({ ...ofCampaign('POST', id, `/${verb}`), signal, ...given({ body }) });
  }

  async function person(to: string, query: PersonQuery) {
    checkInput(query, PERSON);
    checkPerson(to);
    const { signal, defaultCountry } = query;
    const path = `/v1/permissions/${encodeURIComponent(to)}`;
    const found = await line.call<WirePerson>({
      ...{ method: 'GET', path, query: { defaultCountry }, signal },
    });
    return personOf(found, query.sender ?? sender);
  }

  return {
    async enqueue(input, call = {}) {
      checkInput(input, ENQUEUE, ['recipients', 'template', 'language']);
      checkInput(call, CALL);
      return upload(line, input, { sender, signal: call.signal });
    },
    async request(input, call = {}) {
      checkInput(input, REQUEST, ['to', 'template', 'language']);
      checkInput(call, CALL);
      return ask(line, input, { sender, signal: call.signal });
    },
    async campaign(id, call = {}) {
      checkInput(call, CALL);
      checkId(id);
      return campaign(id, call);
    },
    async *campaigns(query = {}) {
      checkInput(query, CAMPAIGNS);
      const { state, name, template, since, ...pages } = query;
      const wanted = { state: some(state), name, template, since: instant(since) };
      const asked = { path: '/v1/campaigns', query: wanted };
      for await (const one of eachOf<WireCampaign>(line, asked, { ...pages, noun: 'campaigns' }))
        yield campaignOf(one);
    },
    async waitFor(id, wait = {}) {
      checkInput(wait, WAIT);
      checkId(id);
      return untilItRests(() => campaign(id, wait), wait);
    },
    async *results(id, query = {}) {
      checkInput(query, RESULTS);
      checkId(id);
      const { state, ...pages } = query;
      const { path } = ofCampaign('GET', id, '/requests');
      const asked = { path, query: { state: some(state) } };
      yield* eachOf(line, asked, { ...pages, noun: 'requests' });
    },
    async *permissions(query = {}): AsyncGenerator<PermissionResult, void> {
      checkInput(query, PERMISSIONS);
      const { state, expiringWithin, campaign: of, sender: by, ...pages } = query;
      const wanted = { state: some(state), expiringWithin, campaign: of, sender: by };
      const asked = { path: '/v1/permissions', query: wanted, missing: 'querystring/campaign' };
      const all = eachOf<WirePermission>(line, asked, { ...pages, noun: 'permissions' });
      for await (const one of all) yield permissionOf(one);
    },
    permission: async (to, query = {}) => person(to, query),
    async mayCall(to, query = {}) {
      const { permissions } = await person(to, query);
      return permissions.some((one) => one.may_call);
    },
    async suppress(people, how = {}) {
      checkInput(how, SUPPRESS);
      const { signal, reason, defaultCountry } = how;
      const body = { people: optOutsOf(people), ...given({ reason, defaultCountry }) };
      return line.call<Suppressed>({ method: 'POST', path: '/v1/suppressions', body, signal });
    },
    async pause(id, call = {}) {
      checkInput(call, CALL);
      return campaignOf(await post<WireCampaign>(id, 'pause', call));
    },
    async resume(id, call = {}) {
      checkInput(call, CALL);
      const done = await post<WireCampaign & ResumedClientCampaign>(id, 'resume', call);
      return { ...campaignOf(done), stuckQueues: done.stuckQueues };
    },
    async cancel(id, call = {}) {
      checkInput(call, CALL);
      return campaignOf(await post<WireCampaign>(id, 'cancel', call));
    },
    async retry(id, input = {}) {
      checkInput(input, RETRY);
      const { state, signal, code, uncertain } = input;
      const status = state === undefined ? undefined : [state].flat();
      return post<Retried>(id, 'retry', { signal }, given({ code, uncertain, status }));
    },
    on(type, listener, how = {}) {
      checkType(type, listener);
      checkInput(how, LISTEN);
      const subscription = listen({ type, listener, options: how, source });
      subscriptions.add(subscription);
      void subscription.ended.then(() => subscriptions.delete(subscription));
      return subscription;
    },
    async close() {
      for (const one of subscriptions) one.close();
      line.close();
    },
  };
}

function ofCampaign(method: Call['method'], id: string, rest = ''): Pick<Call, 'method' | 'path'> {
  return { method, path: `/v1/campaigns/${id}${rest}` };
}

function some(states: string | readonly string[] | undefined): string | undefined {
  return states === undefined ? undefined : [states].flat().join(',');
}
