/**
 * The comparison of the three books: the list, the ledger, and what the server was asked. Pure, so
 * that its own test can falsify each book and see it told.
 */
import { maskPhone } from '../../src/core/phone.ts';
import type { RefusedLine } from '../../src/core/recipient.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { ListRow } from './list.ts';
import type { KeptAttempt } from './witness.ts';

/** Everything that is compared. */
export interface Books {
  readonly list: readonly ListRow[];
  readonly exported: readonly RequestResult[];
  readonly refused: readonly Pick<RefusedLine, 'row'>[];
  readonly server: readonly RequestRecord[];
  readonly attempts: readonly KeptAttempt[];
  /** What checks of uncertain people found, by row. */
  readonly findings: ReadonlyMap<number, string>;
  /** Claims of processes when they were killed or frozen, as `<request>.<fence>`. */
  readonly inFlight: ReadonlySet<string>;
  readonly policy: 'hold' | 'resend-after-check';
}

/** What the comparison came to; each entry of the lists is one sentence about one row. */
export interface Verdicts {
  readonly askedTwice: readonly string[];
  readonly forgotten: readonly string[];
  readonly wronglyRecorded: readonly string[];
  /** Rows that were uncertain at some time. */
  readonly everUncertain: number;
  /** Of these, settled since by evidence. */
  readonly resolved: number;
  /** POSTs that the server answered late, unreadably or not at all. */
  readonly faulted: number;
  /** Outcomes that became uncertain, and of these the ones no kill and no fault accounts for. */
  readonly uncertainOutcomes: number;
  readonly unexplained: readonly string[];
}

/** Compares the books. */
export function compareBooks(books: Books): Verdicts {
  const byRow = new Map(books.exported.map((result) => [result.row, result]));
  const posts = groupBy(books.server, (record) => record.waId ?? '');
  const refused = new Set(books.refused.map((line) => line.row));
  const askedTwice: string[] = [];
  const forgotten: string[] = [];
  const wronglyRecorded: string[] = [];

  for (const line of books.list) {
    const result = byRow.get(line.row);
    const tell = (list: string[], what: string) =>
      list.push(`row ${line.row} (${maskPhone(line.to)}): ${what}`);
    if (line.kind === 'bad') {
      if (result !== undefined) tell(wronglyRecorded, 'is no number, yet it became a request');
      if (!refused.has(line.row)) tell(forgotten, 'a bad line that is not among the refused ones');
      continue;
    }
    if (line.kind === 'double') {
      if (result === undefined) tell(forgotten, 'a double that is not in the ledger');
      else if (result.status !== 'skipped')
        tell(wronglyRecorded, `a double that is ${result.status}`);
      continue;
    }
    const asked = posts.get(line.waId) ?? [];
    posts.delete(line.waId);
    const twice = howTwice(asked, books.policy);
    if (twice !== undefined) tell(askedTwice, twice);
    if (asked.some((post) => post.parameters.some((p) => p.text !== line.name)))
      tell(wronglyRecorded, "was asked with another person's words");
    if (result === undefined) {
      tell(forgotten, 'is not in the ledger');
      continue;
    }
    if (result.to !== line.to || result.reference !== line.reference)
      tell(wronglyRecorded, `the ledger has ${maskPhone(result.to)}, ${result.reference} here`);
    const lost = howForgotten(result, asked);
    if (lost !== undefined) tell(forgotten, lost);
    const wrong = howWrong(result, asked, books.findings.get(line.row));
    if (wrong !== undefined) tell(wronglyRecorded, wrong);
  }
  for (const [waId, strays] of posts)
    wronglyRecorded.push(`${maskPhone(waId)}: asked ${strays.length} times, not on the list`);
  const inList = new Set(books.list.map((line) => line.row));
  for (const { row } of books.exported)
    if (!inList.has(row)) wronglyRecorded.push(`row ${row}: in the ledger, not on the list`);

  const uncertain = weighUncertain(books);
  if (uncertain.outcomes > books.inFlight.size + uncertain.faulted)
    wronglyRecorded.push(
      `${uncertain.outcomes} outcomes became uncertain, but only ${books.inFlight.size} were in flight at kills and ${uncertain.faulted} were answered badly`,
    );
  const ever = new Set(
    books.attempts.filter((a) => a.outcome === 'uncertain').map((attempt) => attempt.row),
  );
  return {
    askedTwice,
    forgotten,
    wronglyRecorded,
    everUncertain: ever.size,
    resolved: [...ever].filter((row) => byRow.get(row)?.status !== 'uncertain').length,
    faulted: uncertain.faulted,
    uncertainOutcomes: uncertain.outcomes,
    unexplained: uncertain.unexplained,
  };
}

