import { describe, expect, it } from '@jest/globals';
import { makeList, moversAmong } from '../../scripts/chaos/list.ts';
import {
  type BookedState,
  bookKey,
  comparePersons,
  namesOf,
  type PersonBooks,
} from '../../scripts/chaos/persons.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { PersonStanding, RequestRecord } from '../../src/simulator/index.ts';

const SENDER = '1';
const UNTIL = '2026-01-08T12:00:00.000Z';

const standing = (n: number, more: Partial<PersonStanding> = {}): PersonStanding => ({
  phoneNumberId: SENDER,
  to: `+4915100000${n}`,
  waId: `4915100000${n}`,
  userId: `US.${n}`,
  parentUserId: `US.ENT.${n}`,
  movedTo: null,
  asked: 1,
  wamid: `wamid.${n}`,
  callbackData: `${n}.1`,
  delivery: 'read',
  code: null,
  answer: { status: 'none', until: null, at: null },
  ...more,
});

const said = (status: PersonStanding['answer']['status'], until: string | null = null) => ({
  answer: { status, until, at: '2026-01-01T12:00:00.000Z' },
});

const ANN = standing(101, said('temporary', UNTIL));
const BERT = standing(102, said('declined'));
const CARL = standing(103, { delivery: 'failed', code: 131_026 });
const DORA = standing(104, { ...said('permanent'), movedTo: '4917000000104' });
const EVE = standing(105, { delivery: 'sent' });
const ALL = [ANN, BERT, CARL, DORA, EVE];

const row = (one: PersonStanding, answer: string | null): RequestResult =>
  ({
    to: one.to,
    status: 'accepted',
    wamid: one.wamid,
    delivery: one.delivery,
    error_code: one.code,
    answer,
  }) as RequestResult;

const booked = (one: PersonStanding, state: BookedState['state'], until: Date | null = null) =>
  namesOf(one).map((name): [string, BookedState] => [
    bookKey(SENDER, name),
    { state, until, source: 'answer' },
  ]);

const post = (one: PersonStanding): RequestRecord =>
  ({
    outcome: 'accepted',
    waId: one.waId,
    wamid: one.wamid,
    faults: [],
  }) as unknown as RequestRecord;

const GOOD: PersonBooks = {
  people: ALL,
  exported: [
    row(ANN, 'temporary'),
    row(BERT, 'declined'),
    row(CARL, null),
    row(DORA, 'permanent'),
    row(EVE, null),
  ],
  server: ALL.map(post),
  booked: new Map([
    ...booked(ANN, 'temporary', new Date(UNTIL)),
    ...booked(BERT, 'declined', new Date(UNTIL)),
    ...booked(DORA, 'none'),
    ...booked(EVE, 'requested', new Date(UNTIL)),
  ]),
  isNamed: () => true,
};

const withRow = (one: PersonStanding, more: Partial<RequestResult>): PersonBooks => ({
  ...GOOD,
  exported: GOOD.exported.map((r) => (r.to === one.to ? { ...r, ...more } : r)),
});
const withBooked = (...entries: readonly [string, BookedState][]): PersonBooks => ({
  ...GOOD,
  booked: new Map([...GOOD.booked, ...entries]),
});

/** How many are wrong, compared, left out. */
function found(books: PersonBooks): readonly number[] {
  const { personsWrong, personsCompared, personsLeftOut } = comparePersons(books);
  return [personsWrong.length, personsCompared, personsLeftOut];
}

