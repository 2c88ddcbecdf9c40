import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock, RecordAnswer, RecordEntry } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { createRecorder } from '../../src/sending/record.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { deferred } from '../support/deferred.ts';
import { SteppedClock } from './stepped-clock.ts';

function entry(request: number | string): RecordEntry {
  return {
    request: String(request),
    fence: 1,
    state: 'accepted',
    outcome: 'accepted',
    countAttempt: true,
    giveBackAllowance: false,
  };
}

const answer = (e: RecordEntry): RecordAnswer => ({
  request: e.request,
  fence: e.fence,
  applied: true,
  state: 'accepted',
});

/** A ledger that keeps what it is given; `fails` decides each try. */
function store(fails: (n: number) => unknown = () => undefined, clock: Clock = systemClock) {
  const batches: (readonly RecordEntry[])[] = [];
  const said: string[] = [];
  let tries = 0;
  const recorder = createRecorder({
    clock,
    sending: {
      async record(entries) {
        tries += 1;
        await new Promise((resolve) => setImmediate(resolve));
        const error = await fails(tries);
        if (error !== undefined) throw error;
        batches.push(entries);
        return entries.map(answer);
      },
    },
    onOutage: () => void said.push('outage'),
    onUp: () => void said.push('up'),
  });
  return { recorder, batches, said, tries: () => tries };
}

/** The same on a clock that the test moves; what became of each outcome is noted, so that none is waited for. */
function stepped(fails?: (n: number) => unknown) {
  const clock = new SteppedClock();
  const made = store(fails, clock);
  const ended: string[] = [];
  const record = (request: string) =>
    void made.recorder.record(entry(request)).then(
      (a) => ended.push(`${a.request} ${a.state}`),
      (error: Error) => ended.push(`${request}: ${error.message}`),
    );
  return { ...made, clock, ended, record, sizes: () => made.batches.map((batch) => batch.length) };
}

const outage = () => new InfrastructureError('database', 'away');

