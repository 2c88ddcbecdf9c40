import { describe, expect, test } from '@jest/globals';
import type { Standing } from '../../src/core/ports/index.ts';
import { watchSilence, whySilent } from '../../src/sending/silence.ts';
import { keptLog } from '../campaign/support.ts';

const DUE: Standing = {
  moves: false,
  due: true,
  queued: true,
  feedable: true,
  closed: null,
  heldUntil: null,
  spent: null,
  template: null,
};
const AT = new Date('2026-11-27T01:00:00Z');

describe('the reason of a silence', () => {
  test.each([
    [{ closed: 'token expired' }, null, 'the sender is stopped: token expired'],
    [{ heldUntil: AT }, null, /Meta named a time .*2026-11-27T01:00:00/],
    [{ spent: { freesAt: AT } }, null, /daily limit .*2026-11-27T01:00:00/],
    [{ spent: { freesAt: null } }, null, 'the daily limit of people is reached'],
    [{}, 'Redis is full', 'Redis is full'],
    [
      { queued: false, feedable: false, template: 'paused' },
      null,
      'the template is stopped: paused',
    ],
    [{ template: 'paused' }, null, /no process takes them/],
    [{ feedable: false, template: 'paused' }, null, /no process takes them/],
    [{ queued: false, template: 'paused' }, null, /no process puts them into the queue/],
    [{ queued: false, feedable: false }, null, /no process puts them into the queue/],
    [{}, null, /no process takes them/],
    [{ queued: false }, null, /no process puts them into the queue/],
    [{ closed: 'token expired' }, 'Redis is full', /token expired/],
  ] as const)('%p with the queue saying %p', (more, queue, why) => {
    const said = whySilent({ ...DUE, ...more }, queue);
    if (typeof why === 'string') expect(said).toBe(why);
    else expect(said).toMatch(why);
  });
});

describe('a watch on silence', () => {
  function watching() {
    const { log, messages, fields } = keptLog();
    const notes: (string | null)[] = [];
    const silences: unknown[] = [];
    const world = { now: 0, standing: DUE, queue: null as string | null };
    const look = watchSilence({
      clock: { now: () => world.now },
      silence: {
        standing: async () => world.standing,
        note: async (given) => {
          notes.push(given.silence?.why ?? null);
          silences.push(given);
        },
      },
      senderId: '1',
      worker: 'a',
      queueComplaint: async () => world.queue,
      log,
    });
    const after = async (ms: number, change: Partial<typeof world> = {}) => {
      Object.assign(world, change);
      world.now += ms;
      await look();
    };
    return { after, notes, silences, messages, fields };
  }

  test('says nothing before ten seconds, then why, once, and again when the reason changes', async () => {
    const { after, notes, messages } = watching();
    await after(0);
    await after(9_900);
    expect(notes).toEqual([]);
    await after(200, { queue: 'Redis is full' });
    await after(60_000);
    expect(notes).toEqual(['Redis is full']);
    await after(2_000, { queue: 'Redis does not answer' });
    expect(notes).toEqual(['Redis is full', 'Redis does not answer']);
    expect(messages()).toEqual(Array(2).fill('people are due and nothing is sent'));
    await after(2_000, { standing: { ...DUE, moves: true } });
    expect(notes.at(-1)).toBeNull();
    expect(messages().at(-1)).toBe('sending again');
  });

  test('is told in full, from ten seconds on, and that it is over', async () => {
    const { after, silences, fields } = watching();
    await after(0);
    await after(10_000, { queue: 'Redis is full' });
    await after(1, { standing: { ...DUE, moves: true } });
    const ref = { senderId: '1', worker: 'a' };
    expect(silences).toEqual([
      { ...ref, silence: { forMs: 10_000, why: 'Redis is full' } },
      { ...ref, silence: null },
    ]);
    expect(fields()).toEqual([{ why: 'Redis is full' }, {}]);
  });

  test('that ends since nobody is to be asked any more does not say that it sends again', async () => {
    const { after, notes, messages } = watching();
    await after(0);
    await after(10_000);
    await after(2_000, { standing: { ...DUE, due: false } });
    expect(notes).toHaveLength(2);
    expect(messages()).toEqual(['people are due and nothing is sent']);
  });

  test('a sender that moves now and then, or has nobody to ask, is not silent', async () => {
    const { after, notes } = watching();
    for (let i = 0; i < 5; i += 1) {
      await after(8_000, { standing: DUE });
      await after(1_000, { standing: { ...DUE, moves: true } });
      await after(8_000, { standing: DUE });
      await after(1_000, { standing: { ...DUE, due: false } });
    }
    expect(notes).toEqual([]);
  });
});
