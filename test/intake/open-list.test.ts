import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openList } from '../../src/intake/list.ts';
import { openListFile } from '../../src/intake/open-list.ts';
import { linesOf, readList } from './support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callpermit-list-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = 'to,1\n+16505551234,Ann\n+16505551235,Bob\n';

describe('a list on the disk', () => {
  test('is opened by its path, its ending telling the format; its fingerprint is that of its bytes', async () => {
    const path = join(folder, 'people.csv');
    await writeFile(path, text);
    const list = await openListFile(path);
    if (!list.ok) throw new Error(list.error.message);
    expect(list.value).toMatchObject({ columns: ['1'] });
    let rows = 0;
    for await (const line of linesOf(list.value)) rows += line.kind === 'recipient' ? 1 : 0;
    expect(rows).toBe(2);
    expect(list.value.sha256()).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test.each([
    ['missing.csv', 'There is no file'],
    ['.', 'is a directory'],
    ['people.csv/x', 'There is no file'],
  ])('%s says what it is', async (name, message) => {
    const result = await openListFile(join(folder, name));
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'LIST_UNREADABLE', message: expect.stringContaining(message) },
    });
  });

  test('that may not be read says so', async () => {
    const path = join(folder, 'secret.csv');
    await writeFile(path, text);
    await chmod(path, 0);
    const result = await openListFile(path);
    // Root may read everything: there it is a list like others.
    if (process.getuid?.() === 0) {
      expect(result.ok).toBe(true);
      if (result.ok) await result.value.close();
    } else
      expect(result).toMatchObject({
        error: { message: expect.stringContaining('may not be read') },
      });
  });
});

describe('a pipe', () => {
  let path = '';
  beforeEach(() => {
    path = join(folder, `pipe-${performance.now()}`);
    execFileSync('mkfifo', [path]);
  });
  /** Lets go whoever is stuck in opening it; ENXIO where nobody has it open. */
  const letGo = () => open(path, constants.O_WRONLY | constants.O_NONBLOCK);

  /** Resolves once nobody has it open for reading; a busy machine closes it within a moment too. */
  async function untilLeft(): Promise<void> {
    const end = performance.now() + 3_000;
    while (performance.now() < end) {
      const file = await letGo().catch((error: NodeJS.ErrnoException) => error.code);
      if (file === 'ENXIO') return;
      if (typeof file === 'object') await file.close();
    }
    throw new Error('somebody still has the pipe open for reading');
  }

  test('that nobody writes to is left when the signal comes', async () => {
    const began = performance.now();
    const controller = new AbortController();
    const opening = openListFile(path, { signal: controller.signal });
    controller.abort(new Error('enough'));
    const stuck = setTimeout(() => void letGo().then((file) => file.close()), 2_000);
    await expect(opening).rejects.toThrow('enough');
    expect(performance.now() - began).toBeLessThan(1_900);
    clearTimeout(stuck);
    await untilLeft();
  });

  test('whose writer says nothing is left too, and closed', async () => {
    const controller = new AbortController();
    const opening = openListFile(path, { signal: controller.signal });
    const failed = expect(opening).rejects.toThrow('enough');
    const writer = await open(path, 'w');
    // Not a wait for time: it reads by then.
    for (let i = 0; i < 100; i += 1) await new Promise(setImmediate);
    controller.abort(new Error('enough'));
    await failed;
    await untilLeft();
    await writer.close();
  });

  test('is read to its end, however late the writer comes', async () => {
    const opening = openListFile(path);
    // Returns once the list is open for reading.
    const file = await open(path, 'w');
    await file.writeFile(text);
    await file.close();
    const list = await opening;
    if (!list.ok) throw new Error(list.error.message);
    let rows = 0;
    for await (const _line of linesOf(list.value)) rows += 1;
    expect(rows).toBe(2);
  });
});

describe('a stream', () => {
  /** A source that tells how far it was read, and whether it was closed. */
  function watched(count: number) {
    const seen = { read: 0, closed: false };
    async function* source() {
      try {
        yield Buffer.from('to,1\n');
        for (let i = 0; i < count; i += 1) {
          seen.read += 1;
          yield Buffer.from(`+1650555${String(i % 10_000).padStart(4, '0')},P ${i}\n`);
        }
      } finally {
        seen.closed = true;
      }
    }
    return { seen, source: source() };
  }

  test('is not read ahead of its reader', async () => {
    const { seen, source } = watched(1_000);
    let rows = 0;
    for await (const line of readList({ source, name: 'x' })) {
      rows += line.kind === 'recipient' ? 1 : 0;
      expect(seen.read).toBeLessThanOrEqual(rows + 2);
    }
    expect(rows).toBe(1_000);
  });

  test('is closed when its reader leaves, and when nobody reads it', async () => {
    const left = watched(1_000);
    for await (const _ of readList({ source: left.source, name: 'x' })) break;
    expect(left.seen).toMatchObject({ closed: true });

    const unread = watched(1_000);
    const list = await openList({ source: unread.source, name: 'x' });
    if (list.ok) await list.value.close();
    expect(unread.seen).toMatchObject({ closed: true });
  });

  test('is closed when it is no list', async () => {
    const stream = Readable.from([Buffer.from('nothing,of use\n'), Buffer.from('1,2\n')]);
    await expect(openList({ source: stream, name: 'x' })).resolves.toMatchObject({ ok: false });
    expect(stream.destroyed).toBe(true);
  });

  test('that breaks off throws what broke it', async () => {
    async function* source() {
      yield Buffer.from(text);
      throw new Error('connection reset');
    }
    const lines = readList({ source: source(), name: 'x' });
    await expect(
      (async () => {
        for await (const _ of lines);
      })(),
    ).rejects.toThrow('connection reset');
  });

  test('of strings is taken as UTF-8', async () => {
    const rows = [];
    for await (const line of readList({ source: Readable.from([text]), name: 'x' }))
      rows.push(line);
    expect(rows).toHaveLength(2);
  });

  test('that is no list throws the problem', async () => {
    const lines = readList({ source: Readable.from(['x\n1\n']), name: 'x' });
    await expect(lines.next()).rejects.toThrow('no column "to"');
  });
});
