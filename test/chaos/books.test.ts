import { describe, expect, it } from '@jest/globals';
import { type Books, compareBooks } from '../../scripts/chaos/books.ts';
import { makeList } from '../../scripts/chaos/list.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';

const LIST = makeList(300);
const ASKED = LIST.filter((line) => line.kind === 'person');
/** Persons the tests below pick on. */
const [ANN, BERT, CARL] = ASKED;
if (ANN === undefined || BERT === undefined || CARL === undefined) throw new Error('a short list');

const post = (row: number, more: Partial<RequestRecord> = {}): RequestRecord => {
  const person = ASKED.find((line) => line.row === row);
  return {
    n: row,
    at: '2026-01-01T00:00:00.000Z',
    monotonicMs: row,
    phoneNumberId: '1',
    to: person?.to ?? null,
    withoutPlus: false,
    waId: person?.waId ?? null,
    authorization: null,
    callbackData: `${row}.1`,
    template: 't',
    language: 'en',
    parameters: [{ component: 'body', text: person?.name ?? '' }],
    outcome: 'accepted',
    code: null,
    httpStatus: 200,
    wamid: `wamid.${row}`,
    answered: 'json',
    faults: [],
    ...more,
  };
};

const result = (row: number, more: Partial<RequestResult> = {}): RequestResult => {
  const line = LIST[row - 1];
  if (line === undefined) throw new Error(`no row ${row}`);
  const isAsked = line.kind === 'person';
  return {
    row,
    reference: line.reference,
    to: line.to,
    wa_id: isAsked ? line.waId : null,
    status: isAsked ? 'accepted' : 'skipped',
    message_status: isAsked ? 'accepted' : null,
    wamid: isAsked ? `wamid.${row}` : null,
    attempts: 1,
    error_code: null,
    error_message: null,
    advice: null,
    accepted_at: null,
    delivery: null,
    delivered_at: null,
    read_at: null,
    answer: null,
    answered_at: null,
    permission_expires_at: null,
    ...more,
  };
};

const GOOD: Books = {
  list: LIST,
  exported: LIST.filter((line) => line.kind !== 'bad').map((line) => result(line.row)),
  refused: LIST.filter((line) => line.kind === 'bad'),
  server: ASKED.map((line) => post(line.row)),
  attempts: [],
  findings: new Map(),
  inFlight: new Set(),
  policy: 'hold',
};

/** The good books with some rows written otherwise. */
const withResults = (...results: readonly RequestResult[]): Books => ({
  ...GOOD,
  exported: GOOD.exported.map((r) => results.find((other) => other.row === r.row) ?? r),
});
/** ... or other POSTs for the persons they are about. */
const withPosts = (books: Books, row: number, ...posts: readonly RequestRecord[]): Books => ({
  ...books,
  server: [...books.server.filter((p) => p.callbackData !== `${row}.1`), ...posts],
});

function found(books: Books): readonly [number, number, number] {
  const { askedTwice, forgotten, wronglyRecorded } = compareBooks(books);
  return [askedTwice.length, forgotten.length, wronglyRecorded.length];
}

describe('the list of a chaos run', () => {
  it('holds doubles, bad lines, and people whose wa_id is not their number', () => {
    const kinds = new Set(LIST.map((line) => line.kind));
    expect(kinds).toEqual(new Set(['person', 'double', 'bad']));
    expect(ASKED.some((line) => line.to !== `+${line.waId}`)).toBe(true);
    expect(new Set(ASKED.map((line) => line.waId)).size).toBe(300);
  });
});

