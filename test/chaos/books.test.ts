import { describe, expect, it } from '@jest/globals';
import { type Books, compareBooks } from '../../scripts/chaos/books.ts';
import { makeList } from '../../scripts/chaos/list.ts';
import { TEMPLATE } from '../../scripts/chaos/profile.ts';
import type { KeptRequest } from '../../scripts/chaos/witness.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';

const LIST = makeList(300);
/** When the POSTs below are sent. */
const NOON = Date.parse('2026-01-01T12:00:00.000Z');
const ASKED = LIST.filter((line) => line.kind === 'person');
/** Persons the tests below pick on. */
const [ANN, BERT, CARL] = ASKED;
if (ANN === undefined || BERT === undefined || CARL === undefined) throw new Error('a short list');

const post = (row: number, more: Partial<RequestRecord> = {}): RequestRecord => {
  const person = ASKED.find((line) => line.row === row);
  return {
    n: row,
    at: new Date(NOON).toISOString(),
    monotonicMs: row,
    phoneNumberId: '1',
    to: person?.to ?? null,
    withoutPlus: false,
    waId: person?.waId ?? null,
    authorization: null,
    callbackData: `${row}.1`,
    template: TEMPLATE.name,
    language: TEMPLATE.language,
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
    user_id: null,
    status: isAsked ? 'accepted' : 'skipped',
    message_status: isAsked ? 'accepted' : null,
    wamid: isAsked ? `wamid.${row}` : null,
    attempts: 1,
    due_at: null,
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

/** Requests are named by their rows here, and all asked from the number `1`. */
function kept(row: number, finding: string | null = null): KeptRequest {
  return { row, id: String(row), fence: 2, senderId: '1', finding, answer: null };
}

const GOOD: Books = {
  list: LIST,
  exported: LIST.filter((line) => line.kind !== 'bad').map((line) => result(line.row)),
  refused: LIST.filter((line) => line.kind === 'bad'),
  server: ASKED.map((line) => post(line.row)),
  attempts: [],
  requests: new Map(ASKED.map((line) => [line.row, kept(line.row)])),
  numbers: ['1', '2'],
  inFlight: new Map(),
  outages: [],
  optedOut: new Map(),
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

/** How many are told: asked twice, forgotten, wrongly recorded, not on the list, wrong content. */
function found(books: Books): readonly number[] {
  const told = compareBooks(books);
  return [
    told.askedTwice,
    told.forgotten,
    told.wronglyRecorded,
    told.notListed,
    told.wrongContent,
  ].map(({ length }) => length);
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
    expect(found(GOOD)).toEqual([0, 0, 0, 0, 0]);
  });

  it('finds a person who was accepted twice', () => {
    const second = post(ANN.row, { n: 999, callbackData: `${ANN.row}.2`, wamid: 'wamid.other' });
    expect(found({ ...GOOD, server: [...GOOD.server, second] })).toEqual([1, 0, 0, 0, 0]);
  });

  it('finds a POST after one that was dropped under hold, but not under resend-after-check', () => {
    const books = withPosts(
      GOOD,
      ANN.row,
      post(ANN.row, { outcome: 'dropped', wamid: null, answered: 'reset' }),
      post(ANN.row, { callbackData: `${ANN.row}.2` }),
    );
    expect(found(books)).toEqual([1, 0, 0, 0, 0]);
    expect(found({ ...books, policy: 'resend-after-check' })).toEqual([0, 0, 0, 0, 0]);
  });

  it('lets a refused POST be repeated', () => {
    const refused = post(ANN.row, { outcome: 'refused', code: 131000, wamid: null });
    const books = withPosts(
      GOOD,
      ANN.row,
      refused,
      post(ANN.row, { callbackData: `${ANN.row}.2` }),
    );
    expect(found(books)).toEqual([0, 0, 0, 0, 0]);
  });

  it('finds a line that is missing, and one that is not final', () => {
    const missing = { ...GOOD, exported: GOOD.exported.filter((r) => r.row !== ANN.row) };
    expect(found(missing)).toEqual([0, 1, 0, 0, 0]);
    const pending = withPosts(withResults(result(BERT.row, { status: 'pending' })), BERT.row);
    expect(found(pending)).toEqual([0, 1, 0, 0, 0]);
  });

  it.each(['rejected', 'skipped', 'expired', 'cancelled'] as const)(
    'finds a person who is %s though the server refused nobody',
    (status) => {
      const row = CARL.row;
      const books = withPosts(withResults(result(row, { status, wamid: null })), row);
      expect(found(books)).toEqual([0, 1, 0, 0, 0]);
    },
  );

  it('takes a rejection for the code the server gave, and for no other', () => {
    const rejected = { status: 'rejected', wamid: null, error_code: 131026 } as const;
    const books = withResults(result(ANN.row, rejected));
    const refused = { outcome: 'refused', wamid: null } as const;
    expect(found(withPosts(books, ANN.row, post(ANN.row, { ...refused, code: 131026 })))).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(found(withPosts(books, ANN.row, post(ANN.row, { ...refused, code: 131000 })))).toEqual([
      0, 1, 0, 0, 0,
    ]);
  });

  it('finds a refused line that is missing', () => {
    expect(found({ ...GOOD, refused: [] })).toEqual([0, GOOD.refused.length, 0, 0, 0]);
  });

  it('finds an acceptance the server knows nothing of, a wrong wamid and a wrong wa_id', () => {
    expect(found(withPosts(GOOD, ANN.row))).toEqual([0, 0, 1, 0, 0]);
    expect(found(withResults(result(ANN.row, { wamid: 'wamid.other' })))).toEqual([0, 0, 1, 0, 0]);
    expect(found(withResults(result(ANN.row, { wa_id: '1' })))).toEqual([0, 0, 1, 0, 0]);
  });

  it.each([
    ["another person's text", { parameters: [{ component: 'body', text: BERT.name }] }],
    ['text in another part', { parameters: [{ component: 'header', text: ANN.name }] }],
    ['no text', { parameters: [] }],
    ['another template', { template: 'other' }],
    ['another language', { language: 'de' }],
    ['another spelling of the number', { to: ANN.to.slice(1) }],
    ["another row's name", { callbackData: `${BERT.row}.1` }],
    ['the name of a claim that was never made', { callbackData: `${ANN.row}.3` }],
    ['no name', { callbackData: null }],
    ['the number that another sender of the process has', { phoneNumberId: '2' }],
  ])('finds %s', (_, planted) => {
    expect(found(withPosts(GOOD, ANN.row, post(ANN.row, planted)))).toEqual([0, 0, 0, 0, 1]);
  });

  it('finds the content of a POST that was refused, too', () => {
    const wrong = { outcome: 'refused', code: 131000, wamid: null, language: 'de' } as const;
    const right = post(ANN.row, { callbackData: `${ANN.row}.2` });
    const books = withPosts(GOOD, ANN.row, post(ANN.row, wrong), right);
    expect(found(books)).toEqual([0, 0, 0, 0, 1]);
  });

  it('finds one claim that was sent twice', () => {
    const refused = post(ANN.row, { outcome: 'refused', code: 131000, wamid: null });
    expect(found(withPosts(GOOD, ANN.row, refused, post(ANN.row)))).toEqual([0, 0, 0, 0, 1]);
  });

  it('finds somebody asked twice by two senders of one process', () => {
    const other = post(ANN.row, { phoneNumberId: '2', callbackData: `${ANN.row}.2` });
    // Twice, and from a number that the row does not have.
    expect(found({ ...GOOD, server: [...GOOD.server, other] })).toEqual([1, 0, 0, 0, 1]);
  });

  it('finds people who are not on the list', () => {
    const stranger = post(ANN.row, { waId: '15550001111', callbackData: 'x.1' });
    expect(found({ ...GOOD, server: [...GOOD.server, stranger] })).toEqual([0, 0, 0, 1, 0]);
  });

  it('finds a finding that is not true', () => {
    const finding = 'Meta counts no request to this person: it did not go out.';
    const ref = `${ANN.row}.1`;
    const uncertain = {
      ...withResults(result(ANN.row, { status: 'uncertain', wamid: null })),
      attempts: [{ row: ANN.row, ref, outcome: 'uncertain', detail: null, atMs: NOON }],
      inFlight: new Map([[ref, NOON + 100]]),
    };
    expect(found(uncertain)).toEqual([0, 0, 0, 0, 0]);
    const requests = new Map([...GOOD.requests, [ANN.row, kept(ANN.row, finding)]]);
    expect(found({ ...uncertain, requests })).toEqual([0, 0, 1, 0, 0]);
  });

  it('takes a skipped person for one who opted out, and finds who was asked anyway', () => {
    const skipped = withPosts(
      withResults(result(ANN.row, { status: 'skipped', wamid: null })),
      ANN.row,
    );
    expect(found(skipped)).toEqual([0, 1, 0, 0, 0]);
    const optedOut = new Map([[ANN.waId, NOON - 60_000]]);
    expect(found({ ...skipped, optedOut })).toEqual([0, 0, 0, 0, 0]);
    expect(found({ ...GOOD, optedOut })).toEqual([0, 0, 1, 0, 0]);
    // What had been claimed by then may still go out.
    expect(found({ ...GOOD, optedOut: new Map([[ANN.waId, NOON - 5_000]]) })).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it('lets a poisoned answer be kept without its wamid, and finds a wrong one', () => {
    const books = withPosts(GOOD, ANN.row, post(ANN.row, { faults: ['poison'] }));
    const keeping = (wamid: string | null) => ({
      ...books,
      exported: withResults(result(ANN.row, { wamid })).exported,
    });
    expect(found(keeping(null))).toEqual([0, 0, 0, 0, 0]);
    expect(found(keeping(`wamid.${BERT.row}`))).toEqual([0, 0, 1, 0, 0]);
  });
});
