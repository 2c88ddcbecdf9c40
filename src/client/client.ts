/**
 * The contract of both clients: `createClient` works on the ledger in its own process, `createHttpClient` asks a running
 * `callpermit api`. The same verbs, the same input, the same answers, the same problems (`test/client/contract`).
 */
import type { RequestedOne } from '../campaign/request-one.ts';
import type { EventType } from '../core/events/event-types.ts';
import type { RequestResult } from '../core/request.ts';
import type {
  ClientCampaign,
  Enqueued,
  EventFor,
  PermissionResult,
  PersonPermissions,
  ResumedClientCampaign,
  Retried,
  Subscription,
  Suppressed,
} from './answers.ts';
import type {
  CallOptions,
  CampaignQuery,
  EnqueueInput,
  ListenOptions,
  OptOut,
  PermissionQuery,
  PersonQuery,
  RequestInput,
  ResultQuery,
  RetryInput,
  SuppressOptions,
  WaitOptions,
} from './input.ts';

/**
 * A way into callpermit. Expected failures are thrown as `ProblemError`, whose `problem` has a `code`, what was wrong and what
 * to do: `USAGE` of input that is none, `NOT_FOUND` of an id that is not there. What is out of reach is thrown as
 * `InfrastructureError`, with its `cause`.
 */
export interface Client {
  /**
   * Hands a list over and starts its campaign. The same `idempotencyKey` with the same list is the same campaign; with
   * another one it is `IDEMPOTENCY_MISMATCH`. A list that was handed over within seven days, under another key or none, is
   * `LIST_AGAIN` unless `again` is true.
   *
   * @example
   * const { id, added, refusedLines } = await client.enqueue({
   *   template: 'sample_cpr_template',
   *   language: 'en',
   *   recipients: [{ to: '+16505551234', reference: 'order 7', parameters: ['Ann'] }],
   *   idempotencyKey: 'orders-of-today',
   * });
   */
  enqueue(input: EnqueueInput, options?: CallOptions): Promise<Enqueued>;
  /**
   * Asks one person now, ahead of every list, and waits until it is known what became of it, until
   * it can go on only later (`waits_for`, `due_at`), or for `waitMs`. A running `callpermit sender`
   * sends it. `results(id)` tells how it stands afterwards.
   *
   * @example
   * const { status, wamid } = await client.request({
   *   to: '+16505551234',
   *   template: 'sample_cpr_template',
   *   language: 'en',
   *   parameters: ['Ann'],
   *   waitMs: 10_000,
   * });
   */
  request(input: RequestInput, options?: CallOptions): Promise<RequestedOne>;
  /** How a campaign stands: its state, and its people by state. */
  campaign(id: string, options?: CallOptions): Promise<ClientCampaign>;
  /**
   * Campaigns without those of a single request, the newest first.
   *
   * @example
   * for await (const { id, counts } of client.campaigns({ state: ['running', 'paused'] })) console.log(id, counts.pending);
   */
  campaigns(query?: CampaignQuery): AsyncIterable<ClientCampaign>;
  /**
   * Waits until a campaign is completed, cancelled or paused, and tells how it stands then. What is out of reach meanwhile
   * is waited for.
   */
  waitFor(id: string, options?: WaitOptions): Promise<ClientCampaign>;
  /** What became of each line, by row; read as fast as the loop takes it. */
  results(id: string, query?: ResultQuery): AsyncIterable<RequestResult>;
  /**
   * Whom each sender may call, who was asked, who declined: the permission book, by sender and person.
   *
   * @example
   * for await (const { to, until } of client.permissions({ state: 'callable', expiringWithin: '24h' })) console.log(to, until);
   */
  permissions(query?: PermissionQuery): AsyncIterable<PermissionResult>;
  /** What one person, by number or user id, allows each sender; the opt-out list; their calls. */
  permission(to: string, query?: PersonQuery): Promise<PersonPermissions>;
  /**
   * Whether a person, by number or user id, may be called now. It is true of this moment: ask right before each call.
   * `false` of whom nothing is known; a number that cannot be read is a `ProblemError` (`USAGE`).
   *
   * @example
   * if (await client.mayCall('+16505551234')) dial('+16505551234');
   */
  mayCall(to: string, query?: PersonQuery): Promise<boolean>;
  /**
   * Puts people on the opt-out list: from the next send on nobody asks them, also in campaigns that run. Up to 10,000 at
   * once. Numbers that cannot be read are among `refusedLines`, and where none can be, it is `LIST_ALL_REFUSED`.
   *
   * @example
   * await client.suppress('+16505551234', { reason: 'asked us by phone' });
   */
  suppress(
    people: string | OptOut | readonly (string | OptOut)[],
    options?: SuppressOptions,
  ): Promise<Suppressed>;
  /** Stops asking; what is being sent is finished. A campaign that cannot be paused is `CAMPAIGN_STATE`. */
  pause(id: string, options?: CallOptions): Promise<ClientCampaign>;
  /** Goes on with a paused campaign, whoever paused it, also a queue that was paused in the dashboard. */
  resume(id: string, options?: CallOptions): Promise<ResumedClientCampaign>;
  /** Stops for good; people not asked become `cancelled`. */
  cancel(id: string, options?: CallOptions): Promise<ClientCampaign>;
  /**
   * Asks people again who ended badly. Said again it finds nobody twice.
   *
   * @example
   * await client.retry(id, { code: 131026 });
   * await client.retry(id, { state: ['skipped', 'expired'] });
   */
  retry(id: string, input?: RetryInput): Promise<Retried>;
  /**
   * Listens to events of a type, or to all (`*`), from now on: each at least once, in their order, one after the other. A
   * listener that gives a promise is waited for. What it throws is told to `onError` and ends nothing. A line that breaks, or
   * a service that is started anew, is waited for, and what happened meanwhile is told then.
   *
   * @example
   * const granted = client.on('permission.granted', async ({ id, data }) => keep(id, data.to, data.until));
   * await granted.ready;
   */
  on<T extends EventType | '*'>(
    type: T,
    listener: (event: EventFor<T>) => unknown,
    options?: ListenOptions,
  ): Subscription;
  /** Ends every call and subscription, and lets go of all connections: the process can end. Calls after it open them again. */
  close(): Promise<void>;
}
