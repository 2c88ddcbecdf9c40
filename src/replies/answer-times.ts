/** How soon the people of a campaign answered, in spans that a person reads at a glance. */
import type { AnswerTimeCount, PermissionBook } from '../core/ports/index.ts';

/** How many answered within a span. */
export interface AnswerSpan {
  /** Seconds after the message was taken. */
  readonly fromS: number;
  /** `null`: without an end. */
  readonly untilS: number | null;
  readonly granted: number;
  readonly declined: number;
}

/** How soon they answered. */
export interface AnswerTimes {
  readonly answered: number;
  readonly medianS: number | null;
  readonly spans: readonly AnswerSpan[];
}

const HOUR = 3_600;
/** Where spans meet, in seconds: a minute to the week after which a request can be answered no more. */
const ENDS = [
  ...[60, 300, 900, 1_800, HOUR],
  ...[3, 6, 12, 24, 48, 96, 168].map((hours) => hours * HOUR),
];

/** Reads it of a campaign. */
export async function answerTimesOf(
  {
    ledger,
  }: { readonly ledger: { readonly book: Pick<PermissionBook, 'answerTimes' | 'medianAnswerS'> } },
  campaignId: string,
): Promise<AnswerTimes> {
  const counts = await ledger.book.answerTimes(campaignId, ENDS);
  const medianS = await ledger.book.medianAnswerS(campaignId);
  return { ...toSpans(counts), medianS };
}

/** The spans with what was counted. */
function toSpans(counts: readonly AnswerTimeCount[]): Omit<AnswerTimes, 'medianS'> {
  const spans = [0, ...ENDS].map((fromS, span) => {
    const { granted = 0, declined = 0 } = counts.find((one) => one.span === span) ?? {};
    return { fromS, untilS: ENDS[span] ?? null, granted, declined };
  });
  return { spans, answered: spans.reduce((sum, one) => sum + one.granted + one.declined, 0) };
}