describe('the recorder', () => {
  test('waits 50 ms for more, and 500 ms after a failed try', async () => {
    const b = stepped((n) => (n === 1 ? outage() : undefined));
    b.record('a');
    await b.clock.advance(49);
    b.record('b');
    expect(b.tries()).toBe(0);
    await b.clock.advance(1);
    await b.clock.advance(0);
    expect(b.tries()).toBe(1);
    await b.clock.advance(490);
    expect([b.tries(), b.ended]).toEqual([1, []]);
    await b.clock.advance(10);
    await b.clock.advance(0);
    expect([b.sizes(), b.ended]).toEqual([[2], ['a accepted', 'b accepted']]);
  });

  test('begins anew for what comes in after all was written', async () => {
    const b = stepped();
    for (const request of ['a', 'b', 'c']) {
      b.record(request);
      for (let i = 0; i < 4; i += 1) await b.clock.advance(25);
    }
    expect([b.sizes(), b.said]).toEqual([
      [1, 1, 1],
      ['up', 'up', 'up'],
    ]);
    expect(b.ended).toEqual(['a accepted', 'b accepted', 'c accepted']);
  });

  test('one at a time: what comes in while a statement is under way waits for the next, with what comes soon after', async () => {
    const hold = deferred();
    const b = stepped((n) => (n === 1 ? hold.promise : undefined));
    b.record('a');
    await b.clock.advance(50);
    b.record('b');
    await b.clock.advance(1_000);
    expect(b.tries()).toBe(1);
    hold.resolve();
    for (let i = 0; i < 4; i += 1) await b.clock.advance(0);
    b.record('c');
    expect(b.sizes()).toEqual([1]);
    for (let i = 0; i < 4; i += 1) await b.clock.advance(25);
    expect([b.sizes(), b.ended]).toEqual([
      [1, 2],
      ['a accepted', 'b accepted', 'c accepted'],
    ]);
  });

  test('given up while a statement is under way, says of none that it was written', async () => {
    const hold = deferred();
    const b = stepped(() => hold.promise);
    b.record('a');
    await b.clock.advance(50);
    expect(b.tries()).toBe(1);
    expect(b.recorder.abandon()).toEqual([entry('a')]);
    b.record('b');
    hold.resolve();
    for (let i = 0; i < 8; i += 1) await b.clock.advance(100);
    const late = 'the outcome could not be recorded in time';
    expect([b.ended, b.said, b.tries()]).toEqual([[`a: ${late}`, `b: ${late}`], [], 1]);
    expect(b.recorder.abandon()).toEqual([entry('a'), entry('b')]);
  });

  test('names the database as what was too slow', async () => {
    const { recorder } = stepped();
    recorder.abandon();
    await expect(recorder.record(entry('a'))).rejects.toMatchObject({ service: 'database' });
  });

  test('tells two claims of one request apart', async () => {
    const b = stepped();
    const first = b.recorder.record(entry('a'));
    const second = b.recorder.record({ ...entry('a'), fence: 2 });
    await b.clock.advance(50);
    await b.clock.advance(0);
    expect([await first, await second].map(({ fence }) => fence)).toEqual([1, 2]);
  });

  test('gathers outcomes into one statement, 200 at most', async () => {
    const { recorder, batches } = store();
    await Promise.all(Array.from({ length: 450 }, (_, i) => recorder.record(entry(i))));
    expect(batches.map((b) => b.length)).toEqual([200, 200, 50]);
    expect(batches.flat().map((e) => e.request)).toEqual(
      Array.from({ length: 450 }, (_, i) => String(i)),
    );
  });

  test('resolves each with its own answer, and only once it is committed', async () => {
    const { recorder } = store();
    const recording = Promise.all([recorder.record(entry('a')), recorder.record(entry('b'))]);
    expect((await recording).map((a) => a.request)).toEqual(['a', 'b']);
  });

  test('an outage keeps all outcomes and writes them when the database is back', async () => {
    const { recorder, batches, said } = store((n) => (n <= 2 ? outage() : undefined));
    const answers = await Promise.all([recorder.record(entry('a')), recorder.record(entry('b'))]);
    expect(answers.every((a) => a.applied)).toBe(true);
    expect(batches).toHaveLength(1);
    expect(said).toEqual(['outage', 'outage', 'up']);
  });

  test('what comes in during an outage is written with the rest', async () => {
    let away = true;
    const { recorder, tries } = store(() => (away ? outage() : undefined));
    const first = recorder.record(entry('a'));
    while (tries() === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = recorder.record(entry('b'));
    away = false;
    expect((await Promise.all([first, second])).map((a) => a.request)).toEqual(['a', 'b']);
  });

  test.each([
    ['a bug of ours', () => new TypeError('a bug')],
    ['a value that Postgres refuses', () => Object.assign(new Error('no'), { code: '22P05' })],
    ['a password that was changed', () => Object.assign(new Error('no'), { code: '28P01' })],
  ])('%s keeps them in memory too: nothing says that they were written', async (_, error) => {
    const { recorder, batches, said } = store((n) => (n === 1 ? error() : undefined));
    await expect(recorder.record(entry('a'))).resolves.toMatchObject({ applied: true });
    expect(said).toEqual(['outage', 'up']);
    expect(batches).toHaveLength(1);
  });

  test('a request that is in the ledger no more is done with: there is no row to write to', async () => {
    const recorder = createRecorder({
      clock: systemClock,
      sending: {
        record: async (entries) => entries.filter((e) => e.request !== 'gone').map(answer),
      },
      onOutage: () => undefined,
      onUp: () => undefined,
    });
    const [there, gone] = await Promise.all([
      recorder.record(entry('there')),
      recorder.record(entry('gone')),
    ]);
    expect([there.applied, gone.applied]).toEqual([true, false]);
  });

  test('giving up rejects what waits and what comes after, and gives it to the caller', async () => {
    const { recorder, tries } = store(outage);
    const waiting = recorder.record(entry('a'));
    while (tries() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.abandon()).toEqual([entry('a')]);
    await expect(waiting).rejects.toThrow(InfrastructureError);
    await expect(recorder.record(entry('b'))).rejects.toThrow(InfrastructureError);
    expect(recorder.abandon()).toEqual([entry('a'), entry('b')]);
  });

  test('leaves none lying, whenever it comes in', async () => {
    // Outcomes at every possible turn of the event loop, while the flush begins, runs and ends.
    const turns = fc.array(fc.nat(30), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(turns, async (pauses) => {
        const { recorder, batches } = store();
        const recording: Promise<RecordAnswer>[] = [];
        for (const [i, pause] of pauses.entries()) {
          for (let n = 0; n < pause; n += 1) await (n % 2 === 0 ? undefined : tick());
          recording.push(recorder.record(entry(i)));
        }
        await Promise.all(recording);
        expect(batches.flat()).toHaveLength(pauses.length);
      }),
      { numRuns: 30 },
    );
  });
});

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