describe('comparing what came back', () => {
  it('finds nothing where the books agree', () => {
    expect(found(GOOD)).toEqual([0, 5, 0]);
  });

  it.each([
    ['delivery', BERT, { delivery: 'delivered' }],
    ['delivery that never came', EVE, { delivery: null }],
    ['code', CARL, { error_code: 131_049 }],
    ['answer', BERT, { answer: 'temporary' }],
    ['answer that never came', ANN, { answer: null }],
    ['message', ANN, { wamid: 'wamid.other' }],
    ['outcome that a status named', ANN, { status: 'uncertain', wamid: null }],
  ] as const)('finds another %s', (_, one, more) => {
    expect(found(withRow(one, more))).toEqual([1, 5, 0]);
  });

  it('finds another state in the permission book, by any name', () => {
    for (const name of namesOf(DORA)) {
      const wrong = { state: 'permanent', until: null, source: 'answer' } as const;
      expect(found(withBooked([bookKey(SENDER, name), wrong]))).toEqual([1, 5, 0]);
    }
  });

  it('finds another end of a permission, and none for the ends of other states', () => {
    const later = new Date(Date.parse(UNTIL) + 1_000);
    expect(found(withBooked(...booked(ANN, 'temporary', later)))).toEqual([1, 5, 0]);
    expect(found(withBooked(...booked(EVE, 'requested', later)))).toEqual([0, 5, 0]);
  });

  it('finds an answer that the book of the other phone number has', () => {
    const keys = namesOf(BERT).map((name) => bookKey(SENDER, name));
    const other = new Map([...GOOD.booked].filter(([key]) => !keys.includes(key)));
    for (const name of namesOf(BERT))
      other.set(bookKey('2', name), { state: 'declined', until: null, source: 'answer' });
    expect(found({ ...GOOD, booked: other })).toEqual([1, 5, 0]);
  });

  it('takes a revocation for a decline of the request', () => {
    const people = ALL.map((one) => (one === BERT ? { ...one, ...said('revoked') } : one));
    const books = { ...withBooked(...booked(BERT, 'revoked')), people };
    expect(found(books)).toEqual([0, 5, 0]);
  });

  it('leaves out whom the server took twice', () => {
    const wrong = withRow(BERT, { answer: null, delivery: 'sent' });
    expect(found({ ...wrong, server: [...GOOD.server, post(BERT)] })).toEqual([0, 4, 1]);
  });

  it('leaves out whose outcome nothing can tell, but not what they said', () => {
    const isNamed = () => false;
    const unknown = { status: 'uncertain', wamid: null, delivery: null } as const;
    expect(found({ ...withRow(EVE, unknown), isNamed })).toEqual([0, 4, 1]);
    const silent = { ...withRow(BERT, { ...unknown, answer: null }), isNamed };
    expect(found(silent)).toEqual([0, 5, 0]);
    const wrong = new Map([...GOOD.booked, ...booked(BERT, 'none')]);
    expect(found({ ...silent, booked: wrong })).toEqual([1, 5, 0]);
  });

  it('leaves out whose message was called otherwise in a poisoned answer, and nobody else', () => {
    const misnamed = withRow(EVE, { wamid: 'wamid.1[2J05', delivery: null });
    expect(found(misnamed)).toEqual([1, 5, 0]);
    const poisoned = { ...post(EVE), faults: ['poison'] } as RequestRecord;
    const server = GOOD.server.map((one) => (one.wamid === EVE.wamid ? poisoned : one));
    expect(found({ ...misnamed, server })).toEqual([0, 4, 1]);
  });

  it('tells of a person by a masked number, with both sides', () => {
    const [told = ''] = comparePersons(withRow(BERT, { delivery: 'sent' })).personsWrong;
    expect(told).toContain('delivery is sent here, read there');
    expect(told).not.toContain(BERT.waId);
  });
});

describe('people who get another number', () => {
  it('are people of the list, and move to numbers that nobody on it has', () => {
    const listed = new Set(
      makeList(2_000).flatMap((line) => (line.kind === 'person' ? [line.waId] : [])),
    );
    const movers = moversAmong(2_000);
    expect(movers.length).toBeGreaterThan(50);
    for (const { number, changesNumberTo } of movers) {
      expect(listed.has(number)).toBe(true);
      expect(listed.has(changesNumberTo)).toBe(false);
    }
    expect(new Set(movers.map((one) => one.changesNumberTo)).size).toBe(movers.length);
  });
});
