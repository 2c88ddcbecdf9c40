import { describe, expect, test } from '@jest/globals';
import { MAX_ATTEMPTS, MAX_PAIR_DELAYS } from '../../src/core/pace/backoff.ts';
import { consequence } from '../../src/core/verdicts/consequence.ts';
import type { Outcome, Usage } from '../../src/core/verdicts/outcome.ts';
import { verdictFor } from '../../src/core/verdicts/verdicts.ts';
import { type Reaction, react } from '../../src/sending/react.ts';
import { claim } from '../campaign/support.ts';

const CHECK_AFTER = 900_000;

function reactTo(outcome: Outcome, more: { attempts?: number; random?: number } = {}): Reaction {
  return react(claim({ request: '7', fence: 3, attempts: more.attempts ?? 1 }), outcome, {
    checkAfterMs: CHECK_AFTER,
    random: () => more.random ?? 0,
  });
}

function refusal(code: number, more: { usage?: Usage; retryAfterMs?: number } = {}): Outcome {
  return { kind: 'refused', error: { code, message: 'No', details: 'because' }, ...more };
}

const kinds = (reaction: Reaction) => reaction.effects.map((effect) => effect.kind);

describe('an outcome and what is written', () => {
  test('accepted: the wamid and status as they came, the allowance used', () => {
    expect(
      reactTo({ kind: 'accepted', wamid: 'w', messageStatus: 'held', waId: '1650' }),
    ).toStrictEqual({
      entry: {
        request: '7',
        fence: 3,
        epoch: 0,
        to: claim().to,
        outcome: 'accepted',
        state: 'accepted',
        countAttempt: true,
        giveBackAllowance: false,
        wamid: 'w',
        messageStatus: 'held',
        waId: '1650',
      },
      effects: [],
    });
  });

  test.each(['timeout', 'connection-lost', 'unreadable-success', 'server-error'] as const)(
    'uncertain (%s): checked later, never sent again by itself, the allowance used',
    (cause) => {
      const { entry } = reactTo({ kind: 'uncertain', cause, detail: 'no answer' });
      expect(entry).toMatchObject({
        state: 'uncertain',
        delayMs: CHECK_AFTER,
        giveBackAllowance: false,
        reason: cause,
        errorMessage: 'no answer',
      });
    },
  );

  test('many unknown outcomes in a row stop the campaign: it is a streak of its own', () => {
    const { effects } = reactTo({ kind: 'uncertain', cause: 'timeout', detail: 'x' });
    expect(effects).toMatchObject([{ kind: 'streak', key: 'uncertain' }]);
  });

  test('unsent: back to pending, uncounted, the allowance given back', () => {
    const reaction = reactTo({ kind: 'unsent', detail: 'ECONNREFUSED' });
    expect(reaction.entry).toMatchObject({
      state: 'pending',
      countAttempt: false,
      giveBackAllowance: true,
      delayMs: 1_000,
    });
    expect(reaction.effects).toEqual([{ kind: 'unreachable', detail: 'ECONNREFUSED' }]);
  });
});

// One code for each verdict, and what becomes of the first refusal with it.
const TABLE = [
  [131000, 'retry', 'pending', []],
  [130429, 'slow-sender', 'pending', ['slow-sender']],
  [131056, 'delay-pair', 'pending', []],
  [131049, 'delay-day', 'pending', []],
  [131026, 'reject', 'rejected', []],
  [138009, 'pair-limit', 'pending', []],
  [138017, 'already-granted', 'already-granted', []],
  [131050, 'suppress', 'rejected', []],
  [132015, 'pause-template', 'pending', ['close-template']],
  [100, 'pause-campaign', 'rejected', ['streak']],
  [190, 'pause-sender', 'pending', ['close-sender']],
  [999_999, 'pause-campaign', 'rejected', ['unknown-code', 'streak']],
] as const;

