/**
 * Meta's error codes with the HTTP status each comes with, and the Graph error body.
 * The statuses are Meta's own confusing ones: rate limits are HTTP 400 here, as in its table, so a
 * client that decides by status fails against this server as it would against Meta's.
 */

import { randomUUID } from 'node:crypto';
import { given } from '../core/given.ts';
import { type Answer, json } from './answer.ts';

/** One refusal, before it becomes an answer. */
export interface Refusal {
  readonly code: number;
  /** `error_data.details`. */
  readonly details?: string;
  /** Stands in for the code's usual status. */
  readonly httpStatus?: number;
  /** Stands in for the code's usual title; without the `(#code)` before it. */
  readonly message?: string;
  readonly type?: string;
  readonly subcode?: number;
  readonly userTitle?: string;
  readonly userMessage?: string;
  readonly isTransient?: boolean;
}

/** Code, HTTP status, title. */
const CODES: readonly (readonly [code: number, httpStatus: number, title: string])[] = [
  [0, 401, 'AuthException'],
  [1, 400, 'API Unknown'],
  [2, 503, 'API Service'],
  [3, 500, 'API Method'],
  [4, 400, 'API Too Many Calls'],
  [10, 403, 'Application does not have permission for this action'],
  [33, 400, 'Parameter value is not valid'],
  [100, 400, 'Invalid parameter'],
  [104, 400, 'Invalid appsecret_proof provided in the API argument'],
  [190, 401, 'Invalid OAuth access token'],
  [200, 403, 'Permissions error'],
  [368, 403, 'Temporarily blocked for policies violations'],
  [613, 429, 'Calls to this API have exceeded the rate limit'],
  [803, 404, 'Some of the aliases you requested do not exist'],
  [2500, 400, 'Unknown path components'],
  [80007, 400, 'Rate limit issues'],
  [80008, 400, 'There have been too many calls to this WhatsApp Business account'],
  [130429, 400, 'Rate limit hit'],
  [130472, 400, "User's number is part of an experiment"],
  [130497, 403, 'Business account is restricted from messaging users in this country'],
  [131000, 500, 'Something went wrong'],
  [131005, 403, 'Access denied'],
  [131008, 400, 'Required parameter is missing'],
  [131009, 400, 'Parameter value is not valid'],
  [131016, 500, 'Service unavailable'],
  [131021, 400, 'Recipient cannot be sender'],
  [131026, 400, 'Message undeliverable'],
  [131030, 400, 'Recipient phone number not in allowed list'],
  [131031, 403, 'Business Account locked'],
  [131037, 400, 'Display name approval needed'],
  [131041, 400, 'Group not found'],
  [131042, 400, 'Business eligibility payment issue'],
  [131045, 500, 'Message failed to send because of the registration of the number'],
  [131047, 400, 'Re-engagement message'],
  [131048, 400, 'Spam rate limit hit'],
  [131049, 400, 'Message not delivered to maintain healthy ecosystem engagement'],
  [131050, 400, 'User stopped marketing messages from this business'],
  [131051, 400, 'Unsupported message type'],
  [131056, 400, 'Pair rate limit hit'],
  [131057, 500, 'Account in maintenance mode'],
  [131059, 400, 'Invalid pagination cursor'],
  [132000, 400, 'Number of parameters does not match the expected number of params'],
  [132001, 404, 'Template name does not exist in the translation'],
  [132005, 400, 'Translated text too long'],
  [132007, 400, 'Template format character policy violated'],
  [132012, 400, 'Parameter format does not match format in the created template'],
  [132015, 400, 'Template is paused'],
  [132016, 400, 'Template is disabled'],
  [132018, 400, 'There is an issue with the parameters in your template'],
  [133004, 503, 'Server temporarily unavailable'],
  [133010, 400, 'Phone number not registered'],
  [135000, 400, 'Generic user error'],
  [138000, 401, 'Calling not enabled'],
  [138001, 400, 'Receiver cannot take calls'],
  [138009, 400, 'Call permission request limit reached for this user'],
  [138013, 400, 'Business-initiated calling is not available for this number'],
  [138014, 400, 'Calling temporarily disabled because of low quality'],
  [138015, 400, 'Calling cannot be enabled'],
  [138017, 400, 'Permanent call permission already exists'],
  [138018, 400, 'Technical prerequisites for calling are missing'],
];

const BY_CODE = new Map(CODES.map(([code, httpStatus, title]) => [code, { httpStatus, title }]));

/** Refuses with `code`; its status and title come from the table unless given. */
export function refuse(
  code: number,
  details?: string,
  more: Omit<Refusal, 'code' | 'details'> = {},
): Refusal {
  return { code, ...given({ details }), ...more };
}

/** What Meta calls a code. */
export function titleOf(code: number): string {
  return BY_CODE.get(code)?.title ?? 'Unknown error';
}

/** The HTTP status a refusal is sent with: Meta's, or 400 for a code not in the table. */
function statusOf(refusal: Refusal): number {
  return refusal.httpStatus ?? BY_CODE.get(refusal.code)?.httpStatus ?? 400;
}

/** A trace id of Meta's look: `A` and 22 characters. */
export function traceId(): string {
  return `A${randomUUID().replaceAll('-', '').slice(0, 22)}`;
}

/** The Graph error body of a refusal as an answer. */
export function errorAnswer(refusal: Refusal, headers?: Readonly<Record<string, string>>): Answer {
  const title = refusal.message ?? titleOf(refusal.code);
  const error = {
    message: `(#${refusal.code}) ${title}`,
    type: refusal.type ?? 'OAuthException',
    code: refusal.code,
    ...given({
      error_subcode: refusal.subcode,
      is_transient: refusal.isTransient,
      error_user_title: refusal.userTitle,
      error_user_msg: refusal.userMessage,
    }),
    ...(refusal.details === undefined
      ? {}
      : { error_data: { messaging_product: 'whatsapp', details: refusal.details } }),
    fbtrace_id: traceId(),
  };
  return json(statusOf(refusal), { error }, headers);
}
