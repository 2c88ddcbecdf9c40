/** The way of one request in the order it went: from its claim to what the person answered. */
import type { KeptRequest, KeptTry } from '../core/ports/index.ts';

/** The kinds of steps. */
export const STEPS = [
  'claimed',
  'unsent',
  'refused',
  'uncertain',
  'checked',
  'settled',
  'accepted',
  'told',
  'failed',
  'delivered',
  'read',
  'answered',
  'expires',
] as const;

/** One step. */
export interface HistoryStep {
  readonly at: Date;
  readonly what: (typeof STEPS)[number];
  /** More of it: the wamid, what was found, `granted`, a message of Meta. */
  readonly detail: string | null;
  /** Meta's error code. */
  readonly code: number | null;
  /** False: it came too late to change anything. */
  readonly applied: boolean;
  /** When it is tried again, where that was decided. */
  readonly retryAt: Date | null;
}

const OF_OUTCOMES: Readonly<Record<string, HistoryStep['what']>> = {
  unsent: 'unsent',
  refused: 'refused',
  uncertain: 'uncertain',
  doubted: 'uncertain',
  check: 'checked',
  settled: 'settled',
  accepted: 'accepted',
  status: 'told',
};

/** All steps that are known, by time. */
export function historyOf(kept: KeptRequest): readonly HistoryStep[] {
  const { request, tries, claimedAt, uncertainAt, failedAt } = kept;
  const tried = tries
    .map(toStep)
    .map((one) =>
      one.what === 'accepted' ? { ...one, detail: one.detail ?? request.wamid } : one,
    );
  // What stands among the tries stands there with more than in the row.
  const isToldAccepted = tries.some(({ outcome, applied }) => outcome === 'accepted' && applied);
  const isToldDoubted = tried.some(({ what }) => what === 'uncertain');
  const isToldFailed = tries.some(({ outcome }) => outcome === 'status: failed');
  const answer = request.answer === null ? null : request.answer;
  const steps = [
    step('claimed', claimedAt),
    ...tried,
    isToldDoubted ? undefined : step('uncertain', uncertainAt),
    isToldAccepted
      ? undefined
      : step('accepted', timeOf(request.accepted_at), { detail: request.wamid }),
    isToldFailed
      ? undefined
      : step('failed', failedAt, { code: request.error_code, detail: request.error_message }),
    step('delivered', timeOf(request.delivered_at)),
    step('read', timeOf(request.read_at)),
    step('answered', timeOf(request.answered_at), { detail: answer }),
    step('expires', timeOf(request.permission_expires_at)),
  ];
  return steps
    .filter((one) => one !== undefined)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || rank(a) - rank(b));
}

function step(
  what: HistoryStep['what'],
  at: Date | null,
  more: Partial<HistoryStep> = {},
): HistoryStep | undefined {
  if (at === null) return undefined;
  return { at, what, detail: null, code: null, applied: true, retryAt: null, ...more };
}

function toStep({ at, outcome, applied, code, detail, retryAt }: KeptTry): HistoryStep {
  const [kind = '', more] = outcome.split(': ');
  const what = more === 'failed' ? 'failed' : (OF_OUTCOMES[kind] ?? 'told');
  const said =
    more === undefined || what === 'failed' ? detail : [more, detail].filter(Boolean).join(': ');
  return { at, what, detail: said, code, applied, retryAt };
}

// Meta's times are whole seconds: what is equal goes in the order it can only have happened in.
function rank({ what }: HistoryStep): number {
  return STEPS.indexOf(what);
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
