import { describe, expect, test } from '@jest/globals';
import { createRecorder } from '../../src/campaign/recorder.ts';
import type { RecordAnswer, RecordEntry } from '../../src/core/ports.ts';
import { InfrastructureError } from '../../src/core/problem.ts';

const entry = (n: number): RecordEntry => ({
  request: String(n),
  fence: 1,
  outcome: 'accepted',
  state: 'accepted',
  countAttempt: true,
  giveBackAllowance: false,
});
const answers = (entries: readonly RecordEntry[]): RecordAnswer[] =>
  entries.map(({ request, fence }) => ({ request, fence, applied: true, state: 'accepted' }));
const silent = { onOutage: () => undefined, onUp: () => undefined };

describe('the recorder', () => {
  test('writes what comes together in one statement', async () => {
    const batches: number[] = [];
    const recorder = createRecorder({
      ...silent,
      road: {
        record: async (entries) => {
          batches.push(entries.length);
          return answers(entries);
        },
      },
    });
    await Promise.all(Array.from({ length: 450 }, (_, i) => recorder.record(entry(i))));
    expect(batches).toEqual([200, 200, 50]);
  });

  test('keeps outcomes while the database is away, and writes each once it is back', async () => {
    let tries = 0;
    const written: string[] = [];
    const recorder = createRecorder({
      ...silent,
      road: {
        record: async (entries) => {
          tries += 1;
          if (tries < 3) throw new InfrastructureError('database', 'away');
          written.push(...entries.map((e) => e.request));
          return answers(entries);
        },
      },
    });
    await Promise.all([recorder.record(entry(1)), recorder.record(entry(2))]);
    expect(written).toEqual(['1', '2']);
  });

  test('a bug takes down its own batch only', async () => {
    let bug = true;
    const recorder = createRecorder({
      ...silent,
      road: {
        record: async (entries) => {
          if (bug) throw new TypeError('bug');
          return answers(entries);
        },
      },
    });
    await expect(recorder.record(entry(1))).rejects.toThrow('bug');
    bug = false;
    await expect(recorder.record(entry(2))).resolves.toMatchObject({ applied: true });
  });

  test('leaves nothing lying, in whatever rhythm outcomes come', async () => {
    const recorder = createRecorder({
      ...silent,
      road: { record: async (entries) => answers(entries) },
    });
    for (let round = 0; round < 200; round += 1) {
      const first = recorder.record(entry(round * 2));
      await first;
      // Comes in the very turn in which the flush before it ends.
      await recorder.record(entry(round * 2 + 1));
    }
    expect(recorder.pending()).toBe(0);
  });

  test('abandoned, it lets go of what it holds: those rows become uncertain by the sweep', async () => {
    const recorder = createRecorder({
      ...silent,
      road: { record: () => Promise.reject(new InfrastructureError('database', 'away')) },
    });
    const waiting = recorder.record(entry(1));
    recorder.abandon();
    await expect(waiting).rejects.toThrow('could not be recorded');
    await expect(recorder.record(entry(2))).rejects.toThrow('could not be recorded');
  });
});