describe('a refusal does what its verdict says', () => {
  test.each(TABLE)('%i (%s): %s', (code, verdict, state, effects) => {
    const reaction = reactTo(refusal(code));
    expect(verdictFor({ code, message: 'No' }).verdict).toBe(verdict);
    expect(reaction.entry).toMatchObject({
      request: '7',
      fence: 3,
      outcome: 'refused',
      state,
      errorCode: code,
      errorMessage: 'No: because',
      reason: verdict,
    });
    expect(kinds(reaction)).toEqual(effects);
  });

  test.each(TABLE.map(([code, verdict]) => [code, verdict] as const))(
    '%i (%s): the same as docs/errors.md shows of it',
    (code, verdict) => {
      const { entry } = reactTo(refusal(code));
      const shown = consequence(verdict, 'answer');
      expect(shown.state).toBe(entry.state);
      expect(shown.allowance).toBe(entry.giveBackAllowance ? 'given-back' : 'kept');
      expect(shown.attempt).toBe(entry.countAttempt ? 'counted' : 'not-counted');
    },
  );

  test.each([
    [131000, MAX_ATTEMPTS],
    [131049, MAX_ATTEMPTS],
    [131056, MAX_PAIR_DELAYS],
  ])('%i is tried again up to its bound of %i, and rejected there', (code, most) => {
    expect(reactTo(refusal(code), { attempts: most - 1 }).entry.state).toBe('pending');
    expect(reactTo(refusal(code), { attempts: most }).entry).toMatchObject({
      state: 'rejected',
      giveBackAllowance: true,
    });
  });

  test('a retry waits 1 to 5 s at first, longer later, and as long as the server asks', () => {
    const delay = (attempts: number, random: number, retryAfterMs?: number) =>
      reactTo(refusal(131000, retryAfterMs === undefined ? {} : { retryAfterMs }), {
        attempts,
        random,
      }).entry.delayMs;
    expect([delay(1, 0), delay(1, 0.999_999)]).toEqual([1_000, 5_000]);
    expect(delay(3, 0.999_999)).toBe(20_000);
    expect(delay(1, 0, 60_000)).toBe(60_000);
  });

  test('delay-pair waits 4^n s, delay-day a day', () => {
    const delay = (attempts: number) => reactTo(refusal(131056), { attempts }).entry.delayMs;
    expect([delay(1), delay(2), delay(3)]).toEqual([1_000, 4_000, 16_000]);
    expect(reactTo(refusal(131049)).entry.delayMs).toBe(86_400_000);
  });

  test('throttling never fails a request, however often it comes', () => {
    const { entry } = reactTo(refusal(130429), { attempts: 99 });
    expect(entry).toMatchObject({ state: 'pending', countAttempt: false, giveBackAllowance: true });
  });

  test('throttling waits as long as Meta named', () => {
    const named = reactTo(refusal(80007, { usage: { percent: 100, regainAccessMs: 60_000 } }));
    expect(named.effects).toMatchObject([{ kind: 'slow-sender', waitMs: 60_000 }]);
    const after = reactTo(refusal(4, { retryAfterMs: 7_000 }));
    expect(after.effects).toMatchObject([{ kind: 'slow-sender', waitMs: 7_000 }]);
  });

  test('what pauses says whose fault it is, in Meta’s words and ours', () => {
    for (const [code, scope] of [
      [190, 'sender'],
      [132015, 'template'],
      [100, 'campaign'],
    ] as const) {
      const [effect] = reactTo(refusal(code)).effects;
      expect(effect).toMatchObject({ reason: { by: 'us', scope, code } });
      expect(JSON.stringify(effect)).toContain('No: because');
    }
  });

  test('a paused template is looked at again later, a dead token waits for a person', () => {
    expect(reactTo(refusal(132015)).effects[0]).toHaveProperty('probeAfterMs', 3 * 3_600_000);
    expect(reactTo(refusal(131042)).effects[0]).not.toHaveProperty('probeAfterMs');
  });
});

describe('usage headers', () => {
  const accepted = (usage: Usage) =>
    reactTo({ kind: 'accepted', wamid: 'w', messageStatus: 'accepted', usage }).effects;

  test('slow the sender before it is refused', () => {
    expect(accepted({ percent: 84 })).toEqual([]);
    expect(accepted({ percent: 85 })).toMatchObject([{ kind: 'slow-sender' }]);
    expect(accepted({ percent: 85 })[0]).not.toHaveProperty('waitMs');
  });

  test('hold it for the time they name', () => {
    expect(accepted({ percent: 100, regainAccessMs: 60_000 })).toMatchObject([{ waitMs: 60_000 }]);
  });
});

