/** What the app hears about templates, numbers and accounts: fields with a value of their own. */
import { given } from '../../core/given.ts';
import { activeRestriction, type Sender } from '../senders.ts';
import type { StoredTemplate } from '../template-store.ts';
import type { World } from '../world.ts';
import type { Json } from './update.ts';

interface News {
  readonly field: string;
  readonly account: string;
  readonly sender?: Sender;
  readonly value: Json;
}

function tell(world: World, { field, account, sender, value }: News): void {
  if (!world.webhooks.isActive) return;
  const now = world.clock.now();
  const time = Math.floor(now / 1000);
  world.webhooks.outbox.plan(now, {
    kind: field,
    field,
    account,
    phoneNumberId: sender?.phoneNumberId,
    displayNumber: sender?.number,
    render: () => ({ value, time }),
  });
}

/** A template has another status. */
export function tellTemplateStatus(world: World, template: StoredTemplate, was?: string): void {
  const { status, rejectedReason } = template;
  const title =
    status === 'PAUSED'
      ? 'FIRST_PAUSE'
      : status === 'APPROVED' && was === 'PAUSED'
        ? 'UNPAUSED'
        : '';
  tell(world, {
    field: 'message_template_status_update',
    account: template.businessAccountId,
    value: {
      event: status,
      ...namesOf(template),
      message_template_category: template.category,
      reason: status === 'REJECTED' ? rejectedReason : 'NONE',
      ...(title === ''
        ? {}
        : { other_info: { title, description: 'The quality of the template.' } }),
      ...(status === 'DISABLED'
        ? { disable_info: { disable_date: Math.floor(world.clock.now() / 1000) } }
        : {}),
      ...(status === 'REJECTED' && rejectedReason === 'INVALID_FORMAT'
        ? { rejection_info: { reason: 'The format is wrong.', recommendation: 'Correct it.' } }
        : {}),
    },
  });
}

/** A template's category: that it changed from `previous`, or that it will at `changesAt`. */
export function tellCategory(
  world: World,
  template: StoredTemplate,
  change: { readonly previous: string } | { readonly correct: string; readonly changesAt: number },
): void {
  tell(world, {
    field: 'template_category_update',
    account: template.businessAccountId,
    value: {
      ...namesOf(template),
      // Beforehand `new_category` is the one of now: that is how Meta sends it.
      new_category: template.category,
      ...('previous' in change
        ? { previous_category: change.previous }
        : {
            correct_category: change.correct,
            category_update_timestamp: Math.floor(change.changesAt / 1000),
          }),
    },
  });
}

/** A template's quality. */
export function tellQuality(
  world: World,
  template: StoredTemplate,
  score: { readonly previous: string; readonly now: string },
): void {
  tell(world, {
    field: 'message_template_quality_update',
    account: template.businessAccountId,
    value: {
      previous_quality_score: score.previous,
      new_quality_score: score.now,
      ...namesOf(template),
    },
  });
}

/** Somebody edited a template. */
export function tellComponents(world: World, template: StoredTemplate): void {
  const textOf = (type: string) =>
    template.components.find((c) => c.type.toUpperCase() === type)?.text;
  tell(world, {
    field: 'message_template_components_update',
    account: template.businessAccountId,
    value: {
      ...namesOf(template),
      message_template_element: textOf('BODY'),
      ...given({
        message_template_title: textOf('HEADER'),
        message_template_footer: textOf('FOOTER'),
      }),
    },
  });
}

/** The restriction that a number is under now. */
export function tellRestriction(world: World, sender: Sender): void {
  const restriction = activeRestriction(sender, world.clock.now());
  if (restriction === undefined) return;
  const { expiresAt } = restriction;
  tellAccount(world, sender, {
    event: 'ACCOUNT_RESTRICTION',
    phone_number: sender.number,
    restriction_info: [
      {
        restriction_type: restriction.type,
        ...given({
          expiration: expiresAt === undefined ? undefined : Math.floor(expiresAt / 1000),
          remediation: restriction.reason,
        }),
      },
    ],
  });
}

/** The warning before such a restriction. */
export function tellViolation(world: World, sender: Sender): void {
  tellAccount(world, sender, {
    event: 'ACCOUNT_VIOLATION',
    phone_number: sender.number,
    violation_info: { violation_type: 'LOW_BUSINESS_INITIATED_CALLING_QUALITY' },
  });
}

/** An account is disabled, or in use again. */
export function tellBan(world: World, sender: Sender, isBanned: boolean): void {
  tellAccount(world, sender, {
    event: 'DISABLED_UPDATE',
    ban_info: {
      waba_ban_state: isBanned ? 'DISABLE' : 'REINSTATE',
      waba_ban_date: new Date(world.clock.now()).toDateString(),
    },
  });
}

/** A number may send faster. */
export function tellThroughput(world: World, sender: Sender): void {
  tell(world, {
    field: 'phone_number_quality_update',
    account: sender.businessAccountId,
    sender,
    value: {
      display_phone_number: sender.number,
      event: 'THROUGHPUT_UPGRADE',
      current_limit: 'TIER_UNLIMITED',
    },
  });
}

/** How many people a business may write to in a day; -1 is without limit. */
export function tellCapability(world: World, sender: Sender, perDay: number): void {
  tell(world, {
    field: 'business_capability_update',
    account: sender.businessAccountId,
    value: { max_daily_conversations_per_business: perDay, max_phone_numbers_per_waba: 25 },
  });
}

/** The settings of a number, its own changes too. */
export function tellCalling(world: World, sender: Sender): void {
  tell(world, {
    field: 'account_settings_update',
    account: sender.businessAccountId,
    sender,
    value: {
      messaging_product: 'whatsapp',
      timestamp: String(Math.floor(world.clock.now() / 1000)),
      type: 'phone_number_settings',
      phone_number_settings: {
        phone_number_id: sender.phoneNumberId,
        calling: { status: sender.calling, callback_permission_status: 'DISABLED' },
      },
    },
  });
}

function tellAccount(world: World, sender: Sender, value: Json): void {
  tell(world, { field: 'account_update', account: sender.businessAccountId, value });
}

/** The id as text: `writePayload` makes a number of it that no double could hold. */
function namesOf(template: StoredTemplate): Json {
  return {
    message_template_id: template.id,
    message_template_name: template.name,
    message_template_language: template.language,
  };
}
