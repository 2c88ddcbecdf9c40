import { describe, expect, test } from '@jest/globals';
import {
  adviceLines,
  campaignJson,
  linesOf,
  resultTable,
  stateLine,
} from '../../src/cli/screen/summary.ts';
import type { CampaignSummary } from '../../src/core/campaign.ts';
import { REQUEST_STATES } from '../../src/core/request.ts';
import { counts } from './support.ts';

const campaign: CampaignSummary = {
  id: 'c1',
  senderId: '1',
  senderIds: ['1'],
  template: 't',
  language: 'en',
  parameterFormat: 'positional',
  headerParameters: [],
  bodyParameters: ['1'],
  state: 'completed',
  reason: null,
  createdAt: new Date(0),
  startedAt: new Date(0),
  endedAt: new Date(0),
  counts: counts({ accepted: 944, 'already-granted': 9, rejected: 13, uncertain: 2, skipped: 5 }),
  refusedLines: 27,
  scheduledFor: null,
  messageStatuses: {},
};

describe('the summary', () => {
  test('its rows add up to the lines of the list', () => {
    const numbers = resultTable(campaign, { doubles: 5 })
      .split('\n')
      .map((row) => Number(/^.*? {2,}([\d,]+)/.exec(row)?.[1]?.replace(',', '')));
    const total = numbers.pop();
    expect(numbers.reduce((sum, n) => sum + n, 0)).toBe(total);
    expect(total).toBe(1_000);
    expect(linesOf(campaign)).toBe(1_000);
  });

  test('shows what matters even when it is nothing, and the rest only when it is something', () => {
    const quiet = resultTable({
      counts: counts({ accepted: 3 }),
      refusedLines: 0,
      messageStatuses: {},
    });
    for (const word of ['accepted', 'rejected', 'skipped', 'uncertain', 'refused lines']) {
      expect(quiet).toContain(word);
    }
    expect(quiet).not.toContain('cancelled');
  });

  test('the JSON has every state, and a reason only when there is one', () => {
    const json = campaignJson(campaign);
    expect(Object.keys(json.counts as object).sort()).toEqual([...REQUEST_STATES].sort());
    expect(json).toMatchObject({ id: 'c1', state: 'completed', refusedLines: 27, lines: 1_000 });
    expect('reason' in json).toBe(false);
    const reason = { by: 'us', code: 190, message: 'The token ended.' } as const;
    expect(campaignJson({ ...campaign, state: 'paused', reason }).reason).toEqual(reason);
  });

  test('a pause says who, why and how to go on', () => {
    const reason = { by: 'us', code: 190, message: 'the token ended' } as const;
    const paused = {
      ...campaign,
      state: 'paused',
      reason,
      counts: counts({ pending: 7 }),
    } as const;
    expect(stateLine(paused)).toBe('paused by us: the token ended (code 190)');
    expect(adviceLines(paused, undefined)[0]).toContain('callpermit campaign resume c1');
  });

  test('says where to see why some were skipped, as of the rejected', () => {
    const text = adviceLines(campaign, undefined).join('\n');
    expect(text).toContain('Why some were skipped: callpermit export c1 --status skipped');
    const none = { ...campaign, counts: counts({ accepted: 1 }) };
    expect(adviceLines(none, undefined).join('\n')).not.toContain('skipped');
  });

  test('words agree with one and with several', () => {
    const said = (n: number) => {
      const open = { ...campaign, state: 'running', counts: counts({ pending: n, uncertain: n }) };
      const due = { later: n, laterChecks: 0, nextDueAt: null, budgetWait: null };
      return adviceLines(open as CampaignSummary, due).join('\n');
    };
    expect(said(1)).toMatch(/^1 is due later\. .* takes it then\.\n1 is uncertain: it may have /);
    expect(said(2)).toMatch(/^2 are due later\. .* takes them then\.\n2 are uncertain: they may /);
  });

  test('rows due later are told with their number and time', () => {
    const running = { ...campaign, state: 'running', counts: counts({ pending: 7 }) } as const;
    const [line] = adviceLines(running, {
      later: 7,
      laterChecks: 0,
      nextDueAt: new Date('2030-01-01T00:00:00Z'),
      budgetWait: null,
    });
    expect(line).toMatch(/^7 are due later, the next at (1 Jan 2030|31 Dec 2029) \d\d:\d\d \S/);
  });

  test('an uncertain one that is looked at later is not called due: it is not sent again', () => {
    const left = { ...campaign, state: 'running', counts: counts({ uncertain: 2 }) } as const;
    const text = adviceLines(left, {
      ...{ later: 2, laterChecks: 2, budgetWait: null },
      nextDueAt: new Date('2030-01-01T00:00:00Z'),
    }).join('\n');
    expect(text).not.toContain('due later');
    expect(text).toMatch(/not sent again\. A running sender asks Meta whether 2 of them went out/);
    expect(text).toMatch(/The next look is at \d+ \w+ (2030|2029)/);
  });

  test('what Meta holds back is counted apart, with what that means; unknown words are shown', () => {
    const messageStatuses = { held_for_quality_assessment: 3, later_maybe: 1 };
    const held = { ...campaign, messageStatuses };
    expect(resultTable(held)).toMatch(
      /accepted +944 {2}of these held_for_quality_assessment: 3, later_maybe: 1\n/,
    );
    const text = adviceLines(held, undefined).join('\n');
    expect(text).toMatch(/3 were taken by Meta as held_for_quality_assessment: .*132015/);
    expect(text).toContain('1 was taken by Meta as later_maybe: Meta does not say');
    expect(campaignJson(held).messageStatuses).toEqual(messageStatuses);
  });

  test('a running campaign whose start lies ahead is scheduled; programs see `running` and when', () => {
    const scheduledFor = new Date('2030-01-01T12:00:00Z');
    const later = { ...campaign, state: 'running', scheduledFor } as const;
    expect(stateLine(later)).toMatch(/^scheduled: starts at 1 Jan 2030 \d\d:\d\d \S+$/);
    expect(campaignJson(later)).toMatchObject({ state: 'running', scheduledFor });
    const paused = { ...later, state: 'paused', reason: { by: 'person', message: 'm' } } as const;
    expect(stateLine(paused)).toBe('paused by a person: m');
  });
});
