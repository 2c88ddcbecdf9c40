/**
 * Where Meta's webhooks arrive. A delivery is answered 200 once it is committed, and only then: no API gives a lost one
 * again, and Meta repeats for days what was not answered 200. It is checked for no more than its signature and that it
 * is a JSON object; what it says is read later, by who applies it. Nothing that a caller sends is answered 500.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { NewDelivery } from '../core/ports/webhooks.ts';
import { type Problem, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { PROBLEM_TYPE, problemBody } from './problems.ts';
import type { HttpServer } from './typed-server.ts';
import { batchesOf, type Stored } from './webhook-batches.ts';
import { createHand, HAND_LIMITS, type HandLimits, type Unread } from './webhook-hand.ts';
import { createRefusals, type Refused } from './webhook-refusals.ts';

/** The path to give to Meta, behind the public address. */
const WEBHOOK_PATH = '/webhooks/whatsapp';

/** What the route needs of the app. */
export type WebhookApp = Pick<App, 'config' | 'log' | 'webhooks'>;

/** Meta's challenges have some ten digits. */
const CHALLENGE = /^[\x20-\x7e]{1,256}$/;
/** When to try again, in seconds; Meta has times of its own. */
const RETRY_AFTER = '5';

interface Refusal {
  /** By which it is counted in metrics: there are these and no others. */
  readonly name: string;
  readonly status: number;
  readonly problem: Problem;
  readonly counted?: Refused;
}

const REFUSALS = {
  handshake: refusal(
    'handshake',
    403,
    'This is not the handshake of a webhook with the word that was agreed.',
    {
      next: 'Type the value of WHATSAPP_WEBHOOK_VERIFY_TOKEN at Meta.',
    },
  ),
  noSecret: {
    name: 'no-secret',
    status: 503,
    problem: problem('SETTING_MISSING', 'WHATSAPP_APP_SECRET is not set, so no webhook is taken.', {
      where: 'WHATSAPP_APP_SECRET',
      next: "Set it to the app's secret and start the service again.",
    }),
  },
  unsigned: {
    name: 'unsigned',
    status: 401,
    problem: problem('UNAUTHORIZED', 'The webhook is not signed.', {
      where: 'header X-Hub-Signature-256',
    }),
    counted: 'unsigned',
  },
  wrong: {
    name: 'wrong-signature',
    status: 401,
    problem: problem('UNAUTHORIZED', 'The signature is of none of the app secrets.', {
      where: 'header X-Hub-Signature-256',
      next: 'WHATSAPP_APP_SECRET must be the secret of the app that the webhook is set up in.',
    }),
    counted: 'wrong-signature',
  },
  json: refusal('not-json', 400, 'The body is no JSON object.', { where: 'body' }, 'not-json'),
  'too-large': refusal(
    'too-large',
    413,
    'The body is larger than 4 MiB.',
    { where: 'body' },
    'too-large',
  ),
  'too-slow': refusal('too-slow', 408, 'The body took too long to arrive.', { where: 'body' }),
  'broken-off': refusal('broken-off', 400, 'The body broke off.', { where: 'body' }),
  overload: {
    name: 'overload',
    status: 503,
    problem: problem('DATABASE_UNREACHABLE', 'More webhooks arrive than can be stored.'),
  },
  away: {
    name: 'away',
    status: 503,
    problem: problem('DATABASE_UNREACHABLE', 'The webhook cannot be stored now.'),
  },
  refused: refusal(
    'unstorable',
    400,
    'The body cannot be stored.',
    { where: 'body' },
    'unstorable',
  ),
} as const satisfies Record<string, Refusal> & Record<Unread | Exclude<Stored, 'stored'>, Refusal>;

/**
 * Adds the route. It needs no key: the handshake has its word, and a delivery its signature.
 * @param p.acceptUnsigned takes deliveries without a signature, for tests on this machine
 */
