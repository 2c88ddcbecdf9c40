/**
 * `GET /<PHONE_NUMBER_ID>/call_permissions` in both vocabularies of Meta's documents.
 * Its usage may lag, or never show a request: the evidence for an uncertain POST is no better than that.
 */
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';
import { mayAsk, type PairUsage } from './pair-book.ts';
import type { Person } from './people.ts';
import { activeRestriction, type Sender } from './senders.ts';
import { errorAnswer, refuse } from './sim-errors.ts';
import { digitsOf } from './wa-id.ts';
import { waIdOfUserId } from './webhooks/user-id.ts';
import type { World } from './world.ts';

/** Connected calls that Meta allows a pair in 24 h. */
const CALLS_PER_DAY = 100;

/** Whom a user id of another business, or of nobody, means. */
const NOBODY: Person = { permission: 'none', onWhatsApp: false };

/** Answers one query. */
export function showPermission(world: World, sender: Sender, query: URLSearchParams): Answer {
  const { profile, clock, people, pairs } = world;
  const { permissions } = profile;
  if (!sender.queries.tryAdd(clock.elapsedMs(), permissions.queriesPerSecond)) {
    return permissions.queryError === 613
      ? errorAnswer(refuse(613))
      : errorAnswer(refuse(4, undefined, { subcode: 2390008, httpStatus: 429 }));
  }
  if (sender.calling !== 'ENABLED') {
    return errorAnswer(
      refuse(138000, 'Calling is not enabled on this number.', {
        ...(permissions.vocabulary === 'openapi' ? { httpStatus: 403 } : {}),
      }),
    );
  }
  const digits = digitsOf(query.get('user_wa_id') ?? '');
  const recipient = query.get('recipient');
  if (digits === '' && recipient === null) {
    return errorAnswer(
      refuse(100, undefined, { message: 'The parameter user_wa_id is required.' }),
    );
  }
  // A user id that is nobody's has no permission, as a number that is not on WhatsApp has none.
  const waId =
    digits === ''
      ? (waIdOfUserId(recipient ?? '') ?? '')
      : permissions.resolvesInput
        ? people.waId(digits)
        : digits;
  const person = waId === '' ? NOBODY : people.findFor(sender.phoneNumberId, waId);
  const now = clock.now();
  const lagMs = person.usageLagMs ?? permissions.usageLagMs;
  const counts = person.usageCounts ?? permissions.usageCounts;
  const usages = pairs.usages(
    sender.phoneNumberId,
    waId,
    sender.pairLimit,
    now,
    counts ? now - lagMs : Number.NEGATIVE_INFINITY,
  );
  const permission = people.permissionOf(person);
  const restricted = activeRestriction(sender, now) !== undefined;
  const mayCall = permission === 'temporary' || permission === 'permanent';
  const periods = permissions.vocabulary === 'guide' ? ['PT24H', 'P7D'] : ['24h', '7d'];
  const windows = [usages.day, usages.week].map((usage, i) => limitOf(periods[i] ?? '', usage));
  return json(200, {
    messaging_product: 'whatsapp',
    permission: {
      status: wordOf(permission, permissions.vocabulary, usages.week.used > 0),
      ...expirationOf(person, permission),
    },
    actions: [
      {
        action_name: 'send_call_permission_request',
        can_perform_action: !restricted && permission !== 'permanent' && mayAsk(usages),
        limits: windows.filter(
          (_, i) => !permissions.omitPeriods.includes(i === 0 ? 'day' : 'week'),
        ),
      },
      {
        action_name: 'start_call',
        can_perform_action: !restricted && mayCall,
        limits: [limitOf(periods[0] ?? '', { used: 0, allowed: CALLS_PER_DAY })],
      },
    ],
  });
}

function limitOf(period: string, usage: PairUsage): Record<string, unknown> {
  return {
    time_period: period,
    current_usage: usage.used,
    max_allowed: usage.allowed,
    ...given({
      limit_expiration_time:
        usage.freesAt === undefined ? undefined : Math.ceil(usage.freesAt / 1000),
    }),
  };
}

/** The guide knows three values; the OpenAPI four, none of them for "never asked". */
function wordOf(
  permission: ReturnType<World['people']['permissionOf']>,
  vocabulary: 'guide' | 'openapi',
  asked: boolean,
): string {
  if (vocabulary === 'guide') {
    return permission === 'temporary' || permission === 'permanent' ? permission : 'no_permission';
  }
  switch (permission) {
    case 'temporary':
    case 'permanent':
      return 'granted';
    case 'declined':
      return 'denied';
    case 'expired':
      return 'expired';
    case 'none':
      return asked ? 'pending' : 'no_permission';
  }
}

function expirationOf(person: Person, permission: string): Record<string, number> {
  return permission === 'temporary' && person.permissionUntil !== undefined
    ? { expiration_time: Math.floor(person.permissionUntil / 1000) }
    : {};
}
