/** Waits for Meta's review of a template: minutes as a rule, up to a day. */
import { setTimeout as sleep } from 'node:timers/promises';
import { problemWhile } from '../../campaign/graph-problem.ts';
import type { GraphFailure, Template } from '../../core/graph.ts';
import type { GraphAdmin } from '../../core/ports/index.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { verdictFor } from '../../core/verdicts/verdicts.ts';
import type { Terminal } from '../screen/terminal.ts';

/** Meta allows 200 management calls an hour (docs/meta.md, "How fast"): one every 18 s would use them all. */
const PAUSES_MS = { first: 500, factor: 1.5, most: 30_000 } as const;

/** A review outlives a server that hiccups, not one that is gone. */
const FAILURES_IN_A_ROW = 5;

const WAITING = new Set(['PENDING', 'IN_APPEAL', 'PENDING_REVIEW', 'UNKNOWN']);

/** The pauses between looks, in ms: quick for a simulator, sparing for Meta. */
export function pauseBefore(look: number): number {
  return Math.min(PAUSES_MS.most, PAUSES_MS.first * PAUSES_MS.factor ** look);
}

/**
 * Polls until the template is approved; anything else final is a problem with Meta's reason.
 *
 * @param p.pause stands in for the clock in tests
 */
export async function awaitReview(
  graph: Pick<GraphAdmin, 'getTemplate'>,
  created: { readonly id: string },
  terminal: Pick<Terminal, 'note'>,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Result<Template, Problem>> {
  let failures = 0;
  let said = false;
  for (let look = 0; ; look += 1) {
    await pause(pauseBefore(look));
    const found = await graph.getTemplate(created.id);
    if (!found.ok) {
      failures += 1;
      if (!passes(found.error) || failures >= FAILURES_IN_A_ROW) {
        return err(problemWhile(found.error, 'see whether the template was approved'));
      }
      continue;
    }
    failures = 0;
    const status = found.value.status.toUpperCase();
    if (status === 'APPROVED') return ok(found.value);
    if (!WAITING.has(status)) return err(refusal(found.value));
    if (!said)
      terminal.note("Waiting for Meta's review. Ctrl-C stops waiting; the review goes on.");
    said = true;
  }
}

function refusal(template: Template): Problem {
  const { name, language, status, rejectedReason } = template;
  const isReason = rejectedReason !== undefined && rejectedReason !== 'NONE';
  const why = isReason ? ` Reason: ${rejectedReason}.` : '';
  const code = status.toUpperCase() === 'REJECTED' ? 'TEMPLATE_REJECTED' : 'TEMPLATE_NOT_APPROVED';
  return problem(code, `Template ${name} (${language}) is ${status}.${why}`, {
    next: 'Correct it and create it again under another name, or appeal in the WhatsApp Manager.',
  });
}

function passes(failure: GraphFailure): boolean {
  if (failure.kind === 'unreachable') return true;
  const { verdict } = verdictFor(failure.error);
  return verdict === 'retry' || verdict === 'slow-sender';
}