describe('comparing the three books', () => {
  it('finds nothing where they agree', () => {
    expect(found(GOOD)).toEqual([0, 0, 0]);
  });

  it('finds a person who was accepted twice', () => {
    const second = post(ANN.row, { n: 999, callbackData: `${ANN.row}.2`, wamid: 'wamid.other' });
    expect(found({ ...GOOD, server: [...GOOD.server, second] })).toEqual([1, 0, 0]);
  });

  it('finds a POST after one that was dropped under hold, but not under resend-after-check', () => {
    const books = withPosts(
      GOOD,
      ANN.row,
      post(ANN.row, { outcome: 'dropped', wamid: null, answered: 'reset' }),
      post(ANN.row, { callbackData: `${ANN.row}.2` }),
    );
    expect(found(books)).toEqual([1, 0, 0]);
    expect(found({ ...books, policy: 'resend-after-check' })).toEqual([0, 0, 0]);
  });

  it('lets a refused POST be repeated', () => {
    const refused = post(ANN.row, { outcome: 'refused', code: 131000, wamid: null });
    const books = withPosts(GOOD, ANN.row, refused, post(ANN.row, { callbackData: '1.2' }));
    expect(found(books)).toEqual([0, 0, 0]);
  });

  it('finds a line that is missing, and one that is not final', () => {
    const missing = { ...GOOD, exported: GOOD.exported.filter((r) => r.row !== ANN.row) };
    expect(found(missing)).toEqual([0, 1, 0]);
    const pending = withPosts(withResults(result(BERT.row, { status: 'pending' })), BERT.row);
    expect(found(pending)).toEqual([0, 1, 0]);
  });

  it.each(['rejected', 'skipped', 'expired', 'cancelled'] as const)(
    'finds a person who is %s though the server refused nobody',
    (status) => {
      const row = CARL.row;
      const books = withPosts(withResults(result(row, { status, wamid: null })), row);
      expect(found(books)).toEqual([0, 1, 0]);
    },
  );

  it('takes a rejection for the code the server gave, and for no other', () => {
    const rejected = { status: 'rejected', wamid: null, error_code: 131026 } as const;
    const books = withResults(result(ANN.row, rejected));
    const refused = { outcome: 'refused', wamid: null } as const;
    expect(found(withPosts(books, ANN.row, post(ANN.row, { ...refused, code: 131026 })))).toEqual([
      0, 0, 0,
    ]);
    expect(found(withPosts(books, ANN.row, post(ANN.row, { ...refused, code: 131000 })))).toEqual([
      0, 1, 0,
    ]);
  });

  it('finds a refused line that is missing', () => {
    expect(found({ ...GOOD, refused: [] })).toEqual([0, GOOD.refused.length, 0]);
  });

  it('finds an acceptance the server knows nothing of, a wrong wamid and a wrong wa_id', () => {
    expect(found(withPosts(GOOD, ANN.row))).toEqual([0, 0, 1]);
    expect(found(withResults(result(ANN.row, { wamid: 'wamid.other' })))).toEqual([0, 0, 1]);
    expect(found(withResults(result(ANN.row, { wa_id: '1' })))).toEqual([0, 0, 1]);
  });

  it("finds another person's words", () => {
    const wrong = post(ANN.row, { parameters: [{ component: 'body', text: BERT.name }] });
    expect(found(withPosts(GOOD, ANN.row, wrong))).toEqual([0, 0, 1]);
  });

  it('finds a finding that is not true', () => {
    const books = withResults(result(ANN.row, { status: 'uncertain', wamid: null }));
    const attempts = [{ row: ANN.row, ref: 'a.1', outcome: 'uncertain', detail: null }];
    const inFlight = new Set(['a.1']);
    expect(found({ ...books, attempts, inFlight })).toEqual([0, 0, 0]);
    const findings = new Map([
      [ANN.row, 'Meta counts no request to this person: it did not go out.'],
    ]);
    expect(found({ ...books, attempts, inFlight, findings })).toEqual([0, 0, 1]);
  });

  it('finds more uncertain outcomes than kills and faults account for, and says which', () => {
    const attempts = [{ row: ANN.row, ref: 'a.1', outcome: 'uncertain', detail: 'lease ended' }];
    const verdicts = compareBooks({ ...GOOD, attempts });
    expect(verdicts.wronglyRecorded).toHaveLength(1);
    expect(verdicts.unexplained).toEqual([`row ${ANN.row} (a.1): lease ended`]);
    expect(verdicts).toMatchObject({ everUncertain: 1, resolved: 1 });
  });

  it('finds people who are not on the list', () => {
    const stranger = post(ANN.row, { waId: '15550001111', callbackData: 'x.1' });
    expect(found({ ...GOOD, server: [...GOOD.server, stranger] })).toEqual([0, 0, 1]);
  });
});
