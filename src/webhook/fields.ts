/**
 * Which field a value is. Its name says so, as a rule; Meta's own samples have had it in the wrong place and with a
 * wrong name, so where the value does not look like the field its keys decide.
 */
import {
  readAlert,
  readDailyLimit,
  readName,
  readNumberQuality,
  readReview,
  readSecurity,
  readSettings,
} from './account.ts';
import { readAccountUpdate } from './account-update.ts';
import type { FieldReader } from './field-reader.ts';
import type { KnownObject } from './known-keys.ts';
import { isMessaging, readMessaging } from './messaging.ts';
import { readTemplate } from './templates.ts';
import { type Json, wordOf } from './values.ts';

/** A field that is read. */
export interface Field {
  readonly name: string;
  readonly read: FieldReader;
  /** The keys of its value, in the table of those. */
  readonly keys: KnownObject;
  /** Whether a value looks like one of this field's. */
  readonly fits: (value: Json) => boolean;
}

const fits =
  (...keys: readonly string[]) =>
  (value: Json) =>
    keys.every((key) => value[key] !== undefined);
const fitsAny =
  (...keys: readonly string[]) =>
  (value: Json) =>
    keys.some((key) => value[key] !== undefined);

const messaging = (name: string, ...keys: readonly string[]): Field => ({
  name,
  read: readMessaging,
  keys: 'messaging',
  fits: fitsAny(...keys),
});
const template = (name: KnownObject, ...keys: readonly string[]): Field => ({
  name,
  read: readTemplate,
  keys: name,
  fits: fits('message_template_id', ...keys),
});

/** The fields that are read; a value without a name is the first one that it fits. */
const FIELDS: readonly Field[] = [
  messaging('calls', 'calls'),
  messaging('messages', 'messages', 'statuses'),
  messaging('user_preferences', 'user_preferences'),
  messaging('user_id_update', 'user_id_update'),
  messaging('standby', 'standby'),
  template('message_template_quality_update', 'new_quality_score'),
  template('template_category_update', 'new_category'),
  template('template_correct_category_detection', 'correct_category'),
  {
    ...template('message_template_components_update'),
    fits: (value) =>
      fits('message_template_id')(value) &&
      !fits('event')(value) &&
      fitsAny(
        'message_template_element',
        'message_template_title',
        'message_template_footer',
        'message_template_buttons',
      )(value),
  },
  template('message_template_status_update', 'event'),
  {
    name: 'account_alerts',
    read: readAlert,
    keys: 'account_alerts',
    fits: fitsAny('alert_info', 'alert_type'),
  },
  {
    name: 'account_settings_update',
    read: readSettings,
    keys: 'account_settings_update',
    fits: fits('phone_number_settings'),
  },
  {
    name: 'phone_number_name_update',
    read: readName,
    keys: 'phone_number_name_update',
    fits: fits('decision', 'requested_verified_name'),
  },
  {
    name: 'security',
    read: readSecurity,
    keys: 'security',
    fits: (value) =>
      fits('display_phone_number')(value) && wordOf(value.event)?.startsWith('PIN_') === true,
  },
  {
    name: 'phone_number_quality_update',
    read: readNumberQuality,
    keys: 'phone_number_quality_update',
    fits: (value) =>
      fits('event')(value) && fitsAny('display_phone_number', 'current_limit', 'old_limit')(value),
  },
  {
    name: 'business_capability_update',
    read: readDailyLimit,
    keys: 'business_capability_update',
    fits: fitsAny(
      'max_daily_conversations_per_business',
      'max_daily_conversation_per_phone',
      'max_phone_numbers_per_business',
      'max_phone_numbers_per_waba',
    ),
  },
  {
    name: 'account_review_update',
    read: readReview,
    keys: 'account_review_update',
    fits: fits('decision'),
  },
  {
    name: 'account_update',
    read: readAccountUpdate,
    keys: 'account_update',
    fits: fitsAny('restriction_info', 'violation_info', 'ban_info'),
  },
];
const BY_NAME = new Map<unknown, Field>(FIELDS.map((field) => [field.name, field]));

/** Fields of Meta's that are nothing to us, whatever stands in them. */
const NOT_READ: ReadonlySet<unknown> = new Set([
  'messaging_handovers',
  'message_echoes',
  'consumer_profile',
  'history',
  'flows',
  'business_username_update',
  'tracking_events',
  'automatic_events',
  'partner_solutions',
  'payment_configuration_update',
  'business_status_update',
  'whatsapp_account',
]);
const NOT_READ_GROUPS = /^(group|smb)_/;

/** The field that a value is; `undefined` where it is none that we read. */
export function fieldOf(name: unknown, value: Json): Field | undefined {
  const named = BY_NAME.get(name);
  if (named?.fits(value) === true) return named;
  // Statuses of calls stand in `calls`, and all of these are read by their lists.
  if (named?.read === readMessaging && isMessaging(value)) return named;
  const isOther = NOT_READ.has(name) || (typeof name === 'string' && NOT_READ_GROUPS.test(name));
  return isOther ? undefined : (FIELDS.find((field) => field.fits(value)) ?? named);
}
