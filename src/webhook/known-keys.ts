/**
 * The keys that Meta's documents and payloads seen so far name, by object. Keys beside them are read over and counted,
 * so that a change of Meta's shows before it matters. Objects that nothing is read of are not listed.
 */

const ERRORS =
  'code title message error_data href type error_subcode error_user_title error_user_msg';
const TEMPLATE = 'message_template_id message_template_name message_template_language';
const MESSAGE_KINDS =
  'text image audio video document sticker location contacts reaction button interactive order system unsupported';

const KEYS = {
  delivery: 'object entry',
  entry: 'id time changes',
  changes: 'field value',
  messaging:
    'messaging_product metadata contacts messages statuses calls errors user_preferences user_id_update standby',
  standby: 'messaging_product metadata contacts messages statuses errors message_echoes',
  metadata: 'display_phone_number phone_number_id',
  contacts: 'profile wa_id user_id parent_user_id identity_key_hash',
  profile: 'name username',
  statuses:
    'id status timestamp type recipient_id recipient_user_id recipient_parent_user_id parent_recipient_user_id recipient_type recipient_participant_id recipient_participant_user_id recipient_participant_parent_user_id recipient_identity_key_hash biz_opaque_callback_data conversation pricing errors payment message',
  conversation: 'id expiration_timestamp origin',
  origin: 'type',
  pricing: 'billable pricing_model type category',
  errors: ERRORS,
  error_data: 'details messaging_product',
  messages: `from from_user_id from_parent_user_id id timestamp type context group_id errors identity referral ${MESSAGE_KINDS}`,
  context:
    'from from_user_id from_parent_user_id id forwarded frequently_forwarded referred_product',
  interactive: 'type call_permission_reply button_reply list_reply nfm_reply',
  call_permission_reply: 'response is_permanent expiration_timestamp response_source',
  text: 'body preview_url',
  button: 'payload text',
  button_reply: 'id title',
  system:
    'type body wa_id new_wa_id customer identity user_id parent_user_id previous_user_id previous_parent_user_id',
  calls:
    'id event direction from to from_user_id from_parent_user_id to_user_id to_parent_user_id timestamp session biz_opaque_callback_data status start_time end_time duration errors deeplink_payload cta_payload connection',
  user_preferences: 'wa_id user_id parent_user_id category value detail signup_id timestamp',
  user_id_update: 'wa_id detail user_id parent_user_id timestamp',
  message_template_status_update: `event reason message_template_category disable_info other_info rejection_info ${TEMPLATE}`,
  other_info: 'title description',
  rejection_info: 'reason recommendation',
  message_template_quality_update: `previous_quality_score new_quality_score ${TEMPLATE}`,
  template_category_update: `previous_category new_category correct_category category_update_timestamp ${TEMPLATE}`,
  template_correct_category_detection: `category correct_category ${TEMPLATE}`,
  message_template_components_update: `message_template_element message_template_title message_template_footer message_template_buttons ${TEMPLATE}`,
  account_update:
    'event phone_number restriction_info violation_info ban_info disconnection_info waba_info country lock_info auth_international_rate_eligibility volume_tier_info partner_client_certification_info',
  restriction_info: 'restriction_type expiration remediation',
  violation_info: 'violation_type remediation',
  ban_info: 'waba_ban_state waba_ban_date',
  account_review_update: 'decision',
  account_alerts:
    'entity_type entity_id alert_info alert_severity alert_status alert_type alert_description',
  alert_info: 'alert_severity alert_status alert_type alert_description',
  phone_number_quality_update:
    'display_phone_number event old_limit current_limit max_daily_conversations_per_business',
  business_capability_update:
    'max_daily_conversations_per_business max_daily_conversation_per_phone max_phone_numbers_per_business max_phone_numbers_per_waba',
  account_settings_update: 'messaging_product timestamp type phone_number_settings',
  phone_number_settings:
    'phone_number_id calling payload_encryption storage_configuration user_identity_change',
  security: 'display_phone_number event requester',
  phone_number_name_update:
    'display_phone_number decision requested_verified_name rejection_reason',
} as const;

/** An object whose keys are known. */
export type KnownObject = keyof typeof KEYS;

const SETS = new Map<string, ReadonlySet<string>>(
  Object.entries(KEYS).map(([name, keys]) => [name, new Set(keys.split(' '))]),
);
const NONE: ReadonlySet<string> = new Set();

/** The keys that are known of such an object. */
export function knownKeys(name: KnownObject): ReadonlySet<string> {
  return SETS.get(name) ?? NONE;
}
