/** Stops the embedded Postgres of the run. */
import { leaveRunFolder } from './run-folder.mjs';

export default async function globalTeardown() {
  const server = await globalThis.callpermitPostgres;
  await server?.release?.();
  await leaveRunFolder();
}
