/** Stops the Postgres of the run and removes its folder. */
import { rm } from 'node:fs/promises';

export default async function globalTeardown() {
  const server = await globalThis.callpermitPostgres;
  await server?.release?.();
  await rm(process.env.CALLPERMIT_TEST_RUN, { recursive: true, force: true });
}
