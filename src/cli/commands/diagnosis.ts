/**
 * What `doctor` looks at. Each check stands alone, so that a dead database does not hide a dead
 * token; a check gives lines and never throws for anything a machine or Meta can do.
 */

import { problemWhile } from '../../campaign/graph-problem.ts';
import { pausedQueues } from '../../campaign/paused-queues.ts';
import { preflight } from '../../campaign/preflight.ts';
import type { Config } from '../../config/config.ts';
import { requireSender } from '../../config/require.ts';
import type { GraphFailure } from '../../core/graph.ts';
import type { GraphPort } from '../../core/ports/index.ts';
import type { Logger } from '../../telemetry/log.ts';
import { type App, lookAtSpool, openApp, openGraph } from '../../wiring.ts';
import { problemsOf, unwrap } from '../run/failure.ts';
import { type Finding, failed } from './finding.ts';
import {
  checkDisk,
  clockFinding,
  databaseFindings,
  movedClockFindings,
  queueFindings,
  userFinding,
} from './store-findings.ts';
import { newsFindings, webhookFindings } from './webhook-findings.ts';

/** How long the queue may take to answer, in ms. */
const QUEUE_PING_MS = 3_000;

/** Parts of deliveries that could not be read, as many as are told. */
const UNREAD_PARTS = 3;

/** Of so many of the newest campaigns it is looked whether Meta took requests lately. */
const CAMPAIGNS = 20;
const DAY_MS = 86_400_000;

/** What the checks are given. */
export interface DiagnosisInput {
  readonly config: Config;
  readonly log: Logger;
  readonly senderId?: string;
  readonly template?: string;
  readonly language?: string;
}

/** Database, queue and this machine; each is opened by itself. */
export async function checkStores({ config, log }: DiagnosisInput): Promise<readonly Finding[]> {
  let aheadMs: number | undefined;
  let advancedMs = 0;
  const database = await attempt('database', async () => {
    const app = await opened(config, log, 'none');
    try {
      aheadMs = await app.ledger.aheadMs();
      advancedMs = await app.ledger.advancedMs();
      return [...(await databaseFindings(app)), await userFinding(app)];
    } finally {
      await app.close();
    }
  });
  const spool = await attempt('spool', () => checkSpool(config));
  const disk = await attempt('disk', () => checkDisk(config));
  const isBroken = database.some((f) => f.level === 'fail');
  if (isBroken) {
    const message = 'Not looked at: it is opened after the database.';
    return [...database, ...spool, ...disk, { check: 'queue', level: 'warn', message }];
  }
  let queueAheadMs: number | undefined;
  const queue = await attempt('queue', async () => {
    const app = await opened(config, log, 'needed');
    try {
      await app.queue.ping(QUEUE_PING_MS);
      const facts = await app.queueFacts();
      queueAheadMs = facts.aheadMs;
      const ids = (await app.ledger.senders.list()).map((sender) => sender.senderId);
      return queueFindings(facts, await pausedQueues(app.queue, ids));
    } finally {
      await app.close();
    }
  });
  const webhooks = await attempt('webhooks', async () => {
    const app = await opened(config, log, 'none');
    try {
      return [...(await checkWebhooks(app)), ...(await checkNews(app))];
    } finally {
      await app.close();
    }
  });
  const clock = aheadMs === undefined ? [] : [clockFinding(aheadMs, queueAheadMs)];
  const moved = movedClockFindings(advancedMs, config.graphBaseUrl);
  return [...database, ...spool, ...disk, ...queue, ...clock, ...moved, ...webhooks];
}

async function checkWebhooks({ config, ledger }: App): Promise<readonly Finding[]> {
  const store = ledger.webhooks;
  const now = new Date();
  const newest = await ledger.campaigns.list({ limit: CAMPAIGNS });
  return webhookFindings({
    standing: await store.standing(),
    unread: await store.unreadParts({ most: UNREAD_PARTS }),
    now,
    hasAsked: newest.some(
      ({ counts, endedAt }) =>
        counts.accepted > 0 && (endedAt ?? now).getTime() > now.getTime() - DAY_MS,
    ),
    hasSecret: config.appSecrets.length > 0,
    hasVerifyToken: config.webhookVerifyToken !== undefined,
  });
}

async function checkNews({ ledger }: App): Promise<readonly Finding[]> {
  const { replies } = ledger;
  return newsFindings({
    account: await replies.accountNews(),
    templates: await replies.templateNews(),
    senders: await replies.senders(),
    now: new Date(),
  });
}

/** A line only where something waits. */
async function checkSpool(config: Config): Promise<readonly Finding[]> {
  const files = await lookAtSpool(config);
  return files.map(({ path, count }) => ({
    check: 'spool',
    level: 'warn',
    message:
      count === undefined
        ? `${path} is no spool file that this version can read.`
        : `${count} outcomes wait in ${path}: they could not be written when a sender ended.`,
    next: 'Start `callpermit sender` with the database they belong to; it takes them. Do not delete it.',
  }));
}

/** Token, number, calling and, where one is named, the template. */
export async function checkMeta(input: DiagnosisInput): Promise<readonly Finding[]> {
  const { config, senderId, template, language } = input;
  const sender = requireSender(config, senderId);
  if (!sender.ok) return [failed('token', sender.error)];
  const graph = await openGraph(config, sender.value.phoneNumberId);
  if (!graph.ok) return [failed('token', graph.error)];
  try {
    const token = await attempt('token', () => checkToken(graph.value));
    const isDead = token.some((f) => f.level === 'fail');
    if (isDead) return token;
    const number = await attempt('number', () => checkNumber(graph.value));
    const calling = await attempt('calling', () => checkCalling(graph.value));
    const asked =
      template === undefined
        ? []
        : await attempt('template', () => checkTemplate(graph.value, template, language ?? 'en'));
    return [...token, ...number, ...calling, ...asked];
  } finally {
    await graph.value.close();
  }
}

