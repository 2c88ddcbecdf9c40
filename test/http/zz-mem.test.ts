import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { createTestDatabase } from '../support/postgres.ts';
import { KEY, startService } from './support.ts';

function held(): string {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return `${(heapUsed / 1e6).toFixed(1)} ${(arrayBuffers / 1e6).toFixed(1)} ${(external / 1e6).toFixed(1)}`;
}

it('mem', async () => {
  const database = await createTestDatabase();
  const service = await startService({ databaseUrl: database.connectionString });
  const made = await service.call('POST', '/v1/campaigns', { body: { template: 't', language: 'en' } });
  const x = 'x'.repeat(1000);
  writeFileSync('/tmp/zz.ndjson', Array.from({ length: 60000 }, (_, i) => `${JSON.stringify({ to: `+1650${3000000 + i}`, 1: x })}\n`).join(''));
  const curl = spawn('curl', ['-s', '-H', `Authorization: Bearer ${KEY}`, '-H', 'content-type: application/x-ndjson', '-T', '/tmp/zz.ndjson', '-X', 'POST', `${service.http.url}/v1/campaigns/${made.body.id}/recipients`], { stdio: ['ignore', 'inherit', 'inherit'] });
  const t = setInterval(() => process.stderr.write(`${held()}\n`), 300);
  await once(curl, 'exit');
  clearInterval(t);
  process.stderr.write(`end ${held()}\n`);
  await service.close();
  await database.drop();
  expect(1).toBe(1);
});
