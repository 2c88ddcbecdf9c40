import { expect, test } from '@jest/globals';
import { emptyBatches } from '../../src/sending/empty-batches.ts';
import { createLogger } from '../../src/telemetry/log.ts';

/** Notes the lines, as `[count, batches named]`. */
function bench() {
  const said: unknown[] = [];
  const messages: string[] = [];
  const write = (line: string) => {
    const { count, batches, msg } = JSON.parse(line);
    said.push([count, batches]);
    messages.push(msg);
  };
  const world = { now: 0 };
  const log = createLogger({ level: 'debug', name: 'test', stream: { write } });
  return { said, messages, world, empty: emptyBatches(log, { now: () => world.now }) };
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

test('the first is told at once, the next ones of ten seconds in one line after them', () => {
  const { said, messages, world, empty } = bench();
  empty.add([1]);
  expect(said).toEqual([[1, [1]]]);
  world.now = 10_000;
  empty.add([2, 3]);
  expect(said).toHaveLength(1);
  world.now = 10_001;
  empty.add([4]);
  expect(said).toEqual([
    [1, [1]],
    [3, [2, 3, 4]],
  ]);
  expect(messages[0]).toContain('nobody waits in their batches');
});

test('ten are named, all are counted', () => {
  const { said, world, empty } = bench();
  empty.add(numbers(12));
  empty.add(numbers(8));
  world.now = 20_000;
  empty.add(numbers(4));
  expect(said).toEqual([
    [12, numbers(10)],
    [12, [...numbers(8), 1, 2]],
  ]);
});

test('none says nothing, also at the end; what is not told yet is told there', () => {
  const { said, empty } = bench();
  empty.add([]);
  empty.flush();
  expect(said).toEqual([]);
  empty.add([1]);
  empty.add([2]);
  empty.flush();
  expect(said).toEqual([
    [1, [1]],
    [1, [2]],
  ]);
});
