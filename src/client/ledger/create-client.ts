/**
 * The ledger client: other services hand lists over and read results in their own process, with
 * nothing between them and the ledger. It never sends; the running `callpermit sender` processes
 * do, and neither they nor the queue need be up for a list to be taken.
 */
import { cancelCampaign, pauseCampaign } from '../../campaign/control.ts';
import type { App } from '../../wiring.ts';
import type { Subscription } from '../answers.ts';
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
import type { CallOptions, ClientOptions } from '../input.ts';
import { listen } from '../listen.ts';
import { unlessAborted } from '../signals.ts';
import { untilItRests } from '../until-it-rests.ts';
import { enqueue, request } from './asking.ts';
import { campaignOf, campaignsOf, resultsOf, resumed, retried, steer } from './campaigns.ts';
import { type LedgerEvents, ledgerEvents } from './events.ts';
import { openFor } from './open.ts';
import { mayCallNow, permissionsOf, personOf, suppress } from './people.ts';

/**
 * Makes a client that works on the ledger itself. Nothing is opened before the first call.
 *
 * @example
 * const client = createClient({ databaseUrl: 'postgres://localhost/callpermit', sender: '1055512345' });
 * const { id } = await client.enqueue({
 *   template: 'sample_cpr_template',
 *   language: 'en',
 *   recipients: [{ to: '+16505551234', reference: 'order 7', parameters: ['Ann'] }],
 *   idempotencyKey: 'orders-of-today',
 * });
 * console.log((await client.waitFor(id)).counts);
 * for await (const result of client.results(id)) console.log(result.reference, result.status);
 * await client.close();
 */
export function createClient(options: ClientOptions = {}): Client {
  const { sender } = options;
  let opening: Promise<App> | undefined;
  let events: LedgerEvents | undefined;
  const subscriptions = new Set<Subscription>();

  async function open(): Promise<App> {
    opening ??= openFor(options);
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  /** Nobody listens any more. */
  async function endEvents(): Promise<void> {
    const ended = events;
    events = undefined;
    await ended?.close();
  }

  /** One call on the open ledger. */
  async function on<T>({ signal }: CallOptions, work: (app: App) => Promise<T>): Promise<T> {
    return unlessAborted(signal, async () => work(await open()));
  }

  async function ofCampaign<T>(
    id: string,
    call: CallOptions,
    work: (app: App) => Promise<T>,
  ): Promise<T> {
    checkInput(call, CALL);
    checkId(id);
    return on(call, work);
  }

  return {
    async enqueue(input, call = {}) {
      checkInput(input, ENQUEUE, ['recipients', 'template', 'language']);
      checkInput(call, CALL);
      const { signal } = call;
      return on(call, (app) => enqueue(app, input, { sender, signal }));
    },
    async request(input, call = {}) {
      checkInput(input, REQUEST, ['to', 'template', 'language']);
      checkInput(call, CALL);
      const { signal } = call;
      return on(call, (app) => request(app, input, { sender, signal }));
    },
    campaign: async (id, call = {}) => ofCampaign(id, call, (app) => campaignOf(app, id)),
    async *campaigns(query = {}) {
      checkInput(query, CAMPAIGNS);
      yield* campaignsOf(await open(), query);
    },
    async waitFor(id, wait = {}) {
      checkInput(wait, WAIT);
      checkId(id);
      return untilItRests(() => on(wait, (app) => campaignOf(app, id)), wait);
    },
    async *results(id, query = {}) {
      checkInput(query, RESULTS);
      checkId(id);
      yield* resultsOf(await open(), id, query);
    },
    async *permissions(query = {}) {
      checkInput(query, PERMISSIONS);
      yield* permissionsOf(await open(), query);
    },
    async permission(to, query = {}) {
      checkInput(query, PERSON);
      checkPerson(to);
      return on(query, (app) => personOf(app, to, { sender, ...query }));
    },
    async mayCall(to, query = {}) {
      checkInput(query, PERSON);
      checkPerson(to);
      return on(query, (app) => mayCallNow(app, to, { sender, ...query }));
    },
    async suppress(people, how = {}) {
      checkInput(how, SUPPRESS);
      const optOuts = optOutsOf(people);
      return on(how, (app) => suppress(app, optOuts, how));
    },
    pause: async (id, call = {}) => ofCampaign(id, call, (app) => steer(app, id, pauseCampaign)),
    resume: async (id, call = {}) => ofCampaign(id, call, (app) => resumed(app, id)),
    cancel: async (id, call = {}) => ofCampaign(id, call, (app) => steer(app, id, cancelCampaign)),
    async retry(id, input = {}) {
      checkInput(input, RETRY);
      checkId(id);
      return on(input, (app) => retried(app, id, input));
    },
    on(type, listener, how = {}) {
      checkType(type, listener);
      checkInput(how, LISTEN);
      const subscription = listen({
        ...{ type, listener, options: how },
        async *source(place) {
          const app = await open();
          events ??= ledgerEvents(app);
          yield* events.read(place);
        },
      });
      subscriptions.add(subscription);
      void subscription.ended.then(async () => {
        subscriptions.delete(subscription);
        if (subscriptions.size === 0) await endEvents();
      });
      return subscription;
    },
    async close() {
      for (const one of subscriptions) one.close();
      const app = await opening?.catch(() => undefined);
      opening = undefined;
      await endEvents();
      await app?.close();
    },
  };
}
