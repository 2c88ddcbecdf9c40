/** The button that starts a campaign says what the forecast above it says. */
import { describe, expect, it } from '@jest/globals';
import { askingOf } from '../../src/console/pages/new-campaign/asking.ts';

const found = (willAsk: number, seconds: number) => ({
  added: 100_000,
  forecast: { willAsk, seconds },
});
const HOURS = 23 * 3_600;

describe('the button', () => {
  it.each([
    ['those who would be asked', found(44, 2), 'now', { how: 'now', people: 44 }],
    ['nobody now where all wait', found(44, HOURS), 'now', { how: 'later', people: 44 }],
    [
      'a long list that takes its time',
      found(80_000, 70_000),
      'now',
      { how: 'now', people: 80_000 },
    ],
    ['a time that was chosen', found(1, HOURS), 'at', { how: 'at', people: 1 }],
    ['a draft', found(0, 0), 'draft', { how: 'draft', people: 0 }],
    ['all where nothing is expected', { added: 100 }, 'now', { how: 'now', people: 100 }],
    ['nobody, where nobody would be asked', found(0, 0), 'now', { how: 'nobody', people: 0 }],
    ['nobody later, either', found(0, 0), 'at', { how: 'nobody', people: 0 }],
  ] as const)('names %s', (_what, list, start, asking) => {
    expect(askingOf(list, start)).toEqual(asking);
  });
});
