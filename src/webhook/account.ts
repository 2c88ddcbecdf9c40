/** Fields about a business account or one of its numbers, but for `account_update`. */
import { MESSAGE_CHARS } from '../core/outside-text.ts';
import type { AccountUpdate } from '../core/webhook/update.ts';
import type { FieldReader } from './field-reader.ts';
import type { Place } from './reading.ts';
import {
  idOf,
  type Json,
  numberOf,
  recordOf,
  shownDigits,
  textOf,
  timeOf,
  wordOf,
} from './values.ts';

/** What an account field says, before it is known whose it is. */
export interface AccountNews {
  readonly what: AccountUpdate['what'];
  readonly value: string | undefined;
  readonly detail?: string | undefined;
  readonly senderId?: string | undefined;
  readonly displayNumber?: string | undefined;
  readonly until?: Date | undefined;
  readonly at?: Date | undefined;
}

/** Adds an update of an account; without a word or an account the part is kept raw. */
export function addAccount(place: Place, part: Json, where: string, news: AccountNews): void {
  const { reading, account } = place;
  const { what, value, detail, senderId, displayNumber, until } = news;
  if (value === undefined) {
    reading.keep(place, where, 'nothing said', part);
    return;
  }
  if (account === undefined) {
    reading.keep(place, where, 'no id of an account', part);
    return;
  }
  reading.add({
    kind: 'account',
    account,
    at: news.at ?? place.at,
    ...(senderId === undefined ? {} : { senderId }),
    ...(displayNumber === undefined ? {} : { displayNumber }),
    what,
    value,
    ...(detail === undefined ? {} : { detail }),
    ...(until === undefined ? {} : { until }),
  });
}

/** `account_review_update`. */
export const readReview: FieldReader = (place, value) =>
  addAccount(place, value, place.where, { what: 'review', value: wordOf(value.decision) });

/** `account_alerts`; what it says stood in the value itself before it had an object of its own. */
export const readAlert: FieldReader = (place, value) => {
  const info = recordOf(value.alert_info);
  if (info !== undefined) place.reading.countKeys(info, 'alert_info');
  const isNumber = wordOf(value.entity_type) === 'PHONE_NUMBER';
  addAccount(place, value, place.where, {
    what: 'alert',
    value: wordOf(info?.alert_type ?? value.alert_type),
    detail: textOf(info?.alert_description ?? value.alert_description),
    senderId: isNumber ? idOf(value.entity_id) : undefined,
  });
};

/** `phone_number_quality_update`: the word is the event, the limit of now the detail. */
export const readNumberQuality: FieldReader = (place, value) => {
  const event = wordOf(value.event);
  addAccount(place, value, place.where, {
    what: event === 'THROUGHPUT_UPGRADE' ? 'throughput' : 'number-quality',
    value: event,
    detail: wordOf(value.current_limit ?? value.max_daily_conversations_per_business),
    displayNumber: shownDigits(value.display_phone_number),
  });
};

/** `business_capability_update`: how many people may be written to in a day. */
export const readDailyLimit: FieldReader = (place, value) => {
  const limit =
    value.max_daily_conversations_per_business ?? value.max_daily_conversation_per_phone;
  if (limit === undefined || limit === null) {
    return place.reading.ignore(place, 'business_capability_update without a daily limit');
  }
  const people = dailyLimitOf(limit);
  if (people === undefined) place.reading.countValue('max_daily_conversations_per_business', limit);
  addAccount(place, value, place.where, { what: 'daily-limit', value: people });
};

/** `account_settings_update`: whether calling is on. */
export const readSettings: FieldReader = (place, value) => {
  const settings = recordOf(value.phone_number_settings);
  if (settings !== undefined) place.reading.countKeys(settings, 'phone_number_settings');
  const calling = recordOf(settings?.calling);
  if (calling === undefined) {
    return place.reading.ignore(place, 'account_settings_update without calling');
  }
  addAccount(place, value, place.where, {
    what: 'calling',
    value: wordOf(calling.status),
    senderId: idOf(settings?.phone_number_id),
    at: timeOf(value.timestamp),
  });
};

/** `security`: the PIN of a number. */
export const readSecurity: FieldReader = (place, value) =>
  addAccount(place, value, place.where, {
    what: 'security',
    value: wordOf(value.event),
    displayNumber: shownDigits(value.display_phone_number),
  });

/** `phone_number_name_update`: what became of a name that was asked for. */
export const readName: FieldReader = (place, value) =>
  addAccount(place, value, place.where, {
    what: 'name',
    value: wordOf(value.decision),
    detail:
      wordOf(value.rejection_reason) === 'NONE'
        ? undefined
        : textOf(value.rejection_reason, MESSAGE_CHARS),
    displayNumber: shownDigits(value.display_phone_number),
  });

/** A number of people, `TIER_2K` or `-1`; in digits, or `unlimited`. */
function dailyLimitOf(limit: unknown): string | undefined {
  const word = wordOf(limit)?.replace(/^TIER_/, '');
  if (word === 'UNLIMITED' || word === '-1') return 'unlimited';
  const [, digits, thousands] = /^(\d{1,9})(K?)$/.exec(word ?? '') ?? [];
  const people = numberOf(digits);
  return people === undefined ? undefined : String(people * (thousands === 'K' ? 1_000 : 1));
}
