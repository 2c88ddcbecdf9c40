/** `callpermit/http` as it is installed: what it loads, and how much of a list it holds. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const ENTRY = join(import.meta.dirname, '../../../dist/src/client/http/index.js');

/** The files that a program loads, as V8 says: each script it ran is in its coverage. */
async function filesOf(code: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-http-'));
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    await run(process.execPath, ['--input-type=module', '-e', code], { env });
    const texts = await Promise.all(
      (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
    );
    return texts.flatMap((text) =>
      (JSON.parse(text) as { result: { url: string }[] }).result.map(({ url }) => url),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('callpermit/http', () => {
  it('loads neither ledger nor queue, and of packages p-retry alone', async () => {
    const code = `import { createHttpClient, ProblemError } from ${JSON.stringify(ENTRY)};
const client = createHttpClient({ url: 'http://127.0.0.1:1', key: 'k', timeoutMs: 300 });
await client.campaign('c1').catch(() => {});
await client.request({ to: '+16505551234', template: 't', language: 'en' }).catch(() => {});
await client.close();`;
    const files = await filesOf(code);
    const packages = files.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
    expect([...new Set(packages.filter((name) => name !== undefined))].sort()).toEqual([
      'is-network-error',
      'p-retry',
    ]);
    const folders = files.map((url) => /\/dist\/src\/(\w[\w-]*)/.exec(url)?.[1]);
    expect([...new Set(folders.filter((name) => name !== undefined))].sort()).toEqual([
      ...['campaign', 'client', 'core', 'replies'],
    ]);
    expect(files.some((url) => url.includes('/client/ledger/'))).toBe(false);
  });

  it('the process ends by itself once the client is closed, also where it listened', async () => {
    const code = `import { createServer } from 'node:http';
import { createHttpClient } from ${JSON.stringify(ENTRY)};
const server = createServer((_, response) => response.write('id: evt_1_\\n\\n'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();
const client = createHttpClient({ url: 'http://127.0.0.1:' + server.address().port, key: 'k' });
const subscription = client.on('*', () => {});
await subscription.ready;
await client.close();
await subscription.ended;
server.closeAllConnections();
console.log('ended');`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      timeout: 60_000,
    });
    expect(stdout).toBe('ended\n');
  });
});
