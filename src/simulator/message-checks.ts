/**
 * The checks of a send in their order: who asks, whether the number may, how fast, what, and whom.
 * Meta says that its own order is not fixed; one fixed order makes runs repeatable.
 */
import { checkParameters, checkTemplateStatus } from './message-parameters.ts';
import type { Envelope } from './message-shape.ts';
import { mayAsk } from './pair-book.ts';
import { activeRestriction, countryAllowsCalling, type Sender } from './senders.ts';
import { type Refusal, refuse } from './sim-errors.ts';
import { isCallPermissionTemplate, type StoredTemplate } from './template-store.ts';
import type { KnownToken } from './tokens.ts';
import type { World } from './world.ts';

/** Why this token may not act for this sender, or `undefined`. */
export function checkSender(
  world: World,
  phoneNumberId: string,
  token: KnownToken,
  scope: string,
): Refusal | undefined {
  if (!world.senders.has(phoneNumberId)) return unknownObject(world, phoneNumberId);
  if (!token.senders.has(phoneNumberId)) {
    return refuse(200, undefined, {
      message: 'The token has no access to this WhatsApp Business account.',
    });
  }
  return token.scopes.includes(scope) ? undefined : refuse(10);
}

/** Meta's answer to an id that is nothing: 33 by its table, 100 with subcode 33 as clients see it. */
export function unknownObject(world: World, id: string): Refusal {
  const details = `Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`;
  return world.profile.unknownNumberCode === 33
    ? refuse(33, details, { type: 'GraphMethodException' })
    : refuse(100, undefined, { message: details, subcode: 33, type: 'GraphMethodException' });
}

/** Blocked numbers and the rate; what passes here has taken its place in the second. */
export function checkThroughput(world: World, sender: Sender): Refusal | undefined {
  if (sender.blockedBy !== undefined) return refuse(sender.blockedBy, 'The account is restricted.');
  const limit = Math.floor(sender.messagesPerSecond * (1 + world.profile.rateTolerance));
  // Below one a second the window of a second cannot hold a whole message; one is let through.
  return sender.passed.tryAdd(world.clock.elapsedMs(), Math.max(1, limit))
    ? undefined
    : refuse(
        130429,
        'Message failed to send because there were too many messages sent from this phone number in a short period of time',
      );
}

/** Template, parameters and, for a call permission request, calling and the person. */
export function checkContent(
  world: World,
  sender: Sender,
  envelope: Envelope,
  digits: string,
  waId: string,
): Refusal | StoredTemplate {
  if (digits === sender.number) return refuse(131021);
  if (sender.allowlist !== undefined && !sender.allowlist.has(digits)) return refuse(131030);
  const template = world.templates.find(
    sender.businessAccountId,
    envelope.template ?? '',
    envelope.language ?? '',
  );
  const refusal = checkTemplateStatus(template, envelope);
  if (refusal !== undefined || template === undefined) return refusal ?? refuse(132001);
  const asksForCalls = isCallPermissionTemplate(template);
  return (
    checkParameters(template, envelope) ??
    (asksForCalls ? checkCalling(world, sender) : undefined) ??
    checkPerson(world, sender, waId, asksForCalls) ??
    template
  );
}

/** Whether `value` is a refusal and not a template. */
export function isRefusal(value: Refusal | StoredTemplate): value is Refusal {
  return 'code' in value;
}

function checkCalling(world: World, sender: Sender): Refusal | undefined {
  if (!countryAllowsCalling(sender)) return refuse(138013);
  if (sender.calling !== 'ENABLED') return refuse(138000, 'Calling is not enabled on this number.');
  if (!sender.callsSubscribed) return refuse(138018);
  return activeRestriction(sender, world.clock.now()) === undefined ? undefined : refuse(138014);
}

function checkPerson(
  world: World,
  sender: Sender,
  waId: string,
  asksForCalls: boolean,
): Refusal | undefined {
  const { profile, people, pairs, clock } = world;
  const person = people.findFor(sender.phoneNumberId, waId);
  if (!person.onWhatsApp) return refuse(131026, 'The recipient has no WhatsApp account.');
  if (!world.pairRates.tryAdd(`${sender.phoneNumberId}|${waId}`, clock.elapsedMs())) {
    return refuse(131056);
  }
  if (!asksForCalls) return undefined;
  if (people.permissionOf(person) === 'permanent') return refuse(138017);
  const usages = pairs.usages(sender.phoneNumberId, waId, sender.pairLimit, clock.now());
  return !profile.pairLimit.enforce || mayAsk(usages)
    ? undefined
    : refuse(138009, 'The limit of call permission requests to this user has been reached.');
}
