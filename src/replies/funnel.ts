/**
 * What a campaign led to: of those it asked, whom Meta took, whom the message reached, who read it, who allowed a call.
 * Each step counts those of the steps behind it too: who read a message had it delivered.
 */
import type { CampaignSummary } from '../core/campaign.ts';
import type { FunnelCount, PermissionBook, ReasonCount } from '../core/ports/index.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';

/** Messages that were not delivered, by Meta's code. */
export interface FailedCount {
  /** `null` where Meta gave none. */
  readonly code: number | null;
  readonly n: number;
  readonly meaning: string | null;
}

/** Messages by what is charged for them. */
export interface PricedCount {
  /** `regular`, `free_customer_service` ... */
  readonly type: string;
  /** `marketing`, `utility` ... */
  readonly category: string;
  readonly isFree: boolean;
  readonly n: number;
}

/** What became of the messages of one language. */
export interface LanguageFunnel {
  readonly language: string;
  readonly delivered: number;
  readonly read: number;
  readonly granted: number;
  readonly declined: number;
  readonly failed: number;
}

/** What a campaign led to. */
export interface Funnel {
  /** Requests that Meta answered, or whose outcome is not known. */
  readonly asked: number;
  readonly accepted: number;
  /** Of the accepted: Meta held them back at first while it judged the template. */
  readonly held: number;
  readonly delivered: number;
  readonly read: number;
  readonly granted: { readonly temporary: number; readonly permanent: number };
  readonly declined: number;
  /** Accepted, not told to have failed, and neither granted nor declined so far. */
  readonly noAnswer: number;
  readonly failed: readonly FailedCount[];
  readonly priced: readonly PricedCount[];
  /** Half of those who answered had done so after so many seconds. */
  readonly medianAnswerS: number | null;
  readonly byLanguage: readonly LanguageFunnel[];
}

/** What a funnel is made of. */
export interface FunnelFacts {
  readonly campaign: Pick<CampaignSummary, 'counts' | 'messageStatuses'>;
  /** Why requests were rejected: only those with a code were refused by Meta. */
  readonly reasons: readonly Pick<ReasonCount, 'state' | 'errorCode' | 'count'>[];
  readonly facts: readonly FunnelCount[];
  readonly medianAnswerS: number | null;
}

/** Where a funnel is read from. */
export interface FunnelTarget {
  readonly ledger: { readonly book: Pick<PermissionBook, 'funnel' | 'medianAnswerS'> };
}

/** The funnel of a campaign that was looked at already. */
export async function funnelOf(
  { ledger }: FunnelTarget,
  campaign: Pick<CampaignSummary, 'id' | 'counts' | 'messageStatuses'>,
  reasons: FunnelFacts['reasons'],
): Promise<Funnel> {
  const facts = await ledger.book.funnel(campaign.id);
  const medianAnswerS = await ledger.book.medianAnswerS(campaign.id);
  return toFunnel({ campaign, reasons, facts, medianAnswerS });
}

/** The funnel of what was counted. */
export function toFunnel({ campaign, reasons, facts, medianAnswerS }: FunnelFacts): Funnel {
  const { accepted, uncertain, 'already-granted': granted } = campaign.counts;
  const refused = sumOf(
    reasons.filter((r) => r.state === 'rejected' && r.errorCode !== null).map((r) => r.count),
  );
  const temporary = countOf(facts, 'answered temporary');
  const permanent = countOf(facts, 'answered permanent');
  const declined = countOf(facts, 'answered declined');
  const failed = kindsOf(facts, 'failed');
  // Whom a message did not reach cannot answer it.
  const over = temporary + permanent + declined + sumOf(failed.map(([, n]) => n));
  return {
    asked: accepted + granted + refused + uncertain,
    accepted,
    held: campaign.messageStatuses.held_for_quality_assessment ?? 0,
    delivered: countOf(facts, 'delivered'),
    read: countOf(facts, 'read'),
    granted: { temporary, permanent },
    declined,
    // The counts are read one after the other: an answer may come between two.
    noAnswer: Math.max(0, accepted - over),
    failed: failed.map(([code, n]) => toFailed(code, n)),
    priced: kindsOf(facts, 'priced').map(([kind, n]) => toPriced(kind, n)),
    medianAnswerS,
    byLanguage: [...new Set(facts.map((f) => f.language))]
      .toSorted()
      .map((language) => toLanguage(language, facts)),
  };
}

function toLanguage(language: string, facts: readonly FunnelCount[]): LanguageFunnel {
  const own = facts.filter((f) => f.language === language);
  return {
    language,
    delivered: countOf(own, 'delivered'),
    read: countOf(own, 'read'),
    granted: countOf(own, 'answered temporary') + countOf(own, 'answered permanent'),
    declined: countOf(own, 'answered declined'),
    failed: sumOf(kindsOf(own, 'failed').map(([, n]) => n)),
  };
}

function toFailed(text: string, n: number): FailedCount {
  if (text === '') return { code: null, n, meaning: null };
  const code = Number(text);
  const { known, meaning } = verdictFor({ code, message: '' });
  return { code, n, meaning: known ? meaning : null };
}

function toPriced(kind: string, n: number): PricedCount {
  const [type = 'unknown', category = 'unknown', free] = kind.split(' ');
  return { type, category, isFree: free === 'free', n };
}

function countOf(facts: readonly FunnelCount[], fact: string): number {
  return sumOf(facts.filter((f) => f.fact === fact).map((f) => f.n));
}

/** Facts of several kinds, `failed 131026`: each kind over all languages, the most first. */
function kindsOf(facts: readonly FunnelCount[], fact: string): readonly [string, number][] {
  const sums = new Map<string, number>();
  for (const { fact: whole, n } of facts) {
    if (!whole.startsWith(`${fact} `)) continue;
    const kind = whole.slice(fact.length + 1);
    sums.set(kind, (sums.get(kind) ?? 0) + n);
  }
  return [...sums].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}
