/**
 * Writes `docs/openapi.json`, as a service on a ledger of its own answers it; run by `npm run docs:openapi`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config/read-config.ts';
import { unwrap } from '../src/core/unwrap.ts';
import { startHttp } from '../src/http/server.ts';
import { silentLogger } from '../src/telemetry/log.ts';
import { metricsWatch } from '../src/wiring/metrics.ts';
import { openApp } from '../src/wiring.ts';

const KEY = 'a-key-for-the-description';
const folder = mkdtempSync(join(tmpdir(), 'callpermit-openapi-'));
const config = readConfig({ DATA_DIR: folder, API_KEYS: KEY });
if (!config.ok) throw new Error(config.error.map(({ message }) => message).join(' '));
const app = unwrap(
  await openApp(config.value, silentLogger, {
    queue: 'needed',
    metrics: metricsWatch({ process: 'api', version: '0' }),
  }),
);
const http = await startHttp(app, { port: 0, host: '127.0.0.1' });
const headers = { authorization: `Bearer ${KEY}` };
const description = await (await fetch(`${http.url}/openapi.json`, { headers })).json();
writeFileSync('docs/openapi.json', `${JSON.stringify(description, null, 2)}\n`);
await http.close();
await app.close();
rmSync(folder, { recursive: true, force: true });
