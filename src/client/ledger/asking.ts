/** The ledger client asks: a list, or one person. */
import { awaitOutcome } from '../../campaign/await-outcome.ts';
import { handOver } from '../../campaign/hand-over.ts';
import { targetOf } from '../../campaign/hand-over-target.ts';
import { linesForPrograms, resultForPrograms } from '../../campaign/option-names.ts';
import { makeRequest, type RequestedOne } from '../../campaign/request-one.ts';
import { given } from '../../core/given.ts';
import { figuresOf } from '../../core/pace/forecast.ts';
import type { App } from '../../wiring.ts';
import type { Enqueued } from '../answers.ts';
import { type EnqueueInput, REQUEST_WAIT_MS, type RequestInput } from '../input.ts';
import { eachUnlessAborted } from '../signals.ts';
import { unwrap } from './open.ts';

/** Hands a list over. */
export async function enqueue(
  app: App,
  { recipients, ...options }: EnqueueInput,
  p: { readonly sender: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<Enqueued> {
  const { signal } = p;
  // A list that is held whole is known by all of it: only a stream is read through the signal.
  const list =
    signal === undefined || Array.isArray(recipients)
      ? recipients
      : eachUnlessAborted(signal, recipients);
  const done = unwrap(
    await handOver(targetOf(app, 'spared'), {
      options: { ...options, sender: options.sender ?? p.sender },
      list: app.lists.objects(list),
      ...given({ signal }),
    }),
  );
  const { id, state, created, added, doubles, refused, warnings, forecast } = done;
  const refusedLines = linesForPrograms(done.refusedLines);
  const expected = given({
    dryRun: options.dryRun === true ? (true as const) : undefined,
    forecast: forecast && figuresOf(forecast),
  });
  return { id, state, created, added, doubles, refused, refusedLines, warnings, ...expected };
}

/** Asks one person. */
export async function request(
  app: App,
  { waitMs = REQUEST_WAIT_MS, ...input }: RequestInput,
  p: { readonly sender: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<RequestedOne> {
  const target = { ...targetOf(app, 'spared'), lists: app.lists };
  const { fresh: _, ...made } = unwrap(
    await makeRequest(target, { ...input, sender: input.sender ?? p.sender }),
  );
  const standing = await awaitOutcome(app, made.id, { waitMs, ...given({ signal: p.signal }) });
  p.signal?.throwIfAborted();
  return { ...made, ...resultForPrograms(standing) };
}
