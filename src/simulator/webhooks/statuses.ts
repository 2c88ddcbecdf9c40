/** The statuses of a message. A class, since a million of them wait at once: four fields each. */
import { given } from '../../core/given.ts';
import { shareOf } from '../prng.ts';
import { titleOf } from '../sim-errors.ts';
import type { World } from '../world.ts';
import type { Delivery, SentMessage } from './book.ts';
import { contactOf, isWithheld, userIdsOf } from './names.ts';
import type { Json, ListedPart, WebhookUpdate } from './update.ts';

const RANK: Readonly<Record<Delivery, number>> = {
  accepted: 0,
  sent: 1,
  failed: 2,
  delivered: 3,
  read: 4,
};

/** One status. */
export class StatusUpdate implements WebhookUpdate {
  readonly #world: World;
  readonly #message: SentMessage;
  readonly #status: Exclude<Delivery, 'accepted'>;
  readonly #at: number;
  readonly #code: number;

  /** `at` in milliseconds; `code` of a failure. */
  constructor(
    world: World,
    message: SentMessage,
    status: Exclude<Delivery, 'accepted'>,
    at: number,
    code = 0,
  ) {
    this.#world = world;
    this.#message = message;
    this.#status = status;
    this.#at = at;
    this.#code = code;
  }

  get kind(): string {
    return `status ${this.#status}`;
  }

  get field(): string {
    return 'messages';
  }

  get account(): string {
    return this.#message.pair.sender.businessAccountId;
  }

  get phoneNumberId(): string {
    return this.#message.pair.sender.phoneNumberId;
  }

  get displayNumber(): string {
    return this.#message.pair.sender.number;
  }

  /** Delivered wins over failed, as with several devices. */
  happen(): void {
    const message = this.#message;
    if (RANK[this.#status] <= RANK[message.delivery]) return;
    message.delivery = this.#status;
    message.code = this.#status === 'failed' ? this.#code : null;
  }

  render(): ListedPart {
    const { webhooks, seed } = this.#world.profile;
    const message = this.#message;
    const { waId } = message.pair;
    const status = this.#status;
    const hasFailed = status === 'failed';
    // A phone number that was written to always comes back; a user id does not tell the number.
    const isHidden = message.isToUserId && isWithheld(this.#world, waId);
    const ids = hasFailed && !message.isToUserId ? {} : userIdsOf(this.#world, waId);
    const hasOpaque =
      message.callbackData !== null &&
      (webhooks.opaque >= 1 || shareOf(seed + 14, message.wamid + status) < webhooks.opaque);
    const isPriced = status === 'sent' || status === (message.isReadOnly ? 'read' : 'delivered');
    const item = {
      id: message.wamid,
      status,
      timestamp: String(Math.floor(this.#at / 1000)),
      ...(isHidden ? {} : { recipient_id: waId }),
      ...given({
        recipient_user_id: ids.userId,
        recipient_parent_user_id: ids.parentUserId,
        biz_opaque_callback_data: hasOpaque ? message.callbackData : undefined,
      }),
      ...(isPriced ? { pricing: pricingOf(message) } : {}),
      ...(hasFailed ? { errors: [errorOf(this.#code)] } : {}),
    };
    const hasContact = !hasFailed && webhooks.contacts && webhooks.userIds !== 'none';
    const names = { ...(isHidden ? {} : { waId }), ...ids };
    return {
      list: 'statuses',
      item,
      contact: hasContact ? contactOf(this.#world, waId, names) : undefined,
    };
  }
}

function pricingOf({ category }: SentMessage): Json {
  return { billable: true, pricing_model: 'PMP', type: 'regular', category };
}

function errorOf(code: number): Json {
  const title = titleOf(code);
  return {
    code,
    title,
    message: title,
    error_data: { details: `${title}.` },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
