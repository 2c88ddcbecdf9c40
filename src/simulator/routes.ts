/** Every Graph route but the send: which node is meant, whether the token may, who answers. */
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';
import {
  delayOf,
  distort,
  notTaken,
  poisoned,
  type SecondAnswer,
  secondOf,
} from './fault-effects.ts';
import type { GraphPath } from './graph-path.ts';
import { checkSender, unknownObject } from './message-checks.ts';
import {
  changeSettings,
  debugToken,
  listNumbers,
  showAccount,
  showNumber,
  showSettings,
} from './numbers.ts';
import { showPermission } from './permissions.ts';
import { createRandom } from './prng.ts';
import type { Sender } from './senders.ts';
import { errorAnswer, refuse } from './sim-errors.ts';
import { createTemplate, editTemplate } from './template-create.ts';
import {
  deleteTemplate,
  deleteTemplates,
  listTemplates,
  showTemplate,
  unpauseTemplate,
} from './template-routes.ts';
import type { StoredTemplate } from './template-store.ts';
import type { KnownToken } from './tokens.ts';
import {
  type CallbackWish,
  callbackWish,
  configureNumber,
  listSubscribedApps,
  subscribeApp,
  unsubscribeApp,
} from './webhooks/callbacks.ts';
import type { World } from './world.ts';

/** One call as it came. */
export interface GraphRequest {
  readonly method: string;
  readonly path: GraphPath;
  readonly query: URLSearchParams;
  readonly tokenHash: string | undefined;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** URL without the query, for links in answers. */
  readonly base: string;
  /** How the callback URL of the body answered, from {@link callbackToVerify}. */
  readonly isCallbackVerified?: boolean;
}

const MANAGEMENT = 'whatsapp_business_management';
const MESSAGING = 'whatsapp_business_messaging';

/** What goes back, what fault effects delay it by, and what follows it on the same connection. */
export interface GraphDecision {
  readonly answer: Answer;
  readonly delayMs: number;
  readonly second?: SecondAnswer;
}

/** The callback URL that has to be asked before this call can be answered. */
export function callbackToVerify(world: World, request: GraphRequest): CallbackWish | undefined {
  const { method, path, body, tokenHash } = request;
  const isOne = method === 'POST' && (path.edge === 'subscribed_apps' || path.edge === undefined);
  if (!isOne || 'code' in world.tokens.check(tokenHash, world.clock.now())) return undefined;
  return callbackWish(path.edge, body);
}

/** Answers one call, with all that its faults ask for. */
export function answerGraph(world: World, request: GraphRequest): GraphDecision {
  const on = request.path.edge === 'call_permissions' ? 'call_permissions' : 'management';
  world.otherRequests[on] += 1;
  const to = request.query.get('user_wa_id')?.replace(/\D/g, '');
  const effects = world.faults.strike({
    on,
    ...given({ to }),
    phoneNumberId: request.path.node,
    nth: world.otherRequests[on],
    elapsedMs: world.clock.elapsedMs(),
  });
  const delayMs = delayOf(effects);
  const struck = notTaken(effects.at(-1));
  if (struck?.kind === 'dropped') return { answer: struck.answer, delayMs };
  const clean = struck === undefined ? route(world, request) : errorAnswer(struck.refusal);
  const random = createRandom(world.profile.seed ^ world.otherRequests[on]);
  const answer = distort(poisoned(clean, effects, random), effects.at(-1));
  const second = secondOf(effects, answer);
  return { answer, delayMs, ...given({ second }) };
}

function route(world: World, request: GraphRequest): Answer {
  const { path, tokenHash } = request;
  if (path.refusal !== undefined) return errorAnswer(path.refusal);
  const token = world.tokens.check(tokenHash, world.clock.now());
  if ('code' in token) return errorAnswer(token);
  if (path.node === 'debug_token') return debugToken(world, request.query);
  const sender = world.senders.get(path.node);
  if (sender !== undefined) return routeNumber(world, request, token, sender);
  const family = [...world.senders.values()].filter((s) => s.businessAccountId === path.node);
  const [first] = family;
  if (first !== undefined) return routeAccount(world, request, token, [first, ...family.slice(1)]);
  const template = world.profile.templateRoutes ? world.templates.byId(path.node) : undefined;
  if (template !== undefined) return routeTemplate(world, request, token, template);
  return errorAnswer(unknownObject(world, path.node));
}

