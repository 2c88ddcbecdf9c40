/** One request from the command line: left to the senders that run, or sent from here where none does. */
import { awaitOutcome } from '../../campaign/await-outcome.ts';
import { targetOf } from '../../campaign/hand-over-target.ts';
import { type MadeRequest, makeRequest } from '../../campaign/request-one.ts';
import type { SingleRequest } from '../../campaign/request-options.ts';
import { InfrastructureError } from '../../core/problem.ts';
import { isFinal, type RequestStanding } from '../../core/single-request.ts';
import type { RunningSenders } from '../../sending/run-senders.ts';
import type { App } from '../../wiring.ts';
import type { Cli } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { closeSenders } from '../run/unsettled.ts';

/** Where a running sender has not begun after so long, this process sends it itself. */
const PATIENCE_MS = 5_000;

/** Makes the request and waits; sends it here where nobody else does. */
export async function askOne(
  cli: Cli,
  app: App,
  p: {
    readonly asked: SingleRequest & { readonly sender: string };
    readonly waitMs: number;
    /** Ends the wait; what is in flight here is finished. */
    readonly signal: AbortSignal;
  },
): Promise<MadeRequest> {
  const { asked, waitMs, signal } = p;
  const isAlone = waitMs > 0 && !(await isServed(app, asked.sender));
  // Before the request is made: a queue that is away is told without a trace.
  if (isAlone) await app.queue.ping(PATIENCE_MS);
  signal.throwIfAborted();
  const target = { ...targetOf(app, 'needed'), lists: app.lists };
  const made = unwrap(await makeRequest(target, asked));
  const { id } = made;
  printMade(cli, made);
  const stood = made.created ? undefined : await awaitOutcome(app, id, { waitMs: 0 });
  if (stood !== undefined && isFinal(stood)) return made;
  let here: RunningSenders | undefined;
  try {
    if (isAlone) here = await app.runSenders([asked.sender]);
    const patience = isAlone ? waitMs : Math.min(waitMs, PATIENCE_MS);
    const stands = await awaitOutcome(app, id, { waitMs: patience, signal });
    if (waitMs > patience && !signal.aborted) {
      if (isUntouched(stands)) here = await runHere(cli, app, asked.sender);
      await awaitOutcome(app, id, { waitMs: waitMs - patience, signal });
    }
    return made;
  } finally {
    if (here !== undefined) await closeSenders(cli, here);
  }
}

function printMade({ terminal }: Cli, { id, created, warnings }: MadeRequest): void {
  terminal.about(`request ${id}`);
  for (const warning of warnings)
    terminal.note(`${terminal.paint('yellow', 'warning:')} ${warning}`);
  terminal.note(
    created ? `Request ${id} is made.` : `Request ${id} was made before under this key.`,
  );
}

/** Whether some process that was alive lately sends for it. */
async function isServed(app: App, senderId: string): Promise<boolean> {
  const senders = await app.ledger.senders.list();
  return senders.some((s) => s.senderId === senderId && s.processes > 0);
}

/** Nobody has begun with it, though nothing stands in its way. */
function isUntouched({ status, state, due_at }: RequestStanding): boolean {
  return state === 'running' && due_at === null && (status === 'pending' || status === 'queued');
}

/** A queue that is away leaves the request to the others, which may come back with it. */
async function runHere(cli: Cli, app: App, senderId: string): Promise<RunningSenders | undefined> {
  cli.terminal.note('The running senders have not begun with it: sending it from here.');
  try {
    await app.queue.ping(PATIENCE_MS);
    return await app.runSenders([senderId]);
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    cli.terminal.note('The queue is out of reach: waiting for the senders.');
    return undefined;
  }
}
