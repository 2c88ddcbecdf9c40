/** The Graph routes that say where webhooks go. A URL is saved only if it answers Meta's question. */
import { type Answer, json } from '../answer.ts';
import type { Sender } from '../senders.ts';
import { errorAnswer, type Refusal, refuse } from '../sim-errors.ts';
import type { World } from '../world.ts';

type Body = Readonly<Record<string, unknown>>;

/** What a request wants saved. */
export interface CallbackWish {
  readonly url: string;
  readonly verifyToken: string;
}

/** Longest URL that Meta takes here. */
const LONGEST_URL = 200;

/** The callback that a body names; `undefined` where there is none to be asked. */
export function callbackWish(
  edge: string | undefined,
  body: Body | undefined,
): CallbackWish | undefined {
  const named = edge === 'subscribed_apps' ? body : objectOf(body?.webhook_configuration);
  const url = named?.override_callback_uri;
  const verifyToken = named?.verify_token;
  return typeof url === 'string' && url !== ''
    ? { url, verifyToken: typeof verifyToken === 'string' ? verifyToken : '' }
    : undefined;
}

/** `POST /<WABA_ID>/subscribed_apps`: subscribes, and sets or removes the account's URL. */
export function subscribeApp(
  world: World,
  account: string,
  body: Body | undefined,
  isVerified: boolean,
): Answer {
  const wish = callbackWish('subscribed_apps', body);
  const refusal = wish === undefined ? undefined : refusalOf(wish, isVerified);
  if (refusal !== undefined) return errorAnswer(refusal);
  world.webhooks.targets.subscribe(account, true);
  world.webhooks.targets.override(account, wish?.url);
  return json(200, { success: true });
}

/** `GET /<WABA_ID>/subscribed_apps`. */
export function listSubscribedApps({ webhooks: { targets } }: World, account: string): Answer {
  const url = targets.overrideOf(account);
  const app = { id: '1000000000000001', name: 'Simulator', link: 'https://example.com/' };
  const entry = {
    whatsapp_business_api_data: app,
    ...(url === undefined ? {} : { override_callback_uri: url }),
  };
  return json(200, { data: targets.isSubscribed(account) ? [entry] : [] });
}

/** `DELETE /<WABA_ID>/subscribed_apps`: nothing of this account is told any more. */
export function unsubscribeApp(world: World, account: string): Answer {
  world.webhooks.targets.subscribe(account, false);
  world.webhooks.targets.override(account, undefined);
  return json(200, { success: true });
}

/** `POST /<PHONE_NUMBER_ID>` with `webhook_configuration`; an empty URL removes it. */
export function configureNumber(
  world: World,
  sender: Sender,
  body: Body,
  isVerified: boolean,
): Answer {
  if (objectOf(body.webhook_configuration) === undefined) {
    return errorAnswer(
      refuse(100, undefined, { message: 'The parameter webhook_configuration is required.' }),
    );
  }
  const wish = callbackWish(undefined, body);
  const refusal = wish === undefined ? undefined : refusalOf(wish, isVerified);
  if (refusal !== undefined) return errorAnswer(refusal);
  world.webhooks.targets.override(sender.phoneNumberId, wish?.url);
  return json(200, { success: true });
}

/** The field `webhook_configuration` of a number. */
export function configurationOf({ webhooks: { targets } }: World, sender: Sender): Body {
  const [number, account] = [
    targets.overrideOf(sender.phoneNumberId),
    targets.overrideOf(sender.businessAccountId),
  ];
  return {
    ...(number === undefined ? {} : { phone_number: number }),
    ...(account === undefined ? {} : { whatsapp_business_account: account }),
    ...(targets.url === undefined ? {} : { application: targets.url }),
  };
}

function refusalOf(wish: CallbackWish, isVerified: boolean): Refusal | undefined {
  if (wish.url.length > LONGEST_URL) {
    return refuse(100, undefined, {
      message: `Param override_callback_uri must be at most ${LONGEST_URL} characters`,
    });
  }
  if (wish.verifyToken === '') {
    return refuse(100, undefined, { message: 'The parameter verify_token is required.' });
  }
  // The code is from reports of clients; Meta's table does not have it.
  return isVerified
    ? undefined
    : refuse(2200, undefined, { message: 'Callback verification failed', httpStatus: 400 });
}

function objectOf(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Body)
    : undefined;
}
