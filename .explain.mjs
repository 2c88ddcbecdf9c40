import pg from 'pg'; import { readFileSync } from 'node:fs';
import { startEmbeddedPostgres } from './dist/src/embedded-postgres/index.js';
const db = await startEmbeddedPostgres({ dataDir: '/tmp/book-big' });
const c = new pg.Client({ connectionString: db.connectionString }); await c.connect();
const id = (await c.query('select id from campaigns limit 1')).rows[0].id;
const st = (n) => readFileSync(`src/ledger/statements/${n}.sql`, 'utf8').replace(/^--.*\n/gm, '');
const ENDS = [60,300,900,1800,3600,10800,21600,43200,86400,172800,345600,604800];
for (const [n, v] of [['answer_times', [id, ENDS]], ['funnel', [id]], ]) { if (!v) continue; const r = await c.query('explain (analyze, buffers) ' + st(n), v); console.log(n + '\n' + r.rows.map((x) => x['QUERY PLAN']).join('\n')); }
await c.end(); await db.release(); process.exit(0);
