/** What a campaign led to, from what was counted. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FunnelCount } from '../../src/core/ports/index.ts';
import { noCounts } from '../../src/core/request.ts';
import { type FunnelFacts, toFunnel } from '../../src/replies/funnel.ts';

/** What became of one request, as the ledger counts it. */
interface Message {
  readonly state: 'accepted' | 'already-granted' | 'uncertain' | 'rejected' | 'settled' | 'skipped';
  readonly language: string;
  readonly reached: 'no' | 'delivered' | 'read' | 'failed';
  readonly code: number | null;
  readonly answer: 'temporary' | 'permanent' | 'declined' | null;
  readonly priced: string | null;
  readonly isHeld: boolean;
}

const message: fc.Arbitrary<Message> = fc
  .record<Message>({
    state: fc.constantFrom(
      'accepted',
      'accepted',
      'already-granted',
      'uncertain',
      'rejected',
      'settled',
      'skipped',
    ),
    language: fc.constantFrom('en', 'de', 'pt_BR'),
    reached: fc.constantFrom('no', 'delivered', 'read', 'failed'),
    code: fc.constantFrom(131026, 131049, 424242, null),
    answer: fc.constantFrom('temporary', 'permanent', 'declined', null),
    priced: fc.constantFrom('regular marketing', 'regular utility', 'regular utility free', null),
    isHeld: fc.boolean(),
  })
  // Who answers has the message.
  .map((one) => (one.reached === 'failed' ? { ...one, answer: null } : one));

function factsOf({ state, language, reached, code, answer, priced }: Message): FunnelCount[] {
  if (state !== 'accepted') return [];
  const facts = [
    ...(reached === 'delivered' || reached === 'read' ? ['delivered'] : []),
    ...(reached === 'read' ? ['read'] : []),
    ...(reached === 'failed' ? [`failed ${code ?? ''}`] : []),
    ...(answer === null ? [] : [`answered ${answer}`]),
    ...(priced === null ? [] : [`priced ${priced}`]),
  ];
  return facts.map((fact) => ({ language, fact, n: 1 }));
}

/** Added up as the ledger does. */
function countedOf(messages: readonly Message[]): FunnelFacts {
  const counts = noCounts();
  for (const { state } of messages) counts[state === 'settled' ? 'rejected' : state] += 1;
  const sums = new Map<string, FunnelCount>();
  for (const one of messages.flatMap(factsOf)) {
    const key = `${one.language} ${one.fact}`;
    sums.set(key, { ...one, n: (sums.get(key)?.n ?? 0) + 1 });
  }
  const held = messages.filter((m) => m.state === 'accepted' && m.isHeld).length;
  const of = (state: Message['state']) => messages.filter((m) => m.state === state).length;
  return {
    campaign: { counts, messageStatuses: held > 0 ? { held_for_quality_assessment: held } : {} },
    reasons: [
      { state: 'rejected', errorCode: 131026, count: of('rejected') },
      { state: 'rejected', errorCode: null, count: of('settled') },
      { state: 'skipped', errorCode: 131026, count: of('skipped') },
    ],
    facts: [...sums.values()],
    medianAnswerS: null,
  };
}

describe('a funnel, whatever became of the messages,', () => {
  const property = (check: (messages: readonly Message[]) => void) =>
    fc.assert(fc.property(fc.array(message, { maxLength: 60 }), check));

  test('counts each message by what became of it', () => {
    property((messages) => {
      const taken = messages.filter((m) => m.state === 'accepted');
      const n = (is: (m: Message) => boolean) => taken.filter(is).length;
      const funnel = toFunnel(countedOf(messages));
      expect(funnel).toMatchObject({
        accepted: taken.length,
        held: n((m) => m.isHeld),
        delivered: n((m) => m.reached === 'delivered' || m.reached === 'read'),
        read: n((m) => m.reached === 'read'),
        granted: {
          temporary: n((m) => m.answer === 'temporary'),
          permanent: n((m) => m.answer === 'permanent'),
        },
        declined: n((m) => m.answer === 'declined'),
        noAnswer: n((m) => m.answer === null && m.reached !== 'failed'),
      });
      expect(funnel.asked).toBe(
        messages.filter((m) => m.state !== 'settled' && m.state !== 'skipped').length,
      );
    });
  });

  test('gets no wider from step to step, and everybody taken answered, did not, or was not reached', () => {
    property((messages) => {
      const { asked, accepted, delivered, read, granted, declined, noAnswer, failed } = toFunnel(
        countedOf(messages),
      );
      const lost = failed.reduce((sum, { n }) => sum + n, 0);
      expect([read, delivered, accepted, asked]).toEqual(
        [read, delivered, accepted, asked].toSorted((a, b) => a - b),
      );
      expect(granted.temporary + granted.permanent + declined + noAnswer + lost).toBe(accepted);
    });
  });

  test('has each failure, price and language once, and they add up', () => {
    property((messages) => {
      const taken = messages.filter((m) => m.state === 'accepted');
      const { failed, priced, byLanguage, ...whole } = toFunnel(countedOf(messages));
      const sum = (ns: readonly { readonly n: number }[]) => ns.reduce((s, { n }) => s + n, 0);
      expect(sum(failed)).toBe(taken.filter((m) => m.reached === 'failed').length);
      expect(sum(priced)).toBe(taken.filter((m) => m.priced !== null).length);
      expect(new Set(failed.map((f) => f.code)).size).toBe(failed.length);
      expect(new Set(byLanguage.map((l) => l.language)).size).toBe(byLanguage.length);
      const all = (key: 'delivered' | 'read' | 'declined' | 'failed') =>
        byLanguage.reduce((s, l) => s + l[key], 0);
      expect(all('delivered')).toBe(whole.delivered);
      expect(all('read')).toBe(whole.read);
      expect(all('declined')).toBe(whole.declined);
      expect(all('failed')).toBe(sum(failed));
    });
  });

  test('is the same in whatever order and pieces it was counted', () => {
    property((messages) => {
      const counted = countedOf(messages);
      const pieces = messages.flatMap(factsOf).toReversed();
      expect(toFunnel({ ...counted, facts: pieces })).toEqual(toFunnel(counted));
    });
  });
});

describe('a funnel', () => {
  const of = (fact: string) =>
    toFunnel({
      campaign: { counts: noCounts(), messageStatuses: {} },
      reasons: [],
      facts: [{ language: 'en', fact, n: 3 }],
      medianAnswerS: 61,
    });

  test('says what a code means where it is known, and nothing where it is not', () => {
    expect(of('failed 131026').failed).toEqual([
      { code: 131026, n: 3, meaning: expect.stringMatching(/\w/) },
    ]);
    expect(of('failed 424242').failed).toEqual([{ code: 424242, n: 3, meaning: null }]);
    expect(of('failed ').failed).toEqual([{ code: null, n: 3, meaning: null }]);
  });

  test('takes prices apart', () => {
    expect(of('priced regular utility free').priced).toEqual([
      { type: 'regular', category: 'utility', isFree: true, n: 3 },
    ]);
    expect(of('priced regular marketing').priced).toMatchObject([{ isFree: false }]);
  });

  test('never counts fewer than nobody, where an answer came between two looks', () => {
    expect(of('answered declined').noAnswer).toBe(0);
    expect(of('read').medianAnswerS).toBe(61);
  });
});
