/**
 * The comparison of the three books: the lists, the ledger, and what the server was asked. Pure, so
 * that its own test can falsify each book and see it told.
 */
import { maskPhone } from '../../src/core/people/mask-phone.ts';
import type { RefusedLine } from '../../src/core/people/recipient.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { Deeds } from './acts.ts';
import { wrongContentOf } from './content.ts';
import { howForgotten, howTwice, howWrong } from './judge.ts';
import type { ListRow } from './list.ts';
import { weighUncertain } from './weigh-uncertain.ts';
import type { KeptAttempt, KeptRequest } from './witness.ts';

/** Everything that is compared. Rows count over all lists of a run. */
export interface Books extends Deeds {
  readonly list: readonly ListRow[];
  readonly exported: readonly RequestResult[];
  readonly refused: readonly Pick<RefusedLine, 'row'>[];
  readonly server: readonly RequestRecord[];
  readonly attempts: readonly KeptAttempt[];
  /** By row. */
  readonly requests: ReadonlyMap<number, KeptRequest>;
  /** The phone numbers that ask. */
  readonly numbers: readonly string[];
  readonly policy: 'hold' | 'resend-after-check';
}

/** What the comparison came to; each entry of the lists is one sentence about one row or person. */
export interface Verdicts {
  readonly askedTwice: readonly string[];
  /** Persons who were asked and are on no list that was accepted. */
  readonly notListed: readonly string[];
  readonly forgotten: readonly string[];
  readonly wronglyRecorded: readonly string[];
  readonly wrongContent: readonly string[];
  /** Rows that were uncertain at some time. */
  readonly everUncertain: number;
  /** Of these, settled since by evidence. */
  readonly resolved: number;
  /** POSTs that the server answered late, unreadably, wrongly or not at all. */
  readonly faulted: number;
  /** POSTs whose answer was poisoned. */
  readonly poisoned: number;
  /** Uncertain outcomes by what explains them. */
  readonly explained: Readonly<Record<string, number>>;
}

/** A process has sent or given up whatever it had claimed when somebody opted out. */
const CLAIMED_BEFORE_MS = 10_000;

/** Compares the books. */
export function compareBooks(books: Books): Verdicts {
  const byRow = new Map(books.exported.map((result) => [result.row, result]));
  const posts = groupBy(books.server, (record) => record.waId ?? '');
  const refused = new Set(books.refused.map((line) => line.row));
  const askedTwice: string[] = [];
  const forgotten: string[] = [];
  const wronglyRecorded: string[] = [];
  const wrongContent: string[] = [];

  for (const line of books.list) {
    const result = byRow.get(line.row);
    const tell = (list: string[], ...found: readonly (string | undefined)[]) => {
      for (const what of found)
        if (what !== undefined) list.push(`row ${line.row} (${maskPhone(line.to)}): ${what}`);
    };
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
    const request = books.requests.get(line.row);
    tell(askedTwice, howTwice(asked, books.policy));
    tell(wrongContent, ...wrongContentOf({ line, asked, request, numbers: books.numbers }));
    if (result === undefined) {
      tell(forgotten, 'is not in the ledger');
      continue;
    }
    if (result.to !== line.to || result.reference !== line.reference)
      tell(wronglyRecorded, `the ledger has ${maskPhone(result.to)}, ${result.reference} here`);
    const optedOutAt = books.optedOut.get(line.waId);
    tell(forgotten, howForgotten(result, asked, optedOutAt !== undefined));
    tell(wronglyRecorded, howWrong(result, asked, request?.finding ?? undefined));
    const late = asked.filter(
      (post) => Date.parse(post.at) > (optedOutAt ?? Infinity) + CLAIMED_BEFORE_MS,
    );
    if (late.length > 0) tell(wronglyRecorded, 'was asked long after they had opted out');
  }
  const inList = new Set(books.list.map((line) => line.row));
  for (const { row } of books.exported)
    if (!inList.has(row)) wronglyRecorded.push(`row ${row}: in the ledger, not on the list`);
  const uncertain = weighUncertain(books);
  return {
    askedTwice,
    notListed: [...posts].map(
      ([waId, strays]) => `${maskPhone(waId)}: asked ${strays.length} times`,
    ),
    forgotten,
    wronglyRecorded: [...wronglyRecorded, ...uncertain.wrong],
    wrongContent,
    ...uncertain.figures,
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