function routeNumber(
  world: World,
  request: GraphRequest,
  token: KnownToken,
  sender: Sender,
): Answer {
  const { edge } = request.path;
  const scope = edge === 'call_permissions' ? MESSAGING : MANAGEMENT;
  const refusal = checkSender(world, sender.phoneNumberId, token, scope);
  if (refusal !== undefined) return errorAnswer(refusal);
  switch (`${request.method} ${edge ?? ''}`) {
    case 'GET ':
      return showNumber(world, sender, request.query);
    case 'POST ':
      return configureNumber(world, sender, request.body ?? {}, isVerified(request));
    case 'GET settings':
      return showSettings(world, sender);
    case 'POST settings':
      return changeSettings(world, sender, request.body ?? {});
    case 'GET call_permissions':
      return showPermission(world, sender, request.query);
    default:
      return unsupported(request);
  }
}

function routeAccount(
  world: World,
  request: GraphRequest,
  token: KnownToken,
  family: readonly [Sender, ...Sender[]],
): Answer {
  const { query, body } = request;
  const [first] = family;
  const own = family.find((s) => token.senders.has(s.phoneNumberId)) ?? first;
  const refusal = checkSender(world, own.phoneNumberId, token, MANAGEMENT);
  if (refusal !== undefined) return errorAnswer(refusal);
  const account = first.businessAccountId;
  const { edge } = request.path;
  if (edge === 'message_templates' && !world.profile.templateRoutes) {
    return errorAnswer(refuse(2500, undefined, { message: `Unknown path components: /${edge}` }));
  }
  switch (`${request.method} ${edge ?? ''}`) {
    case 'GET ':
      return showAccount(first, query);
    case 'GET subscribed_apps':
      return listSubscribedApps(world, account);
    case 'POST subscribed_apps':
      return subscribeApp(world, account, body, isVerified(request));
    case 'DELETE subscribed_apps':
      return unsubscribeApp(world, account);
    case 'GET phone_numbers':
      return listNumbers(family, query);
    case 'GET message_templates':
      return listTemplates(world, account, query, request.base);
    case 'POST message_templates':
      return body === undefined ? notJson() : createTemplate(world, account, body);
    case 'DELETE message_templates':
      return deleteTemplates(world, account, query);
    default:
      return unsupported(request);
  }
}

function routeTemplate(
  world: World,
  request: GraphRequest,
  token: KnownToken,
  template: StoredTemplate,
): Answer {
  const own = [...world.senders.values()].find(
    (s) => s.businessAccountId === template.businessAccountId && token.senders.has(s.phoneNumberId),
  );
  if (own === undefined) return errorAnswer(unknownObject(world, template.id));
  const refusal = checkSender(world, own.phoneNumberId, token, MANAGEMENT);
  if (refusal !== undefined) return errorAnswer(refusal);
  switch (`${request.method} ${request.path.edge ?? ''}`) {
    case 'GET ':
      return showTemplate(template, request.query);
    case 'POST ':
      return request.body === undefined ? notJson() : editTemplate(world, template, request.body);
    case 'DELETE ':
      return deleteTemplate(world, template);
    case 'POST unpause':
      return unpauseTemplate(world, template);
    default:
      return unsupported(request);
  }
}

function isVerified(request: GraphRequest): boolean {
  return request.isCallbackVerified === true;
}

function notJson(): Answer {
  return errorAnswer(refuse(100, undefined, { message: 'The body is not a JSON object' }));
}

function unsupported({ method, path }: GraphRequest): Answer {
  return path.edge === undefined || path.edge === 'messages'
    ? errorAnswer(
        refuse(100, undefined, {
          message: `Unsupported ${method.toLowerCase()} request.`,
          subcode: 33,
          type: 'GraphMethodException',
        }),
      )
    : errorAnswer(refuse(2500, undefined, { message: `Unknown path components: /${path.edge}` }));
}

/** The answer to anything that is no Graph path at all. */
export function notFound(): Answer {
  return json(404, { error: { message: 'There is no such control.' } });
}
