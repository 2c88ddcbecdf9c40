import { describe, expect, test } from '@jest/globals';
import { timesOf, treeOf } from '../../../scripts/bench/cost/cpu.ts';

/** As `/proc/<pid>/stat` has it; times in hundredths of a second. */
function stat(p: {
  readonly pid: number;
  readonly name?: string;
  readonly parent?: number;
  readonly times: readonly [utime: number, stime: number, cutime: number, cstime: number];
}): string {
  const { pid, name = 'postgres', parent = 1, times } = p;
  return `${pid} (${name}) S ${parent} 50 50 0 -1 4194560 999 88 7 6 ${times.join(' ')} 20 0 1 0 4711 222 333\n`;
}

describe('the CPU time of a process', () => {
  test('is user and system time, and apart from it those of the children it has waited for', () => {
    const times = timesOf(stat({ pid: 7, parent: 3, times: [120, 30, 400, 5] }), []);
    expect(times).toEqual({ pid: 7, parent: 3, own: 1_500, ended: 4_050 });
  });

  test('is read behind a name with blanks and brackets', () => {
    const name = 'io worker) S 9 (0';
    expect(timesOf(stat({ pid: 7, name, parent: 3, times: [1, 2, 0, 0] }), [])).toEqual({
      pid: 7,
      parent: 3,
      own: 30,
      ended: 0,
    });
  });

  test('is to the nanosecond where the threads say so', () => {
    const text = stat({ pid: 7, times: [1, 2, 0, 0] });
    expect(timesOf(text, [30_000_000, 8_250_000]).own).toBe(38.25);
  });

  test('keeps what threads took that have ended', () => {
    const text = stat({ pid: 7, times: [100, 50, 0, 0] });
    expect(timesOf(text, [30_000_000]).own).toBe(1_500);
  });
});

describe('the processes below one', () => {
  const one = (pid: number, parent: number) => ({ pid, parent, own: 1, ended: 0 });

  test('are its children and theirs, each after its parent, and nobody else', () => {
    const all = [one(30, 20), one(20, 10), one(11, 1), one(10, 1), one(21, 10)];
    expect(treeOf(10, all).map(({ pid }) => pid)).toEqual([10, 20, 21, 30]);
  });

  test('are none where it has ended', () => {
    expect(treeOf(10, [one(20, 1)])).toEqual([]);
  });
});