export function webhookRoutes(
  server: HttpServer,
  { config, log, webhooks }: WebhookApp,
  p: { readonly acceptUnsigned?: boolean; readonly hand?: HandLimits } = {},
): void {
  const { appSecrets, webhookVerifyToken: word } = config;
  const { acceptUnsigned = false } = p;
  const hand = createHand(p.hand ?? HAND_LIMITS);
  const batches = batchesOf(webhooks.store, log);
  const refusals = createRefusals(webhooks.store, log);

  function refuse(reply: FastifyReply, refused: Refusal): FastifyReply {
    const { name, status, problem: what, counted } = refused;
    webhooks.refused(name);
    if (counted !== undefined) refusals.count(counted);
    if (status === 503) reply.header('retry-after', RETRY_AFTER);
    return reply
      .code(status)
      .header('content-type', PROBLEM_TYPE)
      .send(problemBody({ ...what, status }));
  }

  /** What is wrong with the signature as far as it is seen before the body. */
  function unsigned(signature: unknown): Refusal | undefined {
    if (acceptUnsigned) return undefined;
    if (appSecrets.length === 0) return REFUSALS.noSecret;
    return typeof signature === 'string' ? undefined : REFUSALS.unsigned;
  }

  function isAllowed(body: Buffer, signature: unknown): boolean {
    const given = typeof signature === 'string' ? signature : undefined;
    if (acceptUnsigned && (given === undefined || appSecrets.length === 0)) return true;
    return webhooks.isSigned(body, given, appSecrets);
  }

  async function take(request: IncomingMessage): Promise<Refusal | undefined> {
    const signature = request.headers['x-hub-signature-256'];
    const early = unsigned(signature);
    if (early !== undefined) return early;
    const held = await hand.read(request);
    if (typeof held === 'string') return REFUSALS[held];
    try {
      if (!isAllowed(held.body, signature)) return REFUSALS.wrong;
      const delivery = deliveryOf(held.body, webhooks.isJsonObject);
      if (delivery === undefined) return REFUSALS.json;
      const stored = await batches.add(delivery);
      return stored === 'stored' ? undefined : REFUSALS[stored];
    } finally {
      held.letGo();
    }
  }

  // Of their own, since what is set for the bodies and faults of this route is for no other.
  server.register((own, _options, done) => {
    own.removeAllContentTypeParsers();
    // What type a body says it is decides nothing: fastify would refuse one whose type it cannot read.
    own.addHook('onRequest', (request, _reply, next) => {
      delete request.raw.headers['content-type'];
      next();
    });
    // Read by the handler: it alone knows what is to be read at all.
    own.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
    own.setErrorHandler((error, _request, reply) => {
      log.error({ err: error }, 'bug');
      return refuse(reply, REFUSALS.away);
    });
    own.addHook('onClose', () => refusals.write());
    const options = { config: { access: 'open' }, schema: { hide: true } } as const;

    own.get(WEBHOOK_PATH, { ...options, exposeHeadRoute: false }, (request, reply) => {
      const query = request.query as Readonly<Record<string, unknown>>;
      const { 'hub.mode': mode, 'hub.verify_token': given, 'hub.challenge': challenge } = query;
      const isRight =
        word !== undefined && typeof given === 'string' && webhooks.isVerifyToken(given, word);
      if (!isRight || mode !== 'subscribe') return refuse(reply, REFUSALS.handshake);
      if (typeof challenge !== 'string' || !CHALLENGE.test(challenge))
        return refuse(reply, REFUSALS.handshake);
      log.info('the webhook was set up at Meta');
      return reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('x-content-type-options', 'nosniff')
        .send(challenge);
    });

    own.post(WEBHOOK_PATH, options, async (request, reply) => {
      const refused = await take(request.raw);
      return refused === undefined ? reply.code(200).send() : refuse(reply, refused);
    });
    done();
  });
}

/** What is stored; `undefined` where it is no JSON object, or holds what Postgres takes in no text. */
function deliveryOf(
  bytes: Buffer,
  isJsonObject: (body: string) => boolean,
): NewDelivery | undefined {
  if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
  const body = bytes.toString('utf8');
  if (!isJsonObject(body)) return undefined;
  return { digest: createHash('sha256').update(bytes).digest(), body };
}

function refusal<C extends Refused>(
  name: string,
  status: number,
  message: string,
  more: Parameters<typeof problem>[2],
  counted?: C,
) {
  const what = problem('USAGE', message, more);
  return { name, status, problem: what, ...(counted ? { counted } : {}) };
}
