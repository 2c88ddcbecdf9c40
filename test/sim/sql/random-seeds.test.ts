/** As `test/sim/random-seeds.test.ts`, with the real statements; `npm run sim -- --mode B --seed N` runs one again. */
import { testSeedsOnPostgres } from './seeds-on-postgres.ts';

testSeedsOnPostgres({ first: 2, order: 'events in the order of chance' });
