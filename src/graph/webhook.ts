/**
 * Where Meta sends webhooks: the app is subscribed to an account, and its URL may be overridden for one number or for the
 * account. Meta asks a URL for our verify token before it takes it. Whatever it answers, the token is in no error.
 */
import { given } from '../core/given.ts';
import type { GraphFailure, WebhookSettings, WebhookTarget } from '../core/graph.ts';
import { err, ok, type Result } from '../core/result.ts';
import { LOCAL_ERROR } from './access.ts';
import type { Call } from './call.ts';
import { asRecord, asText } from './json.ts';

/** The calls about webhooks of a number and its account. */
export interface WebhookCalls {
  subscribeApp(override?: WebhookTarget): Promise<Result<void, GraphFailure>>;
  setWebhookOverride(override: WebhookTarget | undefined): Promise<Result<void, GraphFailure>>;
  readWebhook(): Promise<Result<WebhookSettings, GraphFailure>>;
}

const NO_ACCOUNT: GraphFailure = {
  kind: 'refused',
  error: {
    code: -1,
    type: LOCAL_ERROR,
    message: 'No WhatsApp business account is set for this sender.',
    details: 'Set WHATSAPP_BUSINESS_ACCOUNT_ID: an app is subscribed to the account.',
  },
};

/** Binds the calls to a number and its account. */
export function webhookCalls(
  call: Call,
  phoneNumberId: string,
  businessAccountId: string | undefined,
): WebhookCalls {
  const number = `/${encodeURIComponent(phoneNumberId)}`;
  return {
    async subscribeApp(override) {
      if (businessAccountId === undefined) return err(NO_ACCOUNT);
      const path = `/${encodeURIComponent(businessAccountId)}/subscribed_apps`;
      const result = await call({
        method: 'POST',
        path,
        ...given({ body: override && bodyOf(override) }),
      });
      return done(result, override);
    },
    async setWebhookOverride(override) {
      const webhook_configuration =
        override === undefined ? { override_callback_uri: '' } : bodyOf(override);
      const body = { webhook_configuration };
      return done(await call({ method: 'POST', path: number, body }), override);
    },
    async readWebhook() {
      const query = { fields: 'webhook_configuration' };
      const result = await call({ method: 'GET', path: number, query });
      return result.ok ? ok(readSettings(result.value)) : result;
    },
  };
}

function bodyOf({ url, verifyToken }: WebhookTarget) {
  return { override_callback_uri: url, verify_token: verifyToken };
}

function done(
  result: Result<unknown, GraphFailure>,
  override: WebhookTarget | undefined,
): Result<void, GraphFailure> {
  if (result.ok) return ok(undefined);
  return override === undefined ? result : err(without(result.error, override.verifyToken));
}

/** The failure without a secret, which Meta may quote. */
function without(failure: GraphFailure, secret: string): GraphFailure {
  const hide = (_: string, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(secret, '[verify token]') : value;
  return JSON.parse(JSON.stringify(failure, hide)) as GraphFailure;
}

function readSettings(value: unknown): WebhookSettings {
  const set = asRecord(asRecord(value)?.webhook_configuration);
  const urlOf = (name: string) => {
    const url = asText(set?.[name]);
    return url === '' ? undefined : url;
  };
  return given({
    number: urlOf('phone_number'),
    account: urlOf('whatsapp_business_account'),
    app: urlOf('application'),
  });
}
