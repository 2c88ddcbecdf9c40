/** What a path can be that was meant for a file of settings: told at once, never waited for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadEnvironment } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { readSettingsFile } from '../../src/config/settings-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callpermit-settings-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  mkdirSync(join(folder, 'env'));
  execFileSync('mkfifo', [join(folder, 'env', '.env')]);
  writeFileSync(join(folder, 'large'), Buffer.alloc(1_048_577, 'x'));
  writeFileSync(join(folder, 'good'), 'A=1\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of settings', () => {
  const kinds = [
    ['pipe', 'it is a pipe, and has to be a regular file'],
    ['env', 'it is a directory, and has to be a regular file'],
    ['/dev/zero', 'it is a device or a socket, and has to be a regular file'],
    ['large', 'it has more than 1048576 bytes'],
    ['nowhere', 'ENOENT'],
  ] as const;

  test.each(kinds)('%s is told: %s', (name, reason) => {
    const path = name.startsWith('/') ? name : join(folder, name);
    expect(readSettingsFile(path)).toEqual({ ok: false, error: reason });
    for (const setting of ['SENDERS_FILE', 'WHATSAPP_ACCESS_TOKEN_FILE']) {
      const read = readConfig({ [setting]: path }, { cwd: folder });
      expect(read).toMatchObject({
        ok: false,
        error: [{ code: 'SETTING_INVALID', message: expect.stringContaining(reason) }],
      });
    }
  });

  test('a .env that is a pipe is told', () => {
    expect(loadEnvironment({ cwd: join(folder, 'env'), env: {} })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('it is a pipe') },
    });
  });

  test('a regular one is read whole', () => {
    expect(readSettingsFile(join(folder, 'good'))).toEqual({ ok: true, value: 'A=1\n' });
  });
});
