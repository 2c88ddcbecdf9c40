import { describe, expect, test } from '@jest/globals';
import { REQUEST_STATES } from '../../../src/core/request.ts';
import { adviceFor, type Ending } from '../../../src/core/verdicts/advice.ts';
import { isLasting, VERDICT_FAMILIES, verdictFor } from '../../../src/core/verdicts/verdicts.ts';
import { DID_NOT_GO_OUT } from '../../../src/core/verdicts/weigh-usage.ts';

function advice(more: Partial<Ending>): string | null {
  return adviceFor({
    state: 'pending',
    errorCode: null,
    errorMessage: null,
    reason: null,
    doubleOf: null,
    finding: null,
    ...more,
  });
}

describe('advice', () => {
  test.each([
    ['pending', null],
    ['queued', null],
    ['sending', null],
    ['accepted', null],
    ['already-granted', null],
    ['rejected', null],
    ['uncertain', 'Not sent again by itself'],
    ['expired', 'not_after'],
    ['cancelled', 'cancelled'],
  ] as const)('of one that is %s, with nothing wrong: %s', (state, text) => {
    if (text === null) expect(advice({ state })).toBeNull();
    else expect(advice({ state })).toContain(text);
  });

  test('an uncertain one says what its check found, and what a person can do', () => {
    const said = advice({ state: 'uncertain', finding: 'Meta was asked.' });
    expect(said).toMatch(/^Meta was asked\. Not sent again by itself/);
    expect(said).toContain('campaign settle');
    expect(said).toContain('campaign retry ID --uncertain');
  });

  test('an uncertain one that did not go out is not said to have perhaps gone out', () => {
    const said = advice({ state: 'uncertain', finding: DID_NOT_GO_OUT });
    expect(said).toMatch(/it did not go out\. Still not sent again by itself/);
    expect(said).not.toContain('may have');
    expect(said).toContain('campaign retry ID --uncertain');
  });

  test.each([
    ['timeout', 'No answer came in time.'],
    ['connection-lost', 'The connection was lost before an answer came.'],
    ['unreadable-success', 'The answer could not be read.'],
    ['server-error', 'Meta answered with a failure of its own.'],
    ['foreign-answer', 'The answer was of somebody else.'],
    ['lease-ended', 'Its process ended while it was sent.'],
    ['interrupted', 'It was broken off while it was sent.'],
  ])(
    'one that was settled as not gone out says so, and how it is asked again: %s',
    (reason, why) => {
      expect(advice({ state: 'rejected', reason })).toBe(
        `${why} It was settled as not gone out, and is not sent again by itself; \`callpermit campaign retry ID\` asks again.`,
      );
    },
  );

  test('one that was refused without a code and not settled says nothing', () => {
    expect(advice({ state: 'rejected', reason: 'parameter' })).toBeNull();
  });

  test('a skipped one says why: its double, the pair limit, or the reason kept', () => {
    expect(advice({ state: 'skipped', doubleOf: 4, reason: 'duplicate' })).toContain('row 4');
    expect(advice({ state: 'skipped', reason: 'pair-limit' })).toContain('too often');
    expect(advice({ state: 'skipped', reason: 'opted out' })).toBe('opted out');
  });

  test.each([
    ['skipped', 'pair-limit', /once in 24 hours and twice in 7 days/],
    ['skipped', 'suppressed', /^On the opt-out list; `callpermit suppress list`/],
    ['skipped', 'already-granted', /--include-granted/],
    ['skipped', 'declined', /--include-declined/],
    ['skipped', 'declined', /taken back: by Meta within seven days, or by the person/],
    ['skipped', 'forgotten', /^The person was forgotten before being asked\.$/],
    ['skipped', 'quiet-hours', /no hour is outside the quiet hours/],
    ['pending', 'pair-limit', /^Was asked lately/],
    ['pending', 'quiet-hours', /^Is in the quiet hours/],
  ] as const)('of one that is %s for %s says so', (state, reason, said) => {
    expect(advice({ state, reason })).toMatch(said);
  });

  test('is none of its own where the reason is unknown: kept as it is, or nothing', () => {
    expect(advice({ state: 'skipped' })).toBeNull();
    expect(advice({ state: 'pending', reason: 'opted out' })).toBeNull();
  });

  test('an uncertain one that was not checked says what a person can do alone', () => {
    expect(advice({ state: 'uncertain' })).toMatch(/^Not sent again/);
  });

  test('of a code without a message is the table’s', () => {
    const { advice: known } = verdictFor({ code: 131026, message: '' });
    expect(advice({ state: 'rejected', errorCode: 131026 })).toBe(known);
  });

  test.each(['rejected', 'pending', 'queued', 'sending', 'accepted'] as const)(
    'of a code is the table’s, also on one that is %s',
    (state) => {
      const said = advice({ state, errorCode: 131026, errorMessage: 'undeliverable' });
      expect(said).toBe(verdictFor({ code: 131026, message: 'undeliverable' }).advice);
    },
  );

  describe('of one that was refused', () => {
    const codes = VERDICT_FAMILIES.flatMap(({ rules }) => rules.map(({ code }) => code));

    test.each([...codes, 424_242])('by %i: nothing waits or is tried again any more', (code) => {
      const said = advice({ state: 'rejected', errorCode: code }) ?? '';
      expect(said).not.toMatch(/It waits 24|is tried again|goes on by itself|waits longer|rate is/);
    });

    test('131049: how they are asked again, and what of its advice is true all the same', () => {
      expect(advice({ state: 'rejected', errorCode: 131_049 })).toMatch(
        /^It was tried as often as it is by itself; `callpermit campaign retry ID` asks again\. As a rule a UTILITY/,
      );
      expect(advice({ state: 'rejected', errorCode: 138_012 })).toMatch(/asks again\.$/);
    });
  });

  test.each([
    [131_026, true],
    [131_050, true],
    [131_205, true],
    [131_030, false],
    [131_000, false],
    [424_242, false],
  ])('after %i asking again brings the same answer: %p', (code, is) =>
    expect(isLasting(code)).toBe(is),
  );

  test('what an advice says of asking again is what is counted on', () => {
    const rules = VERDICT_FAMILIES.flatMap((family) => [...family.rules, ...family.ranges]);
    const said = rules.filter(({ advice: text }) => /seldom helps|the same answer/.test(text));
    expect(said.length).toBeGreaterThan(1);
    expect(said.filter(({ isLasting: is }) => is !== true)).toEqual([]);
  });

  describe('of one that was accepted and not delivered', () => {
    const codes = VERDICT_FAMILIES.flatMap(({ rules }) => rules.map(({ code }) => code));

    test.each([...codes, 424_242])('by %i: nothing waits, goes on or is tried again', (code) => {
      const { verdict } = verdictFor({ code, message: '' });
      const said = advice({ state: 'accepted', errorCode: code }) ?? '';
      expect(said).not.toMatch(/It waits|is tried again|this person waits|rate is lowered/);
      if (verdict === 'pause-campaign') expect(said).not.toMatch(/\bresume\b/);
      if (!['reject', 'already-granted', 'suppress'].includes(verdict))
        expect(said).toContain('It is not sent again by itself');
    });

    test('131049: when it may be asked again, and what of its advice is true all the same', () => {
      expect(advice({ state: 'accepted', errorCode: 131049 })).toBe(
        'It is not sent again by itself; a new list or `callpermit request` asks again after 24 hours. As a rule a UTILITY template is not affected: if yours is one, look whether Meta has made it MARKETING.',
      );
      expect(advice({ state: 'pending', errorCode: 131049 })).toMatch(/^It waits 24 hours/);
    });

    test('131042: its campaign paused by it, and goes on without this person', () => {
      expect(advice({ state: 'accepted', errorCode: 131042 })).toMatch(
        /then resume\. It is not sent again by itself/,
      );
    });
  });

  test('an unknown code has advice too', () => {
    expect(advice({ state: 'rejected', errorCode: 424_242, errorMessage: 'what' })).toBeTruthy();
  });

  test('every state that is final without having asked has some', () => {
    for (const state of REQUEST_STATES) {
      if (!['skipped', 'expired', 'cancelled', 'uncertain'].includes(state)) continue;
      expect(advice({ state, reason: 'a reason' })).toBeTruthy();
    }
  });
});