async function checkToken(graph: GraphPort): Promise<readonly Finding[]> {
  const info = await graph.tokenInfo();
  if (!info.ok) {
    // Not every server has this route; the number is read with the same token right after.
    const isMissing = info.error.kind === 'unreachable' && info.error.notFound === true;
    if (isMissing) {
      const message = 'The server cannot be asked about tokens; see number.';
      return [{ check: 'token', level: 'warn', message }];
    }
    return [failed('token', problemWhile(info.error, 'look at the token'))];
  }
  const { isValid, expiresAt, scopes } = info.value;
  if (!isValid) {
    const next = 'Make a new system user token and set WHATSAPP_ACCESS_TOKEN.';
    return [
      { check: 'token', level: 'fail', message: 'Meta says that the token is not valid.', next },
    ];
  }
  const missing = ['whatsapp_business_messaging', 'whatsapp_business_management'].filter(
    (scope) => scopes.length > 0 && !scopes.includes(scope),
  );
  if (missing.length > 0) {
    return [
      {
        check: 'token',
        level: 'warn',
        message: `The token lacks ${missing.join(' and ')}.`,
        next: 'Give the system user these permissions and make a new token.',
      },
    ];
  }
  const until = expiresAt === undefined ? 'does not expire' : `until ${expiresAt.toISOString()}`;
  return [{ check: 'token', level: 'ok', message: `Valid, ${until}.` }];
}

async function checkNumber(graph: GraphPort): Promise<readonly Finding[]> {
  const info = await graph.numberInfo();
  if (!info.ok) return [asFailure('number', info.error, 'read the number')];
  const { displayPhoneNumber, verifiedName, qualityRating, messagingLimit, canSendMessage } =
    info.value;
  const facts = [displayPhoneNumber, verifiedName, qualityRating, messagingLimit]
    .filter((fact) => fact !== undefined)
    .join(', ');
  const findings = info.value.healthErrors.map(({ code, description, solution }) => ({
    check: 'number',
    level: 'warn' as const,
    message: `Meta reports ${code}: ${description}`,
    ...(solution === undefined ? {} : { next: solution }),
  }));
  if (canSendMessage === 'BLOCKED') {
    const next = 'See the WhatsApp Manager; nothing can be sent from this number now.';
    return [{ check: 'number', level: 'fail', message: `${facts}: blocked.`, next }, ...findings];
  }
  return [
    { check: 'number', level: 'ok', message: `${facts || info.value.id}.` },
    ...findings,
    ...(await checkCountry(displayPhoneNumber)),
  ];
}

/** A line only where the country of the number forbids calls, or may. */
async function checkCountry(displayPhoneNumber: string | undefined): Promise<readonly Finding[]> {
  const { callingCountry } = await import('../../core/people/calling-countries.ts');
  const found = callingCountry(displayPhoneNumber);
  if (found.may === 'yes') return [];
  if (found.may === 'doubtful') {
    const next = 'Ask one person first (`callpermit request`): code 138013 would be a no.';
    return [{ check: 'country', level: 'warn', message: found.message, next }];
  }
  const message = `${found.message.charAt(0).toUpperCase()}${found.message.slice(1)}`;
  const next = 'Ask from a business number of another country.';
  return [{ check: 'country', level: 'fail', message, next }];
}

async function checkCalling(graph: GraphPort): Promise<readonly Finding[]> {
  const settings = await graph.callingSettings();
  if (!settings.ok) {
    // Some servers and older versions have no settings route: that alone stops no request.
    if (settings.error.kind === 'unreachable' && settings.error.notFound === true) {
      const message = 'The server cannot be asked whether calling is enabled.';
      return [{ check: 'calling', level: 'warn', message }];
    }
    return [asFailure('calling', settings.error, 'read the calling settings')];
  }
  const { status, restrictions } = settings.value;
  if (status !== 'ENABLED') {
    const next =
      'Enable calling for this number (POST /<PHONE_NUMBER_ID>/settings); else code 138000.';
    return [{ check: 'calling', level: 'fail', message: `Calling is ${status}.`, next }];
  }
  const limits = restrictions.map((r) => ({
    check: 'calling',
    level: 'warn' as const,
    message: `Restricted: ${r.type}${r.expiration ? ` until ${r.expiration.toISOString()}` : ''}.`,
    ...(r.reason === undefined ? {} : { next: r.reason }),
  }));
  return [{ check: 'calling', level: 'ok', message: 'Enabled.' }, ...limits];
}

async function checkTemplate(
  graph: GraphPort,
  template: string,
  language: string,
): Promise<readonly Finding[]> {
  const fit = await preflight(graph, { template, language });
  if (fit.ok) {
    const message = `${template} (${language}) is approved and asks for permission to call.`;
    return [{ check: 'template', level: 'ok', message }];
  }
  return [failed('template', fit.error)];
}

function asFailure(check: string, failure: GraphFailure, doing: string): Finding {
  return failed(check, problemWhile(failure, doing));
}

async function opened(config: Config, log: Logger, queue: 'none' | 'needed') {
  return unwrap(await openApp(config, log, { queue }));
}

async function attempt(
  check: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return problemsOf(error).map((shown) => failed(check, shown));
  }
}
