/** Dropping BullMQ's tables under those who work on them. */
import pg from 'pg';

/** SQLSTATE of a deadlock: a worker held one of the tables and waited for another, Postgres ended one of the two. */
const DEADLOCK = '40P01';

/**
 * Drops the schema with all of a queue's jobs, while workers take some from it.
 *
 * @param databaseUrl - of the database with the queue
 */
export async function dropBullMq(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (let isDropped = false; !isDropped; )
      isDropped = await client.query('drop schema bullmq cascade').then(
        () => true,
        (error: unknown) => {
          if (error instanceof pg.DatabaseError && error.code === DEADLOCK) return false;
          throw error;
        },
      );
  } finally {
    await client.end();
  }
}
