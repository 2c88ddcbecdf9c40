import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, Clock } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { Effects } from '../../src/sending/effects.ts';
import type { Effect } from '../../src/sending/react.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { claim, keptLog } from '../campaign/support.ts';
import { deferred } from '../support/deferred.ts';
import { SteppedClock } from './stepped-clock.ts';

const reason = { by: 'us', scope: 'sender', code: 190, message: 'the token died' } as const;
const streak: Effect = {
  kind: 'streak',
  key: '100',
  enough: 3,
  reason: { ...reason, scope: 'campaign', code: 100 },
};

/** Effects over a ledger that writes down what it is told; `before` runs before each word. */
function bench(
  p: {
    readonly before?: () => Promise<void>;
    readonly pauses?: boolean;
    /** Campaigns that a closed breaker pauses. */
    readonly paused?: readonly string[];
    readonly clock?: Clock;
  } = {},
) {
  const told: { what: string; given: unknown }[] = [];
  const withheld: ((c: ClaimedRequest) => boolean)[] = [];
  const tell = async (what: string, given: unknown) => {
    await p.before?.();
    told.push({ what, given });
  };
  const kept = keptLog();
  const effects = new Effects({
    clock: p.clock ?? systemClock,
    senderId: '1065',
    log: kept.log,
    withhold: (which) => void withheld.push(which),
    senders: {
      close: async (given) => {
        await tell('close', given);
        return p.paused ?? ['c1'];
      },
      slow: (given) => tell('slow', given),
    },
    sending: {
      streak: async (given) => {
        await tell('streak', given);
        return p.pauses === true;
      },
    },
  });
  return {
    effects,
    told,
    messages: kept.messages,
    fields: kept.fields,
    /** How often claims were withheld. */
    times: () => withheld.length,
    isWithheld: (c: ClaimedRequest) => withheld.some((which) => which(c)),
  };
}

/** Waits as a claim does. */
async function settle(effects: Effects, clock: Pick<Clock, 'sleep'> = systemClock): Promise<void> {
  for (let ms = effects.heldMs(); ms > 0; ms = effects.heldMs()) await clock.sleep(ms);
}

describe('a breaker', () => {
  test('of the sender withholds every held claim before the ledger hears of it', async () => {
    const hold = deferred();
    const { effects, told, isWithheld } = bench({ before: () => hold.promise });
    const closing = effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    expect(isWithheld(claim({ template: 'other', campaignId: 'c2' }))).toBe(true);
    expect(told).toEqual([]);
    hold.resolve();
    await closing;
    expect(told).toEqual([{ what: 'close', given: { senderId: '1065', reason } }]);
  });

  test('of a template withholds that template in that language only', async () => {
    const { effects, told, isWithheld } = bench();
    const effect: Effect = { kind: 'close-template', reason, probeAfterMs: 5 };
    await effects.before(claim(), [effect], 'refused');
    expect(isWithheld(claim())).toBe(true);
    expect(isWithheld(claim({ language: 'de' }))).toBe(false);
    expect(isWithheld(claim({ template: 'other' }))).toBe(false);
    expect(told[0]?.given).toEqual({
      senderId: '1065',
      reason,
      template: { name: 't', language: 'en' },
      probeAfterMs: 5,
    });
  });

  test('nothing more is claimed until the ledger has it, also through an outage', async () => {
    let tries = 0;
    const { effects, told } = bench({
      before: async () => {
        tries += 1;
        if (tries === 1) throw new InfrastructureError('database', 'away');
      },
    });
    const closing = effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    await settle(effects);
    expect(told).toHaveLength(1);
    await closing;
  });

  test('is written whatever the first try failed with; nothing is claimed until it is', async () => {
    let tries = 0;
    const { effects, told, messages } = bench({
      before: async () => {
        tries += 1;
        if (tries === 1) throw new TypeError('a bug');
      },
    });
    void effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    await settle(effects);
    expect(told).toHaveLength(1);
    expect(messages()).toContain('effect not written');
  });

  test('is given up at the end of a shutdown', async () => {
    const { effects } = bench({ before: () => Promise.reject(new TypeError('a bug')) });
    const closing = effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    effects.abandon();
    await expect(closing).rejects.toThrow('a bug');
    await settle(effects);
  });

  test('is said once, with Meta’s words, where it pauses something', async () => {
    const { effects, messages, fields } = bench();
    await effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    expect(messages()).toEqual(['the token died']);
    expect(fields()).toEqual([{ campaigns: ['c1'], code: 190 }]);
    const other = bench({ paused: [] });
    await other.effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    expect(other.messages()).toEqual([]);
  });

  test('is tried again after half a second that holds no process, and an outage is not its to tell', async () => {
    const clock = new SteppedClock();
    const slept: unknown[] = [];
    clock.sleep = async (ms, options?: unknown) => void slept.push([ms, options]);
    const answers = [new InfrastructureError('database', 'away'), new TypeError('a bug')];
    const { effects, told, messages, fields } = bench({
      clock,
      before: async () => {
        const error = answers.shift();
        if (error !== undefined) throw error;
      },
    });
    await effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    expect(slept).toEqual(Array(2).fill([500, { idle: true }]));
    expect(messages()).toEqual(['effect not written', 'the token died']);
    expect(fields()[0]).toMatchObject({ err: { message: 'a bug' } });
    expect(told.map(({ given }) => given)).toStrictEqual([{ senderId: '1065', reason }]);
  });

  test('holds the next claim for 20 ms at a time, and after it not at all', async () => {
    const hold = deferred();
    const { effects } = bench({ before: () => hold.promise });
    const closing = effects.before(claim(), [{ kind: 'close-sender', reason }], 'refused');
    expect(effects.heldMs()).toBe(20);
    hold.resolve();
    await closing;
    expect(effects.heldMs()).toBe(0);
  });
});

