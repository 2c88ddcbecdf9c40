/** Each code of the table as answer to a POST, among acceptances. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MAX_ATTEMPTS, MAX_PAIR_DELAYS } from '../../src/core/pace/backoff.ts';
import type { RequestResult } from '../../src/core/request.ts';
import { refusedAdvice } from '../../src/core/verdicts/failed-advice.ts';
import type { Verdict } from '../../src/core/verdicts/verdict.ts';
import { consequence } from '../../src/core/verdicts/verdicts.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { CODES, newNumbers, type OpenSystem, openSystem, verdictOf } from './support.ts';

const DAY_MS = 86_400_000;
const PAUSES_MORE: readonly Verdict[] = ['pause-template', 'pause-sender'];

interface Person {
  readonly to: string;
  readonly code: number;
  readonly verdict: Verdict;
  /** Refused so often, then accepted; without it, refused forever. */
  readonly times?: number;
}

/** What the table promises for a person: state, POSTs, and the attempts that count. */
function promised({ verdict, times }: Person): [RequestResult['status'], number, number] {
  const { state, otherwise, attempt } = consequence(verdict, 'answer');
  if (times !== undefined) return ['accepted', times + 1, attempt === 'counted' ? times + 1 : 1];
  if (state !== 'pending') return [state as RequestResult['status'], 1, 1];
  const most = verdict === 'delay-pair' ? MAX_PAIR_DELAYS : MAX_ATTEMPTS;
  return [(otherwise ?? 'rejected') as RequestResult['status'], most, most];
}

describeOnBothQueues('one person for each code that pauses no others', (ground) => {
  let system: OpenSystem;
  let persons: readonly Person[];
  let results: ReadonlyMap<string, RequestResult>;
  let accepted: readonly string[];
  let id: string;
  let state: string;

  // Each code forever where a bound ends it, and once or twice with an acceptance at the end
  // where the table says that it is tried again.
  beforeAll(async () => {
    const kinds = CODES.map((code) => ({ code, verdict: verdictOf(code).verdict })).filter(
      ({ verdict }) => !PAUSES_MORE.includes(verdict),
    );
    const forEver = kinds.filter(
      ({ verdict }) => verdict !== 'slow-sender' && verdict !== 'pair-limit',
    );
    const again = kinds.filter(({ verdict }) => consequence(verdict, 'answer').state === 'pending');
    const numbers = newNumbers(forEver.length + again.length);
    persons = [...forEver, ...again.map((kind) => ({ ...kind, times: 1 }))].map((kind, i) => ({
      ...kind,
      to: numbers[i] as string,
    }));
    accepted = newNumbers(persons.length);
    system = await openSystem(ground);
    system.simulator.setFaults(
      persons.map(({ to, code, times }) => ({
        to,
        ...(times === undefined ? {} : { times }),
        effect: { kind: 'refuse' as const, code },
      })),
    );
    const people = persons.flatMap(({ to }, i) => [to, accepted[i] as string]);
    id = await system.ask(people);
    for (let round = 0; round <= MAX_PAIR_DELAYS; round += 1) {
      ({ state } = await system.untilIdle(id));
      if (state !== 'running') break;
      await system.advance(DAY_MS + 1_000);
    }
    results = new Map((await system.results(id)).map((result) => [result.to, result]));
  });
  afterAll(() => system.close());

  const outcome = (person: Person) => {
    const result = results.get(person.to);
    return [person.code, person.verdict, result?.status, system.posts(person.to), result?.attempts];
  };

  test('the campaign is not paused by any of them, and completes', () => {
    expect(state).toBe('completed');
  });

  test('state, number of POSTs and counted attempts are those of the table', () => {
    expect(persons.map(outcome)).toEqual(
      persons.map((person) => [person.code, person.verdict, ...promised(person)]),
    );
  });

  test("who is rejected has the code, Meta's words and our advice in the export", () => {
    for (const { to, code, times } of persons) {
      if (times !== undefined) continue;
      expect(results.get(to)).toMatchObject({
        error_code: code,
        error_message: expect.stringContaining(`(#${code})`),
        advice: refusedAdvice(verdictOf(code)),
      });
    }
  });

  test('the allowance is kept or given back as the table says', async () => {
    const asked = await system.rows<{ person: string; n: number }>(
      'select person, cardinality(asks) as n from pairs where sender_id = $1',
      [system.senders[0]],
    );
    const used = new Map(asked.map(({ person, n }) => [`+${person}`, n]));
    for (const person of persons) {
      const { allowance } = consequence(person.verdict, 'answer');
      // `pair-limit` keeps the first and uses another; an acceptance uses its own.
      const kept = allowance === 'kept' ? 1 : 0;
      const expected = person.times === undefined ? kept : kept + 1;
      expect([person.code, used.get(person.to) ?? 0]).toEqual([person.code, expected]);
    }
  });

  test('those between them were accepted with one POST each', () => {
    expect(accepted.map((to) => [results.get(to)?.status, system.posts(to)])).toEqual(
      accepted.map(() => ['accepted', 1]),
    );
  });

  test('none of these codes is called unknown', () => {
    expect(system.warnings().filter(({ msg }) => msg.includes('not in our table'))).toEqual([]);
  });
});
