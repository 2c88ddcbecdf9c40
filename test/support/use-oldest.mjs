/** The tests of this project run on the oldest Postgres (`postgres.ts`). */
process.env.CALLPERMIT_TEST_POSTGRES = 'oldest';
