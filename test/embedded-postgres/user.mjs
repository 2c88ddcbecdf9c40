/**
 * A process that uses an embedded Postgres, run by plain Node on compiled code, for tests that kill
 * it. Arguments: the compiled tree, DATA_DIR, a directory for copies of the programs. It obeys lines
 * of standard input and answers each with one line of JSON.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [dist, dataDir, shared] = process.argv.slice(2);
const { startEmbeddedPostgres } = await import(
  pathToFileURL(`${dist}/src/embedded-postgres/index.js`).href
);
const { Pool } = createRequire(`${dist}/src/`)('pg');
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

try {
  const server = await startEmbeddedPostgres({ dataDir, sharedDirectories: [shared] });
  const pool = new Pool({ connectionString: server.connectionString, max: 2 });
  pool.on('error', () => {});
  answer({ connectionString: server.connectionString });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'release') {
      await pool.end();
      await server.release();
      answer({ released: true });
      break;
    }
    await pool.query(line).then(
      (r) => answer({ rows: r.rows ?? [] }),
      (error) => answer({ error: error.message }),
    );
  }
} catch (error) {
  answer({ error: error.message, problem: error.problem });
  process.exitCode = 1;
}
process.stdin.destroy();
