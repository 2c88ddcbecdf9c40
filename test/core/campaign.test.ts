import { expect, test } from '@jest/globals';
import { CAMPAIGN_STATES, shownState } from '../../src/core/campaign.ts';

const ahead = new Date('2026-12-01T09:00:00Z');

test('programs and the ledger know the states by these names', () => {
  expect(CAMPAIGN_STATES.join()).toBe('loading,draft,running,paused,completed,cancelled');
});

test.each(CAMPAIGN_STATES)(
  'a campaign that is %s is shown so; a running one whose start lies ahead is scheduled',
  (state) => {
    expect(shownState({ state })).toBe(state);
    expect(shownState({ state, scheduledFor: null })).toBe(state);
    const later = state === 'running' ? 'scheduled' : state;
    expect(shownState({ state, scheduledFor: ahead })).toBe(later);
  },
);
