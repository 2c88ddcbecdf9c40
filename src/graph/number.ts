/**
 * What `doctor` and the preflight ask about a number and a token. Fields differ between Graph
 * versions (`whatsapp_business_manager_messaging_limit` is v24 and later), and one unknown field
 * refuses the whole read with code 100: then it is read again without that field.
 */
import { given } from '../core/given.ts';
import type { CallingSettings, GraphFailure, NumberInfo, TokenInfo } from '../core/graph.ts';
import { ID_CHARS, outsideError, STATUS_CHARS } from '../core/outside-text.ts';
import { ok, type Result } from '../core/result.ts';
import type { TokenOf } from './access.ts';
import type { Call } from './call.ts';
import { asDate, asList, asNumber, asRecord, asText } from './json.ts';

/** The reads about one number and its token. */
export interface NumberCalls {
  numberInfo(): Promise<Result<NumberInfo, GraphFailure>>;
  callingSettings(): Promise<Result<CallingSettings, GraphFailure>>;
  /** `GET /debug_token`; not every server has it (`notFound`). */
  tokenInfo(): Promise<Result<TokenInfo, GraphFailure>>;
}

const FIELDS = 'id,display_phone_number,verified_name,quality_rating,throughput,health_status';
const FIELDS_V24 = `${FIELDS},whatsapp_business_manager_messaging_limit`;

/** Binds the reads to a number. */
export function numberCalls(call: Call, phoneNumberId: string, token: TokenOf): NumberCalls {
  const path = `/${encodeURIComponent(phoneNumberId)}`;
  return {
    async numberInfo() {
      let result = await call({ method: 'GET', path, query: { fields: FIELDS_V24 } });
      if (!result.ok && namesTheField(result.error)) {
        result = await call({ method: 'GET', path, query: { fields: FIELDS } });
      }
      return result.ok ? ok(readNumber(result.value, phoneNumberId)) : result;
    },
    async callingSettings() {
      const result = await call({ method: 'GET', path: `${path}/settings` });
      return result.ok ? ok(readCalling(result.value)) : result;
    },
    async tokenInfo() {
      const query = { input_token: (await token()) ?? '' };
      const result = await call({ method: 'GET', path: '/debug_token', query });
      return result.ok ? ok(readToken(result.value)) : result;
    },
  };
}

/** Code 100 also says that the number does not exist; then a second read would say so again. */
function namesTheField(failure: GraphFailure): boolean {
  return (
    failure.kind === 'refused' &&
    failure.error.code === 100 &&
    /field|messaging_limit/i.test(`${failure.error.message} ${failure.error.details ?? ''}`)
  );
}

function readNumber(value: unknown, id: string): NumberInfo {
  const node = asRecord(value);
  const health = asRecord(node?.health_status);
  const optional = {
    displayPhoneNumber: asText(node?.display_phone_number),
    verifiedName: asText(node?.verified_name),
    qualityRating: asText(node?.quality_rating, STATUS_CHARS),
    throughputLevel: asText(asRecord(node?.throughput)?.level, STATUS_CHARS),
    messagingLimit: asText(node?.whatsapp_business_manager_messaging_limit, STATUS_CHARS),
    canSendMessage: asText(health?.can_send_message, STATUS_CHARS),
  };
  return {
    id: asText(node?.id, ID_CHARS) ?? id,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, found]) => found !== undefined),
    ) as Partial<NumberInfo>),
    healthErrors: asList(health?.entities)
      .flatMap((entity) => asList(asRecord(entity)?.errors))
      .map((item) => {
        const error = asRecord(item);
        const solution = asText(error?.possible_solution);
        const { code, message } = outsideError({
          code: asNumber(error?.error_code) ?? -1,
          message: asText(error?.error_description) ?? 'no description',
        });
        return {
          code,
          description: message,
          ...given({ solution }),
        };
      }),
  };
}

function readCalling(value: unknown): CallingSettings {
  const calling = asRecord(asRecord(value)?.calling);
  const list = asList(asRecord(calling?.restrictions)?.restrictions_list);
  return {
    status: asText(calling?.status, STATUS_CHARS)?.toUpperCase() ?? 'UNKNOWN',
    restrictions: list.map((item) => {
      const restriction = asRecord(item);
      const reason = asText(restriction?.reason);
      const expiration = asDate(restriction?.expiration);
      return {
        type: asText(restriction?.type, STATUS_CHARS) ?? 'UNKNOWN',
        ...given({ reason, expiration }),
      };
    }),
  };
}

function readToken(value: unknown): TokenInfo {
  const data = asRecord(asRecord(value)?.data);
  const expiresAt = asDate(data?.expires_at);
  return {
    isValid: data?.is_valid === true,
    ...given({ expiresAt }),
    scopes: asList(data?.scopes).flatMap((scope) => asText(scope) ?? []),
  };
}
