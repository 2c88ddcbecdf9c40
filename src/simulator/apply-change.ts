/** Carries out a change; the only place that alters senders, tokens and permissions while it runs. */
import type { Change, Setting } from './changes.ts';
import { restrictionFrom, type Sender } from './senders.ts';
import type { StoredTemplate } from './template-store.ts';
import { letBe } from './webhooks/happenings.ts';
import {
  tellBan,
  tellCalling,
  tellCategory,
  tellQuality,
  tellRestriction,
  tellTemplateStatus,
  tellThroughput,
} from './webhooks/news.ts';
import type { World } from './world.ts';

/** Meta's lower level of messages a second; above it a number is upgraded. */
const STANDARD_RATE = 80;

type TemplateSetting = Extract<Setting, { set: 'template' | 'category' | 'quality' }>;
type SenderSetting = Exclude<
  Setting,
  TemplateSetting | { set: 'token' | 'permission' | 'connected-call' }
>;

/** Applies one change; a text when what it names does not exist. */
export function applyChange(world: World, change: Change): string | undefined {
  if ('kind' in change) return letBe(world, change);
  switch (change.set) {
    case 'template':
    case 'category':
    case 'quality':
      return setTemplates(world, change);
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

function setTemplates(world: World, change: TemplateSetting): string | undefined {
  const meant = world.templates
    .all()
    .filter((t) => t.name === change.name && (change.language ?? t.language) === t.language);
  if (meant.length === 0)
    return `There is no template ${change.name} ${change.language ?? ''}`.trim();
  for (const template of meant) setTemplate(world, template, change);
  return undefined;
}

function setTemplate(world: World, template: StoredTemplate, change: TemplateSetting): void {
  switch (change.set) {
    case 'template': {
      const was = template.status;
      template.status = change.status;
      template.rejectedReason = change.reason ?? 'NONE';
      template.review = undefined;
      tellTemplateStatus(world, template, was);
      return;
    }
    case 'quality': {
      const previous = template.quality;
      template.quality = change.quality;
      tellQuality(world, template, { previous, now: change.quality });
      return;
    }
    case 'category':
      setCategory(world, template, change);
  }
}

function setCategory(
  world: World,
  template: StoredTemplate,
  { category, aheadMs }: Extract<Setting, { set: 'category' }>,
): void {
  if (aheadMs !== undefined) {
    template.correctCategory = category;
    const changesAt = world.clock.now() + aheadMs;
    tellCategory(world, template, { correct: category, changesAt });
    return;
  }
  const previous = template.category;
  template.previousCategory = previous;
  template.category = category;
  template.correctCategory = undefined;
  tellCategory(world, template, { previous });
}

function setToken(world: World, change: Extract<Setting, { set: 'token' }>): string | undefined {
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

function setSenders(world: World, change: SenderSetting): string | undefined {
  const meant = sendersMeant(world, change.phoneNumberId);
  for (const sender of meant) setSender(world, sender, change);
  return nobody(meant, change.phoneNumberId);
}

function setSender(world: World, sender: Sender, change: SenderSetting): void {
  switch (change.set) {
    case 'rate': {
      const was = sender.messagesPerSecond;
      sender.messagesPerSecond = change.messagesPerSecond;
      if (was <= STANDARD_RATE && change.messagesPerSecond > STANDARD_RATE) {
        tellThroughput(world, sender);
      }
      return;
    }
    case 'calling':
      sender.calling = change.status;
      tellCalling(world, sender);
      return;
    case 'block': {
      const wasBlocked = sender.blockedBy !== undefined;
      sender.blockedBy = change.code ?? undefined;
      if (wasBlocked !== (change.code !== null)) tellBan(world, sender, change.code !== null);
      return;
    }
    case 'restriction':
      sender.restriction =
        change.restriction === null
          ? undefined
          : restrictionFrom(change.restriction, world.clock.now());
      tellRestriction(world, sender);
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
