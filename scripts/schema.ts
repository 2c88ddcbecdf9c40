/** `npm run schema`: writes `test/ledger/schema.sql` from a database of its own that all migrations made. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/embedded-postgres/index.ts';
import { openDatabase } from '../src/ledger/database.ts';
import { migrate } from '../src/ledger/migrate.ts';
import { readSchema } from './schema/read-schema.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'callpermit-schema-'));
try {
  const server = await startEmbeddedPostgres({ dataDir });
  const database = openDatabase(server.connectionString);
  try {
    await migrate(database);
    writeFileSync('test/ledger/schema.sql', await readSchema(database.pool));
  } finally {
    await database.close();
    await server.release();
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
