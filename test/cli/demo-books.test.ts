import { describe, expect, test } from '@jest/globals';
import { disagreements } from '../../scripts/demo/books.ts';
import {
  type PermissionBooks,
  permissionDisagreements,
} from '../../scripts/demo/permission-book.ts';
import type { PersonStanding, SimulatorStats } from '../../src/simulator/index.ts';
import { counts } from './support.ts';

const result = {
  id: 'c',
  state: 'completed',
  counts: counts({ accepted: 90, rejected: 3, uncertain: 2, skipped: 1 }),
  refusedLines: 4,
  doubles: 1,
};

function server(accepted: number, twice = 0): Pick<SimulatorStats, 'accepted' | 'askedTwice'> {
  const none = { overAllowance: 0, postedMoreThanOnce: 0, persons: [] };
  return { accepted, askedTwice: { ...none, acceptedMoreThanOnce: twice } };
}

describe('the three books of the demo', () => {
  test('agree when all lines are accounted for and the uncertain explain the difference', () => {
    expect(disagreements(100, result, server(90))).toEqual([]);
    expect(disagreements(100, result, server(92))).toEqual([]);
  });

  test.each([
    ['a line is missing', 101, result, server(90)],
    ['the server accepted more than we know of', 100, result, server(93)],
    ['the server accepted fewer than we say', 100, result, server(89)],
    ['somebody was asked twice', 100, result, server(90, 1)],
    [
      'somebody was not asked',
      100,
      { ...result, counts: counts({ ...result.counts, accepted: 89, pending: 1 }) },
      server(89),
    ],
  ])('disagree when %s', (_name, lines, sent, stats) => {
    expect(disagreements(lines, sent, stats)).toHaveLength(1);
  });
});

const UNTIL = '2026-12-05T08:00:00.000Z';

function person(changes: Partial<PersonStanding>): PersonStanding {
  return {
    ...{ phoneNumberId: '1', to: '+16505550100', waId: '16505550100', userId: 'US.1' },
    ...{ parentUserId: 'US.ENT.1', movedTo: null, asked: 1, wamid: 'wamid.1' },
    ...{ callbackData: null, delivery: 'read', code: null },
    answer: { status: 'temporary', until: UNTIL, at: UNTIL },
    ...changes,
  };
}

const line = { to: '+16505550100', state: 'temporary', until: UNTIL, source: 'answer' };
const message = {
  to: '+16505550100',
  wamid: 'wamid.1',
  delivery: 'read',
  error_code: null,
} as const;
const declined = { status: 'declined', until: null, at: UNTIL } as const;
const silent = { status: 'none', until: null, at: null } as const;

function compared(books: Partial<PermissionBooks>): readonly string[] {
  return permissionDisagreements({
    ...{ people: [person({})], results: [message], book: [line], ...books },
  });
}

describe('the permission book and the one of the server', () => {
  test.each<[string, Partial<PermissionBooks>]>([
    ['the same person has the same permission', {}],
    [
      'somebody declined, and we reckon until when they are not asked',
      { people: [person({ answer: declined })], book: [{ ...line, state: 'declined' }] },
    ],
    [
      'somebody said nothing so far',
      { people: [person({ answer: silent })], book: [{ ...line, state: 'requested' }] },
    ],
    [
      'a permission was given under another number',
      { people: [person({ movedTo: '16505550199' })], book: [{ ...line, state: 'none' }] },
    ],
    [
      'Meta refused to ask somebody who permits calls already',
      { book: [line, { ...line, to: '+1', state: 'permanent', source: 'refusal' }] },
    ],
  ])('agree when %s', (_name, books) => {
    expect(compared(books)).toEqual([]);
  });

  test.each<[string, Partial<PermissionBooks>]>([
    ['an answer is missing', { book: [] }],
    ['a no is read as a yes', { people: [person({ answer: declined })] }],
    ['a permission ends at another time', { book: [{ ...line, until: '2026-12-05T08:00:01Z' }] }],
    ['a permission goes with a number that was left', { people: [person({ movedTo: '1' })] }],
    ['a message is not known', { results: [] }],
    ['a message is said to have been read', { people: [person({ delivery: 'delivered' })] }],
    ['the reason of a failure is another', { people: [person({ code: 131026 })] }],
    ['somebody may be phoned who was never asked', { book: [line, { ...line, to: '+1' }] }],
  ])('disagree when %s', (_name, books) => {
    expect(compared(books)).toHaveLength(1);
  });
});