describe('the whole of it', () => {
  const ref = { request: '7', fence: 3, epoch: 0, to: claim().to };

  test('accepted without a wamid: nothing is written in its place', () => {
    const { entry } = reactTo({ kind: 'accepted', messageStatus: 'accepted' });
    expect(entry).toStrictEqual({
      ...{ ...ref, outcome: 'accepted', state: 'accepted', messageStatus: 'accepted' },
      ...{ countAttempt: true, giveBackAllowance: false },
    });
  });

  test('uncertain', () => {
    const raw = '{"error"';
    expect(
      reactTo({ kind: 'uncertain', cause: 'timeout', detail: 'no answer', raw }),
    ).toStrictEqual({
      entry: {
        ...{ ...ref, outcome: 'uncertain', state: 'uncertain', raw, delayMs: CHECK_AFTER },
        ...{ countAttempt: true, giveBackAllowance: false },
        ...{ errorMessage: 'no answer', reason: 'timeout' },
      },
      effects: [
        {
          kind: 'streak',
          key: 'uncertain',
          enough: 50,
          reason: {
            by: 'us',
            scope: 'campaign',
            message:
              'The outcome of 50 requests in a row is not known (no answer). Look at GRAPH_BASE_URL and the network, then resume; the uncertain ones are not sent again.',
          },
        },
      ],
    });
  });

  test('unsent', () => {
    expect(reactTo({ kind: 'unsent', detail: 'ECONNREFUSED' }).entry).toStrictEqual({
      ...{ ...ref, outcome: 'unsent', state: 'pending', delayMs: 1_000 },
      ...{ countAttempt: false, giveBackAllowance: true },
      ...{ errorMessage: 'ECONNREFUSED', reason: 'unsent' },
    });
  });

  test('refused, with the answer as it came', () => {
    const raw = '{"error":{"code":131026}}';
    const error = { code: 131026, message: 'No' };
    expect(reactTo({ kind: 'refused', error, raw })).toStrictEqual({
      entry: {
        ...{ ...ref, outcome: 'refused', state: 'rejected', raw },
        ...{ countAttempt: true, giveBackAllowance: true },
        ...{ errorCode: 131026, errorMessage: 'No', reason: 'reject' },
      },
      effects: [],
    });
    expect(reactTo(refusal(131026)).entry).not.toHaveProperty('raw');
  });

  test('throttled', () => {
    const { entry, effects } = reactTo(refusal(130429));
    expect(entry).toMatchObject({ delayMs: 1_000, errorMessage: 'No: because' });
    expect(effects).toStrictEqual([
      { kind: 'slow-sender', reason: '130429: No: because', cutAgainMs: 1_000 },
    ]);
  });

  test.each([
    [130429, 9_000],
    [131056, 9_000],
  ])('%i waits as long as the server asks', (code, retryAfterMs) => {
    expect(reactTo(refusal(code, { retryAfterMs })).entry.delayMs).toBe(retryAfterMs);
  });

  test.each([
    ['Call it off', 'Call it off.'],
    ['Call it off.', 'Call it off.'],
    ['Call it off. Now', 'Call it off. Now.'],
  ])('a pause says %p as a sentence, and what to do', (message, sentence) => {
    const error = { code: 190, message };
    const [effect] = reactTo({ kind: 'refused', error }).effects;
    const { advice } = verdictFor(error);
    expect(effect).toMatchObject({
      reason: { message: `Meta refused with 190: ${sentence} ${advice}` },
    });
  });

  test('five equal refusals in a row pause the campaign, counted by their code', () => {
    const [effect] = reactTo(refusal(100)).effects;
    expect(effect).toMatchObject({ kind: 'streak', key: '100', enough: 5 });
  });

  test('an unknown code is named', () => {
    expect(reactTo(refusal(999_999)).effects[0]).toStrictEqual({
      kind: 'unknown-code',
      code: 999_999,
    });
  });

  test.each([undefined, 0])('usage that names no time (%p) only slows', (regainAccessMs) => {
    const usage = { percent: 90, ...(regainAccessMs === undefined ? {} : { regainAccessMs }) };
    expect(reactTo({ kind: 'accepted', messageStatus: 'accepted', usage }).effects).toStrictEqual([
      {
        kind: 'slow-sender',
        reason: "Meta's usage headers stand at 90 % of the allowance",
        cutAgainMs: 10_000,
      },
    ]);
  });
});
