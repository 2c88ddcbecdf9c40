import { describe, expect, test } from '@jest/globals';
import { react } from '../../src/campaign/react.ts';
import { MAX_ATTEMPTS, MAX_PAIR_DELAYS } from '../../src/core/backoff.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { consequence, VERDICT_FAMILIES } from '../../src/core/verdicts.ts';

const CHECK_MS = 900_000;
const claim = (attempts = 1) => ({ request: '7', fence: 3, attempts });
const after = (outcome: Outcome, attempts?: number) =>
  react(claim(attempts), outcome, { checkAfterMs: CHECK_MS, random: () => 0.5 });
const refused = (code: number): Outcome => ({ kind: 'refused', error: { code, message: 'no' } });

describe('an outcome', () => {
  test('accepted is recorded with what Meta said, and ends nothing else', () => {
    const { entry, effects } = after({
      kind: 'accepted',
      wamid: 'x',
      messageStatus: 'held_for_quality_assessment',
      waId: '1',
    });
    expect(entry).toEqual({
      request: '7',
      fence: 3,
      outcome: 'accepted',
      state: 'accepted',
      countAttempt: true,
      giveBackAllowance: false,
      wamid: 'x',
      messageStatus: 'held_for_quality_assessment',
      waId: '1',
    });
    expect(effects).toEqual([]);
  });

  test('not known keeps the allowance, is checked later, and never goes back by itself', () => {
    const { entry } = after({ kind: 'uncertain', cause: 'timeout', detail: 'no answer' });
    expect(entry).toMatchObject({
      state: 'uncertain',
      delayMs: CHECK_MS,
      giveBackAllowance: false,
      reason: 'timeout',
    });
  });

  test('that surely never left goes back, uncounted', () => {
    const { entry } = after({ kind: 'unsent', detail: 'ECONNREFUSED' });
    expect(entry).toMatchObject({ state: 'pending', countAttempt: false, giveBackAllowance: true });
  });

  test('high usage in the headers of an acceptance slows the sender, and holds it where Meta names a time', () => {
    const usage = { percent: 92, regainAccessMs: 120_000 };
    const { effects } = after({ kind: 'accepted', wamid: 'x', messageStatus: 'accepted', usage });
    expect(effects).toMatchObject([{ kind: 'slow-sender', waitMs: 120_000 }]);
  });
});

describe('a refusal', () => {
  const rules = VERDICT_FAMILIES.flatMap((family) => family.rules);

  test.each(rules.map((rule) => [rule.code, rule.verdict] as const))(
    '%s does what the matrix says of %s',
    (code, verdict) => {
      const { entry } = after(refused(code));
      const says = consequence(verdict, 'answer');
      expect([says.state, says.otherwise]).toContain(entry.state);
      expect(entry.giveBackAllowance).toBe(says.allowance === 'given-back');
      expect(entry.countAttempt).toBe(says.attempt === 'counted');
      expect(entry.errorCode).toBe(code);
    },
  );

  test.each([
    [131000, MAX_ATTEMPTS],
    [131056, MAX_PAIR_DELAYS],
    [131049, MAX_ATTEMPTS],
  ])('%s ends after %s tries: every row ends', (code, most) => {
    expect(after(refused(code), most - 1).entry.state).toBe('pending');
    expect(after(refused(code), most).entry.state).toBe('rejected');
  });

  test('of the rate never uses up a try, however often it comes', () => {
    expect(after(refused(130429), 1_000).entry).toMatchObject({
      state: 'pending',
      countAttempt: false,
    });
  });

  test('with an unknown code keeps the raw words, warns, and counts towards a pause', () => {
    const { entry, effects } = after({
      kind: 'refused',
      error: { code: 999_999, message: 'Novel', details: 'very' },
    });
    expect(entry).toMatchObject({
      state: 'rejected',
      errorCode: 999_999,
      errorMessage: 'Novel: very',
    });
    expect(effects.map((effect) => effect.kind)).toEqual(['unknown-code', 'streak']);
  });
});
