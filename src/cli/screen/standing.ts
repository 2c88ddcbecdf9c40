/** How a single request stands, for people: what became of it, or when it goes on and how to stop it. */
import type { RequestState } from '../../core/request.ts';
import { isFinal, type RequestStanding, type WaitsFor } from '../../core/single-request.ts';
import { when } from '../../telemetry/times.ts';
import { stateLine } from './summary.ts';
import type { Colour, Terminal } from './terminal.ts';

const COLOURS: Partial<Record<RequestState, Colour>> = {
  accepted: 'green',
  'already-granted': 'green',
  rejected: 'red',
  uncertain: 'red',
};

const WAITS: Readonly<Record<WaitsFor, string>> = {
  'pair-limit': 'asked too often lately (Meta allows once in 24 hours and twice in 7 days)',
  'quiet-hours': "the person's quiet hours",
  'daily-budget': "today's people are all asked (the daily limit of the number)",
  retry: 'Meta could not take it just now; it is tried again',
  evidence: 'it may have gone out; Meta is asked whether it did',
  'sender-process': 'no process sends for this number (start one: callpermit sender)',
  'paused-queue':
    'the queue of its sender is paused in the dashboard (go on with: callpermit campaign resume ID)',
};

/** The lines to say; `paint` is the terminal's. */
export function standingLines(
  standing: RequestStanding,
  paint: Terminal['paint'],
): readonly string[] {
  const { id, state, status } = standing;
  if (state === 'paused') {
    const go = `It is not lost. Put that right, then: callpermit campaign resume ${id}`;
    return [`Request ${id}: ${paint('red', stateLine(standing))}`, go];
  }
  const head = `Request ${id}: ${paint(COLOURS[status] ?? 'yellow', status)}${detail(standing)}`;
  if (isFinal(standing)) return [head, ...(standing.advice === null ? [] : [standing.advice])];
  const goesOn = standing.due_at === null ? '' : `, goes on at ${when(new Date(standing.due_at))}`;
  const why =
    standing.waits_for === null
      ? ''
      : `: ${WAITS[standing.waits_for].replace('resume ID', `resume ${id}`)}`;
  return [
    `${head}${why}${goesOn}.`,
    'Any running `callpermit sender` or `callpermit up` goes on with it. ' +
      `To stop it: callpermit campaign cancel ${id}`,
  ];
}

function detail({ wamid, error_code, error_message, status }: RequestStanding): string {
  if (status === 'accepted') return wamid === null ? '' : ` (${wamid})`;
  if (error_code === null) return '';
  return ` (${error_code}${error_message === null ? '' : `: ${error_message}`})`;
}
