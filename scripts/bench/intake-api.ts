/** The API that `npm run bench:intake -- --over http` measures: a process of its own, without a queue, until it is told to end. */
import { keepHeapSmall } from '../../src/cli/run/small-heap.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { startHttp } from '../../src/http/server.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { openApp } from '../../src/wiring.ts';

// As `callpermit api` does.
keepHeapSmall();
const config = readConfig(process.env);
if (!config.ok) throw new Error(config.error.map((p) => p.message).join(' '));
const log = createLogger({ level: 'error', name: 'bench', stream: process.stderr });
const app = await openApp(config.value, log, { queue: 'none' });
if (!app.ok) throw new Error(app.error.message);
const http = await startHttp(app.value, { port: 0 });
process.once('SIGTERM', async () => {
  await http.close();
  await app.value.close();
});
console.log(http.url);
