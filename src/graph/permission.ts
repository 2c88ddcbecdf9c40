/**
 * `GET /<PHONE_NUMBER_ID>/call_permissions`. Meta's guide and Meta's OpenAPI description use
 * different values for the same things; both are read.
 */
import { given } from '../core/given.ts';
import type { CallPermissionInfo, GraphFailure, PermissionWindow } from '../core/graph.ts';
import { STATUS_CHARS } from '../core/outside-text.ts';
import { isUserId } from '../core/people/user-id.ts';
import { ok, type Result } from '../core/result.ts';
import type { Call } from './call.ts';
import { asDate, asList, asNumber, asRecord, asText } from './json.ts';

/** Asks what is known between the number and one person; a `wa_id` in digits or a user id, a plus is dropped. */
export async function callPermission(
  call: Call,
  phoneNumberId: string,
  person: string,
): Promise<Result<CallPermissionInfo, GraphFailure>> {
  const name = person.replace(/^\+/, '');
  const result = await call({
    method: 'GET',
    path: `/${encodeURIComponent(phoneNumberId)}/call_permissions`,
    query: isUserId(name) ? { recipient: name } : { user_wa_id: name },
  });
  return result.ok ? ok(readPermission(result.value)) : result;
}

const STATUS: Readonly<Record<string, CallPermissionInfo['status']>> = {
  no_permission: 'none',
  granted: 'temporary',
};

/** The spellings of 24 hours and of 7 days seen in the two documents. */
const DAY = ['PT24H', 'P1D', '24H', '1D'];
const WEEK = ['P7D', 'PT168H', 'P1W', '7D', '168H'];

/** Reads the answer's JSON; a window that is not in it stays absent, which is not "zero used". */
export function readPermission(value: unknown): CallPermissionInfo {
  const body = asRecord(value);
  const permission = asRecord(body?.permission);
  const word = asText(permission?.status, STATUS_CHARS)?.toLowerCase() ?? 'unknown';
  const expiresAt = asDate(permission?.expiration_time) ?? asDate(permission?.expiration);
  const request = asList(body?.actions)
    .map(asRecord)
    .find((action) => action?.action_name === 'send_call_permission_request');
  const limits = asList(request?.limits).map(asRecord);
  const day = findWindow(limits, DAY);
  const week = findWindow(limits, WEEK);
  const canRequest = request?.can_perform_action;
  return {
    status: STATUS[word] ?? word,
    ...given({ expiresAt }),
    ...(typeof canRequest === 'boolean' ? { canRequest } : {}),
    ...given({ day, week }),
  };
}

function findWindow(
  limits: readonly (Record<string, unknown> | undefined)[],
  periods: readonly string[],
): PermissionWindow | undefined {
  const limit = limits.find((l) => periods.includes(asText(l?.time_period)?.toUpperCase() ?? ''));
  const used = asNumber(limit?.current_usage);
  const allowed = asNumber(limit?.max_allowed);
  if (used === undefined || allowed === undefined) return undefined;
  const freesAt = asDate(limit?.limit_expiration_time);
  return { used, allowed, ...given({ freesAt }) };
}
