/** Stops the oldest Postgres of the run; takes our template out of one that is not ours. */
import pg from 'pg';
import { leaveRunFolder } from './run-folder.mjs';

export default async function globalTeardown() {
  const server = await globalThis.callpermitOldest;
  await server?.stop?.();
  if (server?.template) await dropTemplate(server);
  await leaveRunFolder();
}

async function dropTemplate({ connectionString, template }) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`drop database if exists ${template} with (force)`);
  await client.end();
}
