/** Reads of numbers and accounts, the calling settings, and `debug_token`. */
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';
import { askedFields, type FieldMakers, isRefusal, readFields } from './fields.ts';
import { activeRestriction, countryAllowsCalling, type Sender } from './senders.ts';
import { errorAnswer, refuse } from './sim-errors.ts';
import { hashToken } from './tokens.ts';
import { configurationOf } from './webhooks/callbacks.ts';
import { tellCalling } from './webhooks/news.ts';
import type { World } from './world.ts';

const NUMBER_FIELDS: FieldMakers<Sender> = {
  id: (s) => s.phoneNumberId,
  display_phone_number: (s) => `+${s.number}`,
  verified_name: (s) => s.verifiedName,
  quality_rating: (s) => s.quality,
  code_verification_status: () => 'VERIFIED',
  platform_type: () => 'CLOUD_API',
  status: () => 'CONNECTED',
  name_status: () => 'APPROVED',
  account_mode: (s) => (s.allowlist === undefined ? 'LIVE' : 'SANDBOX'),
  // 80 and 1,000 messages a second are Meta's two levels.
  throughput: (s) => ({ level: s.messagesPerSecond > 80 ? 'HIGH' : 'STANDARD' }),
  whatsapp_business_manager_messaging_limit: (s) => s.messagingLimit,
  health_status: (s) => healthOf(s, 'PHONE_NUMBER', s.phoneNumberId),
};

const STANDARD = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'id',
];

const ACCOUNT_FIELDS: FieldMakers<Sender> = {
  id: (s) => s.businessAccountId,
  name: (s) => s.verifiedName,
  currency: () => 'EUR',
  timezone_id: () => '1',
  message_template_namespace: () => '00000000_0000_0000_0000_000000000000',
  health_status: (s) => healthOf(s, 'WABA', s.businessAccountId),
};

/** `GET /<PHONE_NUMBER_ID>`. */
export function showNumber(world: World, sender: Sender, query: URLSearchParams): Answer {
  const fields: FieldMakers<Sender> = {
    ...NUMBER_FIELDS,
    webhook_configuration: (s) => configurationOf(world, s),
  };
  const asked = askedFields(query, fields, STANDARD, 'WhatsAppBusinessPhoneNumber');
  return isRefusal(asked) ? errorAnswer(asked) : json(200, readFields(sender, fields, asked));
}

/** `GET /<WABA_ID>`, told by one of its numbers. */
export function showAccount(sender: Sender, query: URLSearchParams): Answer {
  const asked = askedFields(query, ACCOUNT_FIELDS, ['id', 'name'], 'WhatsAppBusinessAccount');
  return isRefusal(asked)
    ? errorAnswer(asked)
    : json(200, readFields(sender, ACCOUNT_FIELDS, asked));
}

/** `GET /<WABA_ID>/phone_numbers`. */
export function listNumbers(senders: readonly Sender[], query: URLSearchParams): Answer {
  const asked = askedFields(query, NUMBER_FIELDS, STANDARD, 'WhatsAppBusinessPhoneNumber');
  if (isRefusal(asked)) return errorAnswer(asked);
  return json(200, { data: senders.map((sender) => readFields(sender, NUMBER_FIELDS, asked)) });
}

/** `GET /<PHONE_NUMBER_ID>/settings`. */
export function showSettings(world: World, sender: Sender): Answer {
  const restriction = activeRestriction(sender, world.clock.now());
  const restrictions =
    restriction === undefined
      ? {}
      : {
          restrictions: {
            restrictions_list: [
              {
                type: restriction.type,
                ...given({ reason: restriction.reason }),
                ...given({
                  expiration:
                    restriction.expiresAt === undefined
                      ? undefined
                      : Math.floor(restriction.expiresAt / 1000),
                }),
              },
            ],
          },
        };
  return json(200, {
    calling: {
      status: sender.calling,
      call_icon_visibility: 'DEFAULT',
      callback_permission_status: 'DISABLED',
      ...restrictions,
    },
  });
}

/** `POST /<PHONE_NUMBER_ID>/settings`: switches calling on or off. */
export function changeSettings(
  world: World,
  sender: Sender,
  body: Readonly<Record<string, unknown>>,
): Answer {
  const calling = body.calling as Readonly<Record<string, unknown>> | null | undefined;
  const status = calling?.status;
  if (status !== 'ENABLED' && status !== 'DISABLED') {
    return errorAnswer(
      refuse(100, undefined, {
        message: "Param calling['status'] must be one of {ENABLED, DISABLED}",
      }),
    );
  }
  // A messaging limit of 2,000 is needed, except on test numbers.
  const tooSmall = sender.messagingLimit === 'TIER_250' && sender.allowlist === undefined;
  if (status === 'ENABLED' && tooSmall) return errorAnswer(refuse(138015));
  sender.calling = status;
  tellCalling(world, sender);
  return json(200, { success: true });
}

/** `GET /debug_token?input_token=`. */
export function debugToken(world: World, query: URLSearchParams): Answer {
  const input = query.get('input_token');
  if (input === null) {
    return errorAnswer(
      refuse(100, undefined, { message: 'The parameter input_token is required.' }),
    );
  }
  const hash = hashToken(input);
  const known = world.tokens.find(hash);
  const refusal = world.tokens.check(hash, world.clock.now());
  const invalid = 'code' in refusal ? refusal : undefined;
  return json(200, {
    data: {
      is_valid: invalid === undefined,
      ...(invalid === undefined
        ? {}
        : {
            error: {
              code: 190,
              message: invalid.message,
              ...given({ subcode: invalid.subcode }),
            },
          }),
      ...(known === undefined
        ? { scopes: [] }
        : {
            app_id: '1000000000000001',
            type: 'SYSTEM_USER',
            application: 'Simulator',
            // 0 is Meta's value for "never".
            expires_at: known.expiresAt === undefined ? 0 : Math.floor(known.expiresAt / 1000),
            scopes: known.scopes,
          }),
    },
  });
}

function healthOf(sender: Sender, entityType: string, id: string): Record<string, unknown> {
  const errors = [
    ...(sender.blockedBy === undefined
      ? []
      : [
          problemOf(sender.blockedBy, 'The number is blocked.', 'Appeal in Business Support Home.'),
        ]),
    ...(countryAllowsCalling(sender)
      ? []
      : [problemOf(138013, 'Calling is not available in this country.', 'Use another number.')]),
  ];
  const canSend = sender.blockedBy === undefined ? 'AVAILABLE' : 'BLOCKED';
  return {
    can_send_message: canSend,
    entities: [
      {
        entity_type: entityType,
        id,
        can_send_message: canSend,
        ...(errors.length === 0 ? {} : { errors }),
      },
    ],
  };
}

function problemOf(code: number, description: string, solution: string): Record<string, unknown> {
  return { error_code: code, error_description: description, possible_solution: solution };
}
