/**
 * The one call that must never be made twice by itself. p-retry repeats it only where the exchange
 * failed before its first byte; everything after that is an outcome for the ledger.
 */

import { setImmediate } from 'node:timers/promises';
import pRetry from 'p-retry';
import { given } from '../core/given.ts';
import type { SendInput } from '../core/graph.ts';
import type { Outcome, Refused, Uncertain } from '../core/verdicts/outcome.ts';
import { type TokenOf, tokenOrError } from './access.ts';
import type { Belonging } from './doubts.ts';
import { ExchangeError } from './exchange.ts';
import type { Http } from './http.ts';
import { sendPayload } from './payload.ts';
import { readSendLoss, readSendReply, redactor } from './reply.ts';

/** What one send is asked and told on its way. */
export interface SendOptions {
  /**
   * Asked synchronously when a connection stands, right before head and body are written. `false`:
   * nothing is written, the outcome is `unsent` with the detail `withheld`.
   */
  readonly mayWrite?: () => boolean;
  /**
   * Called at most once, and only after a `refused` was given, within `requestTimeoutMs` of it: its
   * connection turned out to mix up answers, so that the refusal may be another request's.
   */
  readonly onDoubt?: (doubt: Uncertain) => void;
}

/** What a send is made with. */
export interface Sender {
  readonly http: Http;
  /** `/<version>/<PHONE_NUMBER_ID>/messages`. */
  readonly path: string;
  readonly token: TokenOf;
  /** Called on a code 190, so that a token file is looked at again. */
  readonly tokenRefused: () => void;
  readonly requestTimeoutMs: number;
}

/**
 * Pauses of 0.1-0.2 s and 0.3-0.6 s: enough for a lost SYN or a restarted proxy. The second try comes while a send time
 * may still be late (0.35 s); where a connection stands later, `mayWrite` says no, and the claim takes another send time.
 */
export const UNSENT_RETRIES = { retries: 2, minTimeout: 100, factor: 3, randomize: true } as const;

/** Makes one POST and says what it led to; never throws for anything a server or network does. */
export async function send(p: Sender, input: SendInput, options: SendOptions): Promise<Outcome> {
  const begun = performance.now();
  const deadline = begun + p.requestTimeoutMs;
  const access = await tokenOrError(p.token);
  if ('error' in access) return { kind: 'refused', error: access.error };
  const question = { to: input.to, redact: redactor(access.token) };
  const body = sendPayload(input);
  let read: Outcome | undefined;
  let isDoubted = false;
  let isGiven = false;

  try {
    const reply = await untilWritten(
      () =>
        p.http({
          method: 'POST',
          path: p.path,
          token: access.token,
          body,
          deadline,
          begun,
          ...(options.mayWrite === undefined ? {} : { mayWrite: options.mayWrite }),
          judge: (whole) => {
            read = readSendReply(whole, question);
            return belongingOf(read);
          },
          onDoubt: () => {
            isDoubted = true;
            if (isGiven && read?.kind === 'refused') options.onDoubt?.(doubtOf(read));
          },
        }),
      deadline,
    );
    const outcome = read ?? readSendReply(reply, question);
    if (outcome.kind !== 'refused') return outcome;
    // An answer given twice in one packet is seen before it is believed: Node tells of a socket that
    // was closed for it at the end of this turn of the event loop.
    await setImmediate();
    await setImmediate();
    isGiven = true;
    if (isDoubted) return doubtOf(outcome);
    if (outcome.error.code === 190) p.tokenRefused();
    return outcome;
  } catch (error) {
    if (error instanceof ExchangeError) return readSendLoss(error, question);
    throw error;
  }
}

/** What `post` gives; again, after a pause, where a connection failed. Most do at once, and cost nothing more. */
async function untilWritten<T>(post: () => Promise<T>, deadline: number): Promise<T> {
  try {
    return await post();
  } catch (error) {
    if (!neverLeft(error)) throw error;
    let first: unknown = error;
    const again = (): Promise<T> => {
      const failed = first;
      first = undefined;
      return failed === undefined ? post() : Promise.reject(failed);
    };
    return pRetry(again, {
      ...UNSENT_RETRIES,
      maxRetryTime: Math.max(0, deadline - performance.now()),
      shouldRetry: ({ error: reason }) => neverLeft(reason),
    });
  }
}

function belongingOf(outcome: Outcome): Belonging {
  if (outcome.kind === 'uncertain' && outcome.cause === 'foreign-answer') return 'mismatched';
  return outcome.kind === 'refused' ? 'nameless' : 'own';
}

function doubtOf({ error, raw }: Refused): Uncertain {
  return {
    kind: 'uncertain',
    cause: 'foreign-answer',
    detail: `refused with ${error.code} on a connection that mixes up answers: it may be another request's`,
    ...given({ raw }),
  };
}

/** True for a failure that certainly did not reach the server and may pass by itself. */
export function neverLeft(error: unknown): boolean {
  return error instanceof ExchangeError && !error.written && error.reason === 'connection-failed';
}
