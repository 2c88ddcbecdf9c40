import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problemsOf } from '../../src/cli/run/failure.ts';
import { refusedTable, refusedTap } from '../../src/cli/screen/refused.ts';
import { writeAll, writeFileOf } from '../../src/cli/screen/write.ts';
import type { ListLine } from '../../src/core/people/recipient.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callpermit-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function* pieces(n: number, taken: { count: number } = { count: 0 }) {
  for (let i = 0; i < n; i += 1) {
    taken.count += 1;
    yield `${'x'.repeat(1_023)}\n`;
  }
  return n;
}

describe('writing an export', () => {
  test('takes no more than the stream holds while nobody reads', async () => {
    const stream = new PassThrough({ highWaterMark: 16_384 });
    const taken = { count: 0 };
    const written = writeAll(stream, pieces(1_000, taken));
    // Not a wait for time: everything that can go on without a reader has gone on by then.
    for (let i = 0; i < 1_000; i += 1) await new Promise(setImmediate);
    expect(taken.count).toBeGreaterThan(10);
    expect(taken.count).toBeLessThan(40);
    stream.resume();
    expect(await written).toEqual({ end: 'done', lines: 1_000 });
  });

  test('ends quietly when the reader goes away', async () => {
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(broken) });
    const taken = { count: 0 };
    expect(await writeAll(stream, pieces(1_000_000, taken))).toMatchObject({ end: 'closed' });
    expect(taken.count).toBeLessThan(1_000);
  });

  test('any other failure is told', async () => {
    const broken = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(broken) });
    await expect(writeAll(stream, pieces(100))).rejects.toThrow('ENOSPC');
  });

  test('a path that cannot be written is a problem with that path', async () => {
    const failure = await writeFileOf(join(folder, 'no', 'x.csv'), pieces(3)).catch((e) => e);
    expect(problemsOf(failure)[0]).toMatchObject({ code: 'USAGE', where: expect.any(String) });
  });
});

describe('the refused lines of a list', () => {
  const refused = (row: number): ListLine => ({
    kind: 'refused',
    refused: { row, column: 'to', value: 'a,"b"', code: 'PHONE_INVALID', message: 'no number' },
  });

  async function pass(path: string | undefined, lines: readonly ListLine[]) {
    const tap = refusedTap(path);
    async function* source() {
      for (const line of lines) yield [line];
    }
    const seen: ListLine[] = [];
    for await (const batch of tap.batches(source())) seen.push(...batch);
    await tap.close();
    return { tap, seen };
  }

  test('all pass by unchanged, and the first ten are kept for the screen', async () => {
    const lines = Array.from({ length: 25 }, (_, i) => refused(i + 1));
    const { tap, seen } = await pass(undefined, lines);
    expect(seen).toEqual(lines);
    expect(tap.first).toHaveLength(10);
    expect(tap.total).toBe(25);
  });

  test('the report is CSV, or NDJSON by its name, with the values whole', async () => {
    await pass(join(folder, 'r.csv'), [refused(3)]);
    expect(await readFile(join(folder, 'r.csv'), 'utf8')).toBe(
      'row,column,value,code,message\r\n3,to,"a,""b""",PHONE_INVALID,no number\r\n',
    );
    await pass(join(folder, 'r.ndjson'), [refused(3)]);
    expect(JSON.parse(await readFile(join(folder, 'r.ndjson'), 'utf8'))).toMatchObject({ row: 3 });
  });

  test('a long value is cut on the screen only', () => {
    const value = 'v'.repeat(100);
    expect(refusedTable([{ row: 1, value, code: 'X', message: 'm' }])).toContain('…');
  });
});
