/** One person asked over HTTP, and waited for in parts that survive the proxies between. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestedOne } from '../../campaign/request-one.ts';
import { given } from '../../core/given.ts';
import { isFinal } from '../../core/single-request.ts';
import { REQUEST_WAIT_MS, type RequestInput } from '../input.ts';
import type { Line } from './line.ts';
import { asciiKey, instant } from './upload.ts';

/** Of one exchange; proxies cut off what is silent for 30 s or more. */
const WAIT_MS = 25_000;
const PAUSE_MS = 250;

/**
 * Asks. Without a key of the caller's it has one of its own: so an answer that was lost is asked for again, and the
 * person is not.
 */
export async function ask(
  line: Line,
  { waitMs = REQUEST_WAIT_MS, idempotencyKey, ...input }: RequestInput,
  p: { readonly sender: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<RequestedOne> {
  const key = asciiKey(idempotencyKey) ?? randomUUID();
  const ends = performance.now() + waitMs;
  const body = {
    ...input,
    to: String(input.to),
    ...given({ sender: input.sender ?? p.sender, notAfter: instant(input.notAfter) }),
  };
  let created: boolean | undefined = idempotencyKey === undefined ? true : undefined;
  for (;;) {
    const begun = performance.now();
    const wait = Math.max(0, Math.min(WAIT_MS, ends - begun));
    const made = await line.call<RequestedOne & { readonly campaign: null }>({
      ...{ method: 'POST', path: '/v1/requests', query: { wait: wait / 1_000 }, body },
      ...{ idempotencyKey: key, signal: p.signal, waitMs: wait, missing: 'body/sender' },
    });
    created ??= made.created;
    const now = performance.now();
    if (now >= ends || !isOpen(made, now - begun < wait)) {
      const { campaign: _, ...others } = made;
      return { ...others, created };
    }
    await sleep(Math.min(PAUSE_MS, ends - now), undefined, given({ signal: p.signal }));
  }
}

/** Whether there is something to wait for: a service that answers early, though it goes on only later, says so by `due_at`. */
function isOpen(made: RequestedOne, isEarly: boolean): boolean {
  if (isFinal(made) || made.state !== 'running') return false;
  return !isEarly || made.due_at === null;
}