/**
 * A POST that was refused with a Graph error object may be followed by another one; any other POST
 * must be the last. Under `resend-after-check` that holds for those the server took.
 */
function howTwice(asked: readonly RequestRecord[], policy: Books['policy']): string | undefined {
  const last = asked.length - 1;
  const early = asked.findIndex(
    (post, i) =>
      i < last &&
      (post.outcome === 'accepted' || (policy === 'hold' && post.outcome === 'dropped')),
  );
  if (early === -1) return undefined;
  const story = asked.map((post) => `${post.callbackData} ${post.outcome} at ${post.at}`);
  return `POSTed again after a POST that was ${asked[early]?.outcome}: ${story.join(', ')}`;
}

/** Not in a final state, or ended without the server's having refused. */
function howForgotten(result: RequestResult, asked: readonly RequestRecord[]): string | undefined {
  const last = asked.at(-1);
  switch (result.status) {
    case 'accepted':
    case 'uncertain':
      return undefined;
    case 'rejected':
    case 'already-granted': {
      const isRefusal = last?.outcome === 'refused' && last.code === result.error_code;
      const said = last === undefined ? 'was never asked' : `said ${last.code ?? last.outcome}`;
      return isRefusal
        ? undefined
        : `is ${result.status} (${result.error_code}), but the server ${said}`;
    }
    default:
      return `is ${result.status} (${result.advice})`;
  }
}

/** What the ledger says is not what the server did. */
function howWrong(
  result: RequestResult,
  asked: readonly RequestRecord[],
  finding: string | undefined,
): string | undefined {
  const taken = asked.find((post) => post.outcome === 'accepted');
  if (result.status === 'accepted') {
    if (taken === undefined) return `is accepted, but the server took nothing (${finding})`;
    if (result.wamid === null && finding === undefined)
      return 'is accepted without a wamid and without a finding';
    if (result.wamid !== null && result.wamid !== taken.wamid)
      return `has wamid ${shortened(result.wamid)}, the server gave ${shortened(taken.wamid)}`;
    if (result.wa_id !== null && result.wa_id !== taken.waId)
      return `has wa_id ${maskPhone(result.wa_id)}, the server gave ${maskPhone(taken.waId ?? '')}`;
    return undefined;
  }
  if (taken === undefined) return undefined;
  if (result.status !== 'uncertain') return `is ${result.status}, but the server took it`;
  return finding !== undefined && /did not go out/.test(finding)
    ? `is said not to have gone out, but the server took it (${finding})`
    : undefined;
}

/** A wamid holds the number, in base64: only its end is shown. */
function shortened(wamid: string | null): string {
  return `...${wamid?.slice(-12)}`;
}

function weighUncertain({ attempts, server, inFlight }: Books): {
  readonly faulted: number;
  readonly outcomes: number;
  readonly unexplained: readonly string[];
} {
  const bad = server.filter((post) => post.answered !== 'json');
  const explained = new Set([...inFlight, ...bad.flatMap((post) => post.callbackData ?? [])]);
  const outcomes = new Map(
    attempts.filter((a) => a.outcome === 'uncertain').map((a) => [a.ref, a]),
  );
  return {
    faulted: bad.length,
    outcomes: outcomes.size,
    unexplained: [...outcomes.values()]
      .filter((a) => !explained.has(a.ref))
      .map((a) => `row ${a.row} (${a.ref}): ${a.detail}`),
  };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
