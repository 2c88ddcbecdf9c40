import { describe, expect, test } from '@jest/globals';
import { readParameters } from '../../src/cli/options/parameters.ts';
import { standingLines } from '../../src/cli/screen/standing.ts';
import type { RequestStanding } from '../../src/core/single-request.ts';

describe('--param', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['texts fill positions in order', ['Ann', 'B 2'], { 1: 'Ann', 2: 'B 2' }],
    ['names fill names', ['name=Ann', 'order=7'], { name: 'Ann', order: '7' }],
    ['a header beside positions', ['header=Order 7', 'Ann'], { header: 'Order 7', 1: 'Ann' }],
    ['a text with = goes by its number', ['1=a=b', '2='], { 1: 'a=b', 2: '' }],
    [
      'what is no name of Meta is text',
      ['Total=5', 'a b=c', '=x'],
      { 1: 'Total=5', 2: 'a b=c', 3: '=x' },
    ],
    ['none', [], {}],
  ])('%s', (_what, given, expected) => {
    expect(readParameters(given)).toEqual({ ok: true, value: expected });
  });

  test('twice the same is wrong use', () => {
    expect(readParameters(['Ann', '1=Ben'])).toMatchObject({ ok: false, error: { code: 'USAGE' } });
  });
});

describe('how a request stands, for people', () => {
  const standing = (more: Partial<RequestStanding>) =>
    standingLines(
      {
        id: 'c1',
        state: 'running',
        reason: null,
        status: 'pending',
        waits_for: null,
        due_at: null,
        wamid: null,
        error_code: null,
        error_message: null,
        advice: null,
        ...more,
      } as RequestStanding,
      (_colour, text) => text,
    ).join('\n');

  test.each<[string, Partial<RequestStanding>, RegExp[]]>([
    ['accepted', { status: 'accepted', wamid: 'wamid.1' }, [/accepted \(wamid\.1\)$/]],
    [
      'rejected',
      { status: 'rejected', error_code: 131026, error_message: 'no', advice: 'Look.' },
      [/rejected \(131026: no\)\nLook\.$/],
    ],
    [
      'waiting',
      { waits_for: 'pair-limit', due_at: '2030-01-01T00:00:00.000Z' },
      [
        /asked too often lately .* goes on at (1 Jan 2030|31 Dec 2029) \d\d:\d\d \S+\./,
        /campaign cancel c1/,
      ],
    ],
    ['waiting for a process', { waits_for: 'sender-process' }, [/callpermit sender/]],
    [
      'paused',
      { state: 'paused', reason: { by: 'us', code: 190, message: 'the token was refused' } },
      [/paused by us: the token was refused \(code 190\)/, /campaign resume c1/],
    ],
  ])('%s', (_what, more, forms) => {
    for (const form of forms) expect(standing(more)).toMatch(form);
  });
});
