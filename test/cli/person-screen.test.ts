/** What screens say of people: words and numbers that agree, and nothing that is not true. */
import { describe, expect, test } from '@jest/globals';
import { reasonLines } from '../../src/cli/screen/campaign.ts';
import { printForecast } from '../../src/cli/screen/forecast.ts';
import { funnelText } from '../../src/cli/screen/funnel.ts';
import { eventText } from '../../src/cli/screen/person.ts';
import type { ReasonCount } from '../../src/core/ports/index.ts';
import type { Funnel } from '../../src/replies/funnel.ts';
import { remembering } from './support.ts';

function reason(more: Partial<ReasonCount>): string {
  return reasonLines([
    {
      ...{ state: 'accepted', count: 17, errorCode: null, reason: null, message: null },
      ...{ isLasting: false, attempts: 1, nextAt: null, advice: null },
      ...more,
    },
  ]);
}

describe('why', () => {
  test('an accepted request with a code was not delivered', () => {
    expect(reason({ errorCode: 131026, attempts: 2 })).toBe(
      '17 accepted, not delivered: 131026, up to 2 tries',
    );
  });

  test('another is told by its state, its reason and its code', () => {
    expect(reason({ state: 'rejected', reason: 'reject', errorCode: 131026 })).toBe(
      '17 rejected: reject 131026',
    );
    expect(reason({ state: 'skipped', reason: 'declined' })).toBe('17 skipped: declined');
  });
});

describe('a forecast', () => {
  const said = (asks: number, skips: readonly { reason: string; n: number }[]) => {
    const { cli, err } = remembering();
    const doneAtMs = asks === 0 ? null : Date.UTC(2030, 0, 1);
    printForecast(cli, {
      ...{ asks, withinADay: asks, seconds: 1, secondsToPause: 1, doneAtMs },
      closed: [],
      budgets: [],
      skips,
    });
    return err();
  };

  test('knows one person from several', () => {
    expect(said(1, [])).toMatch(/^1 person to ask, /);
    expect(said(2, [])).toMatch(/^2 people to ask, /);
  });

  test('tells a permission that was taken back from a decline alone', () => {
    expect(said(0, [{ reason: 'declined', n: 1 }])).toBe(
      'Nobody is to be asked. Skipped: 1 declined or had a permission taken back by Meta within seven days, or took it back themselves.\n',
    );
    expect(said(0, [{ reason: 'suppressed', n: 2 }])).toContain('2 on the opt-out list');
  });
});

describe('what happened to a person', () => {
  const asked = {
    kind: 'request' as const,
    ...{ senderId: '1', at: new Date(0), source: 'c1', until: null },
  };

  test('says why a message was not delivered', () => {
    expect(eventText({ ...asked, what: 'failed', code: 131026 })).toMatch(
      /^asked by c1: not delivered \(131026: The message cannot be delivered: /,
    );
  });

  test('says no more than is known', () => {
    expect(eventText({ ...asked, what: 'failed', code: null })).toBe('asked by c1: not delivered');
    expect(eventText({ ...asked, what: 'read', code: null })).toBe('asked by c1: read');
  });
});

test('a funnel says of whom its shares are', () => {
  const funnel: Funnel = {
    ...{ asked: 10, accepted: 8, held: 0, delivered: 6, read: 4, declined: 0, noAnswer: 8 },
    ...{ granted: { temporary: 0, permanent: 0 }, failed: [], priced: [] },
    ...{ medianAnswerS: null, byLanguage: [] },
  };
  const [head, first, second] = funnelText(funnel, false).split('\n');
  expect(head).toMatch(/^ +people +of accepted$/);
  expect(first).toMatch(/^asked +10$/);
  expect(second).toMatch(/^accepted +8 +100%$/);
});
