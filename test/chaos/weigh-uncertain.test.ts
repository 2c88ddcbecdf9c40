/** Uncertain outcomes in the books: what explains one, and that nothing else does. */
import { describe, expect, it } from '@jest/globals';
import type { Books } from '../../scripts/chaos/books.ts';
import { weighUncertain } from '../../scripts/chaos/weigh-uncertain.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');
const REF = '7.1';

const POST = {
  at: new Date(NOON).toISOString(),
  callbackData: REF,
  outcome: 'accepted',
  code: null,
  wamid: 'wamid.7',
  answered: 'json',
  faults: [],
} as unknown as RequestRecord;

const RESULT = { row: 7, status: 'uncertain', wamid: null } as RequestResult;

/** Row 7 became uncertain; its POST was answered whole, and nobody died. */
const BOOKS: Books = {
  list: [],
  exported: [RESULT],
  refused: [],
  server: [POST],
  attempts: [{ row: 7, ref: REF, outcome: 'uncertain', detail: 'lease ended', atMs: NOON }],
  requests: new Map(),
  numbers: [],
  inFlight: new Map(),
  outages: [],
  optedOut: new Map(),
  policy: 'hold',
};

const wrong = (more: Partial<Books>) => weighUncertain({ ...BOOKS, ...more }).wrong;
const withPost = (more: Partial<RequestRecord>) => wrong({ server: [{ ...POST, ...more }] });
const lostAfter = (ms: number) => new Map([[REF, NOON + ms]]);

describe('an outcome that became uncertain', () => {
  it('is wrong where the server answered and nobody was lost', () => {
    expect(wrong({})).toEqual([
      'row 7 (7.1): became uncertain (lease ended), but the server answered it (accepted) at 2026-01-01T12:00:00.000Z, and no process was lost then',
    ]);
  });

  it('is wrong where it was never sent and nobody was lost', () => {
    expect(wrong({ server: [] })).toHaveLength(1);
    expect(wrong({ server: [], inFlight: lostAfter(0) })).toEqual([]);
  });

  it.each(['none', 'reset', 'html', 'empty', 'truncated', 'client-gone'] as const)(
    'is explained by an answer that was %s',
    (answered) => {
      expect(withPost({ answered })).toEqual([]);
    },
  );

  it('is explained by an answer to somebody else, and not by a poisoned one', () => {
    expect(withPost({ faults: ['foreign-answer'] })).toEqual([]);
    expect(withPost({ faults: ['poison'] })).toHaveLength(1);
  });

  it('is explained by a second answer on a connection right before it, and not long before', () => {
    const second = (ms: number) => ({
      ...POST,
      at: new Date(NOON - ms).toISOString(),
      callbackData: '8.1',
      faults: ['second-answer'],
    });
    expect(wrong({ server: [POST, second(1_000)] })).toEqual([]);
    expect(wrong({ server: [POST, second(30_000)] })).toHaveLength(1);
  });

  it('is a refusal that is doubted for what its connection said within the time-out, before or after', () => {
    const attempts = [
      { row: 7, ref: REF, outcome: 'doubted', detail: 'refused with 131000', atMs: NOON },
    ];
    const refused = { ...POST, outcome: 'refused' } as const;
    const mixed = (ms: number, kind: 'second-answer' | 'foreign-answer') =>
      wrong({
        attempts,
        server: [
          refused,
          {
            ...POST,
            at: new Date(NOON + ms).toISOString(),
            callbackData: '8.1',
            faults: [kind],
          },
        ],
      });
    expect(mixed(1_000, 'foreign-answer')).toEqual([]);
    expect(mixed(-1_000, 'second-answer')).toEqual([]);
    expect(mixed(30_000, 'foreign-answer')).toHaveLength(1);
    expect(wrong({ attempts, server: [refused] })).toHaveLength(1);
  });

  it('is explained by the loss of its process, unless the answer had been written by then', () => {
    expect(wrong({ inFlight: lostAfter(3_000) })).toEqual([]);
    expect(wrong({ inFlight: lostAfter(8_000) })).toHaveLength(1);
  });

  it('lets outages put the writing off, one after the other', () => {
    const inFlight = lostAfter(20_000);
    const span = (from: number, to: number) => ({ from: NOON + from, to: NOON + to });
    expect(wrong({ inFlight, outages: [span(1_000, 9_000), span(12_000, 17_000)] })).toEqual([]);
    expect(wrong({ inFlight, outages: [span(1_000, 4_000)] })).toHaveLength(1);
    expect(wrong({ outages: [span(0, 60_000)] })).toHaveLength(1);
  });

  it('is right where its own answer was written later, and wrong where only a check found it', () => {
    const accepted = { ...RESULT, status: 'accepted' } as const;
    expect(wrong({ exported: [{ ...accepted, wamid: 'wamid.7' }] })).toEqual([]);
    expect(wrong({ exported: [accepted] })).toHaveLength(1);
  });

  it('is right where it was never sent and given back after an outage, and wrong without one or while it is uncertain', () => {
    const unsent = { server: [], exported: [{ ...RESULT, status: 'accepted' } as RequestResult] };
    const outages = [{ from: NOON - 9_000, to: NOON - 1_000 }];
    expect(wrong({ ...unsent, outages })).toEqual([]);
    expect(wrong(unsent)).toHaveLength(1);
    expect(wrong({ server: [], outages })).toHaveLength(1);
    expect(wrong({ ...unsent, outages: [{ from: NOON - 9_000, to: NOON - 6_000 }] })).toHaveLength(
      1,
    );
  });

  it('is right where its own refusal was written later, whatever became of another attempt', () => {
    const [first] = BOOKS.attempts;
    const refused = { row: 7, ref: REF, outcome: 'refused', detail: null, atMs: NOON + 700 };
    const later = { row: 7, ref: '7.2', outcome: 'uncertain', detail: 'lease ended', atMs: NOON };
    const inFlight = new Map([['7.2', NOON]]);
    const of = (...kept: readonly (Books['attempts'][number] | undefined)[]) => {
      const attempts = kept.filter((one) => one !== undefined);
      return wrong({ server: [{ ...POST, outcome: 'refused' }], attempts, inFlight });
    };
    expect(of(first, refused, later)).toEqual([]);
    expect(of(first, later)).toHaveLength(1);
    expect(of(refused, first, later)).toHaveLength(1);
  });

  it('is right where it was given back, and a later attempt became uncertain with its process', () => {
    const [first] = BOOKS.attempts;
    const later = { row: 7, ref: '7.2', outcome: 'uncertain', detail: 'lease ended', atMs: NOON };
    const attempts = first === undefined ? [] : [first, later];
    const outages = [{ from: NOON - 9_000, to: NOON - 1_000 }];
    const inFlight = new Map([['7.2', NOON]]);
    expect(wrong({ server: [], attempts, outages, inFlight })).toEqual([]);
    expect(wrong({ server: [], attempts, inFlight })).toHaveLength(1);
  });

  it('must be told by an attempt', () => {
    expect(wrong({ attempts: [] })).toEqual(['row 7: is uncertain, and no attempt says why']);
  });

  it('is counted with what explains it', () => {
    const { figures } = weighUncertain({ ...BOOKS, inFlight: lostAfter(0) });
    expect(figures).toMatchObject({
      everUncertain: 1,
      resolved: 0,
      explained: { 'lost with its process': 1 },
    });
  });
});