describe('a streak', () => {
  const refuse = async (b: ReturnType<typeof bench>, c = claim()) => {
    await b.effects.before(c, [streak], 'refused');
    await b.effects.after(c, [streak]);
  };

  test('tells the ledger of each, once its outcome is committed', async () => {
    const b = bench();
    const one = claim({ request: '77' });
    await b.effects.before(one, [streak], 'refused');
    expect(b.told).toEqual([]);
    await b.effects.after(one, [streak]);
    expect(b.told).toMatchObject([
      {
        what: 'streak',
        given: { campaignId: 'c1', attempts: [{ request: '77' }], enough: 3, key: '100' },
      },
    ]);
  });

  test('when the ledger pauses, what is held of that campaign is withheld', async () => {
    const b = bench({ pauses: true });
    await refuse(b);
    expect(b.isWithheld(claim())).toBe(true);
    expect(b.isWithheld(claim({ campaignId: 'c2' }))).toBe(false);
  });

  test('what looks like one from here holds back until the ledger has judged it', async () => {
    const b = bench();
    await refuse(b);
    await refuse(b);
    expect(b.isWithheld(claim())).toBe(false);
    const third = claim();
    await b.effects.before(third, [streak], 'refused');
    expect(b.isWithheld(claim())).toBe(true);
    let settled = false;
    const settling = settle(b.effects).then(() => {
      settled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    await b.effects.after(third, [streak]);
    await settling;
  });

  test('is what counts, once the outcome is committed: nothing else is told then', async () => {
    const b = bench();
    await b.effects.after(claim(), [{ kind: 'close-sender', reason }, streak]);
    expect(b.told.map(({ what }) => what)).toEqual(['streak']);
  });

  test('holds back its own campaign only, for two seconds at most that hold no process', async () => {
    const clock = new SteppedClock();
    const options: unknown[] = [];
    const { sleep } = clock;
    clock.sleep = (ms, given?: unknown) => {
      options.push([ms, given]);
      return sleep(ms);
    };
    const b = bench({ clock });
    for (let i = 0; i < 3; i += 1) await b.effects.before(claim(), [streak], 'refused');
    expect([b.isWithheld(claim()), b.isWithheld(claim({ campaignId: 'c2' }))]).toEqual([
      true,
      false,
    ]);
    expect([b.effects.heldMs(), options]).toEqual([20, [[2_000, { idle: true }]]]);
    await clock.advance(1_999);
    expect(b.effects.heldMs()).toBe(20);
    await clock.advance(1);
    expect(b.effects.heldMs()).toBe(0);
  });

  test('that the ledger judged goes on no more, whatever it said: the next one counts anew', async () => {
    const b = bench();
    for (let i = 0; i < 5; i += 1) await refuse(b);
    expect(b.times()).toBe(1);
    await refuse(b);
    expect(b.times()).toBe(2);
  });

  test('that another process had made long enough ends here too', async () => {
    const b = bench({ pauses: true });
    for (let i = 0; i < 3; i += 1) await refuse(b);
    // Each time by what the ledger says, and never by what was counted here.
    expect(b.times()).toBe(3);
    expect(b.fields()).toEqual(Array(3).fill({ campaign: 'c1', code: 100 }));
    expect(b.messages()[0]).toBe('the token died');
  });

  test('an acceptance between them ends it', async () => {
    const b = bench();
    await refuse(b);
    await refuse(b);
    await b.effects.before(claim(), [], 'accepted');
    await refuse(b);
    expect(b.isWithheld(claim())).toBe(false);
  });
});

describe('words of Meta’s about the pace', () => {
  const slow = (more = {}): Effect => ({
    kind: 'slow-sender',
    reason: '130429: too fast',
    cutAgainMs: 1_000,
    ...more,
  });

  test('a hundred equal ones are told once', async () => {
    const { effects, told } = bench();
    await Promise.all(
      Array.from({ length: 100 }, () => effects.before(claim(), [slow()], 'refused')),
    );
    expect(told).toHaveLength(1);
  });

  test('is told again after a quarter of the pause between two cuts', async () => {
    const clock = new SteppedClock();
    const { effects, told } = bench({ clock });
    const after = async (ms: number) => {
      await clock.advance(ms);
      await effects.before(claim(), [slow()], 'refused');
      return told.length;
    };
    expect([await after(0), await after(249), await after(1), await after(249)]).toEqual([
      1, 1, 2, 2,
    ]);
    expect(told.map(({ given }) => given)).toStrictEqual(
      Array(2).fill({ senderId: '1065', reason: '130429: too fast', cutAgainMs: 1_000 }),
    );
  });

  test('are logged once in ten seconds for each reason', async () => {
    const clock = new SteppedClock();
    const { effects, messages, fields } = bench({ clock });
    const after = async (ms: number, more = {}) => {
      await clock.advance(ms);
      await effects.before(claim(), [slow({ cutAgainMs: 0, ...more })], 'refused');
      return messages().length;
    };
    const counts = [await after(0), await after(10_000), await after(1), await after(1_000)];
    expect(counts).toEqual([1, 1, 2, 2]);
    expect(await after(1_000, { reason: '80007: slow', waitMs: 60_000 })).toBe(3);
    expect(fields().slice(1)).toStrictEqual([
      { reason: '130429: too fast' },
      { reason: '80007: slow', waitMs: 60_000 },
    ]);
    expect(messages()[0]).toBe('slowing down');
  });

  test('one that names a time is always told, and withholds all that is claimed already', async () => {
    const { effects, told, isWithheld } = bench();
    await effects.before(claim(), [slow()], 'refused');
    expect(isWithheld(claim())).toBe(false);
    await effects.before(claim(), [slow({ waitMs: 60_000 })], 'refused');
    expect(told.map((t) => t.given)).toMatchObject([{ cutAgainMs: 1_000 }, { waitMs: 60_000 }]);
    expect(isWithheld(claim({ template: 'other', campaignId: 'c2' }))).toBe(true);
  });
});

describe('a Graph API out of reach', () => {
  const away: Effect = { kind: 'unreachable', detail: 'ECONNREFUSED' };

  test.each([
    ['back', -3_600_000],
    ['ahead', 3_600_000],
  ])('is waited for as long with the wall clock set an hour %s', async (_to, byMs) => {
    let now = 0;
    let wall = Date.now();
    const sleep = async (ms: number) => {
      now += ms;
      wall += ms;
    };
    const { effects } = bench({
      clock: { ...systemClock, now: () => now, wall: () => wall, sleep },
    });
    await effects.before(claim(), [away], 'unsent');
    wall += byMs;
    await settle(effects, { sleep });
    expect(now).toBe(1_000);
  });

  test('is waited for longer each time, up to half a minute, and not at all once it answered', async () => {
    let now = 0;
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      now += ms;
    };
    const { effects } = bench({
      clock: { ...systemClock, now: () => now, wall: () => now, sleep },
    });
    for (let i = 0; i < 8; i += 1) {
      await effects.before(claim(), [away], 'unsent');
      await settle(effects, { sleep });
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    await effects.before(claim(), [], 'accepted');
    await effects.before(claim(), [away], 'unsent');
    await settle(effects, { sleep });
    expect(waits.at(-1)).toBe(1_000);
  });
});

describe('what is logged', () => {
  test('an unknown code once, however often it comes', async () => {
    const { effects, messages, fields } = bench();
    const unknown: Effect = { kind: 'unknown-code', code: 999_999 };
    for (let i = 0; i < 5; i += 1) await effects.before(claim(), [unknown], 'refused');
    await effects.before(claim(), [{ kind: 'unknown-code', code: 999_998 }], 'refused');
    expect(messages()).toEqual(Array(2).fill('Meta answered with a code that is not in our table'));
    expect(fields()).toEqual([{ code: 999_999 }, { code: 999_998 }]);
  });

  test('a Graph API out of reach once, until it answers again', async () => {
    const { effects, messages, fields } = bench();
    const away: Effect = { kind: 'unreachable', detail: 'ECONNREFUSED' };
    for (let i = 0; i < 5; i += 1) await effects.before(claim(), [away], 'unsent');
    expect(messages()).toEqual(['the Graph API is out of reach: waiting']);
    expect(fields()).toEqual([{ detail: 'ECONNREFUSED' }]);
    await effects.before(claim(), [], 'accepted');
    await effects.before(claim(), [away], 'unsent');
    expect(messages()).toHaveLength(2);
  });
});
