import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenReader } from '../../src/graph/token.ts';

let folder: string;
let path: string;
let now = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callpermit-token-'));
  path = join(folder, 'token');
  now = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const reader = () => createTokenReader({ kind: 'file', path }, () => now);

describe('a token file', () => {
  test('is trimmed, and read again when it was replaced, but looked at only every 250 ms', async () => {
    await writeFile(path, 'first\n');
    const token = reader();
    expect(await token.read()).toBe('first');
    await writeFile(`${path}.new`, 'second');
    await rename(`${path}.new`, path);
    now = 249;
    expect(token.read()).toBe('first');
    now = 250;
    expect(await token.read()).toBe('second');
  });

  test('is looked at at once after refresh()', async () => {
    await writeFile(path, 'first');
    const token = reader();
    await token.read();
    await writeFile(path, 'other');
    token.refresh();
    expect(await token.read()).toBe('other');
  });

  test('that is empty or gone for a moment leaves the last token in force', async () => {
    await writeFile(path, 'first');
    const token = reader();
    await token.read();
    await writeFile(path, '');
    now = 300;
    expect(await token.read()).toBe('first');
    await rm(path);
    now = 600;
    expect(await token.read()).toBe('first');
    await writeFile(path, 'second');
    now = 900;
    expect(await token.read()).toBe('second');
  });

  test('that was never there gives no token', async () => {
    expect(await reader().read()).toBeUndefined();
    expect(await reader().fingerprint()).toBeUndefined();
  });

  test('is opened once for many reads at the same time', async () => {
    await writeFile(path, 'first');
    const token = reader();
    const reads = [token.read(), token.read(), token.read()];
    expect(new Set(reads).size).toBe(1);
    expect(await Promise.all(reads)).toEqual(['first', 'first', 'first']);
  });
});

test('a value is given at once; its fingerprint tells tokens apart and gives nothing away', async () => {
  const secret = (text: string) => ({ reveal: () => text });
  const a = createTokenReader({ kind: 'value', value: secret('EAAsecret') });
  const b = createTokenReader({ kind: 'value', value: secret('EAAother') });
  expect(a.read()).toBe('EAAsecret');
  expect(await a.fingerprint()).toMatch(/^[0-9a-f]{12}$/);
  expect(await a.fingerprint()).not.toBe(await b.fingerprint());
  expect(createTokenReader({ kind: 'none' }).read()).toBeUndefined();
});
