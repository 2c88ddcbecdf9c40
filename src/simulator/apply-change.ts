/** Carries out a change; the only place that alters senders, tokens and permissions while it runs. */
import type { Change } from './changes.ts';
import { restrictionFrom, type Sender } from './senders.ts';
import type { World } from './world.ts';

/** Applies one change; a text when what it names does not exist. */
export function applyChange(world: World, change: Change): string | undefined {
  switch (change.set) {
    case 'template':
      return setTemplate(world, change);
    case 'token':
      return setToken(world, change);
    case 'permission':
      world.people.setPermission(change.number, change.permission, change.expiresInMs);
      return undefined;
    case 'connected-call':
      world.pairs.forget(world.people.waId(change.number), world.senders.keys());
      return undefined;
    default:
      return setSenders(world, change);
  }
}

/** Applies what the schedule has for now; `message` is the ordinal of the latest POST. */
export function applyDue(world: World, message: number): void {
  for (const change of world.schedule.takeDue(world.clock.elapsedMs(), message)) {
    applyChange(world, change);
  }
}

function setTemplate(
  world: World,
  change: Extract<Change, { set: 'template' }>,
): string | undefined {
  const meant = world.templates
    .all()
    .filter((t) => t.name === change.name && (change.language ?? t.language) === t.language);
  if (meant.length === 0)
    return `There is no template ${change.name} ${change.language ?? ''}`.trim();
  for (const template of meant) {
    template.status = change.status;
    template.rejectedReason = change.reason ?? 'NONE';
    template.review = undefined;
  }
  return undefined;
}

function setToken(world: World, change: Extract<Change, { set: 'token' }>): string | undefined {
  const { phoneNumberId, token } = change;
  if (change.action === 'revoke' || change.action === 'restore') {
    world.tokens.setRevoked(change.action === 'revoke', phoneNumberId, token);
    return undefined;
  }
  if (token === undefined) return `A token is needed to ${change.action} one`;
  const meant = sendersMeant(world, phoneNumberId);
  for (const sender of meant) {
    if (change.action === 'replace') world.tokens.setRevoked(true, sender.phoneNumberId);
  }
  for (const sender of meant) world.tokens.add(token, sender.phoneNumberId);
  return nobody(meant, phoneNumberId);
}

function setSenders(
  world: World,
  change: Exclude<Change, { set: 'template' | 'token' | 'permission' | 'connected-call' }>,
): string | undefined {
  const meant = sendersMeant(world, change.phoneNumberId);
  for (const sender of meant) setSender(sender, change, world.clock.now());
  return nobody(meant, change.phoneNumberId);
}

function setSender(
  sender: Sender,
  change: Exclude<Change, { set: 'template' | 'token' | 'permission' | 'connected-call' }>,
  now: number,
): void {
  switch (change.set) {
    case 'rate':
      sender.messagesPerSecond = change.messagesPerSecond;
      return;
    case 'calling':
      sender.calling = change.status;
      return;
    case 'block':
      sender.blockedBy = change.code ?? undefined;
      return;
    case 'restriction':
      sender.restriction =
        change.restriction === null ? undefined : restrictionFrom(change.restriction, now);
      return;
    case 'usage':
      sender.usage = change.usage;
  }
}

function sendersMeant(world: World, phoneNumberId: string | undefined): readonly Sender[] {
  if (phoneNumberId === undefined) return [...world.senders.values()];
  const sender = world.senders.get(phoneNumberId);
  return sender === undefined ? [] : [sender];
}

function nobody(meant: readonly Sender[], phoneNumberId: string | undefined): string | undefined {
  return meant.length === 0 ? `There is no sender ${phoneNumberId ?? ''}`.trim() : undefined;
}
