import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { dated, sharedAnswers } from '../../src/http/shared-answers.ts';

type Asking = Pick<FastifyRequest, 'caller' | 'headers'>;

const PERSON = {
  headers: {},
  caller: { id: 'ann', name: 'ann', scope: 'read', person: {} },
} as unknown as Asking;
/** Who has just changed something. */
const ACTOR = { ...PERSON, headers: { 'cache-control': 'no-cache' } } as Asking;
const PROGRAM = {
  headers: {},
  caller: { id: 'crm', name: 'crm', scope: 'read' },
} as unknown as Asking;

/** Looks that take so long by a clock that the test moves. */
function stand(tookMs: number) {
  let now = 0;
  let looks = 0;
  const share = sharedAnswers(() => now);
  const look = async () => {
    now += tookMs;
    looks += 1;
    return looks;
  };
  return {
    ask: (who: Asking, key = 'c1') => share(who, key, look),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('a look at a whole list', () => {
  it('is one for all people who watch, until it has rested nine times as long as it took', async () => {
    const { ask, pass } = stand(500);
    expect(await Promise.all([ask(PERSON), ask(PERSON)])).toEqual([1, 1]);
    pass(4_499);
    expect(await ask(PERSON)).toBe(1);
    pass(2);
    expect(await ask(PERSON)).toBe(2);
  });

  it('holds for ten seconds at most, and not at all where it took no time', async () => {
    const slow = stand(5_000);
    await slow.ask(PERSON);
    slow.pass(10_001);
    expect(await slow.ask(PERSON)).toBe(2);
    const quick = stand(0);
    await quick.ask(PERSON);
    expect(await quick.ask(PERSON)).toBe(2);
  });

  it('begins anew for whoever has changed something, and what it finds is shared from then on', async () => {
    const { ask, pass } = stand(500);
    expect([await ask(PERSON), await ask(PERSON)]).toEqual([1, 1]);
    pass(100);
    expect([await ask(ACTOR), await ask(PERSON)]).toEqual([2, 2]);
  });

  it('that began before a change is not the answer to who made it', async () => {
    const share = sharedAnswers(() => 0);
    let end: (found: string) => void = () => undefined;
    const before = share(PERSON, 'c1', () => new Promise<string>((resolve) => (end = resolve)));
    const after = await share(ACTOR, 'c1', async () => 'counts of now');
    end('counts of before');
    expect([await before, after]).toEqual(['counts of before', 'counts of now']);
    expect(await share(PERSON, 'c1', async () => 'counts of later')).toBe('counts of later');
  });

  it('is made by what the last one who asked knows', async () => {
    const share = sharedAnswers(() => 0);
    await share(PERSON, 'c1', async () => 'counts of before');
    expect(await share(PERSON, 'c1', async () => 'counts of now')).toBe('counts of now');
  });

  it('says when it began, to who shares it later too', async () => {
    const share = sharedAnswers(() => 0);
    const began = Date.now();
    let end: (found: string) => void = () => undefined;
    const look = dated(() => new Promise<string>((resolve) => (end = resolve)));
    const [first, second] = [share(PERSON, 'c1', look), share(PERSON, 'c1', look)];
    while (Date.now() === began) await new Promise((resolve) => setImmediate(resolve));
    const ended = Date.now();
    end('counts');
    const { countedAt, found } = await first;
    expect(found).toBe('counts');
    expect(Date.parse(countedAt)).toBeGreaterThanOrEqual(began);
    expect(Date.parse(countedAt)).toBeLessThan(ended);
    expect(await second).toEqual({ countedAt, found });
  });

  it('is of one list, and of a program its own', async () => {
    const { ask } = stand(500);
    expect([await ask(PERSON), await ask(PERSON, 'c2')]).toEqual([1, 2]);
    expect([await ask(PROGRAM), await ask(PROGRAM)]).toEqual([3, 4]);
  });
});
