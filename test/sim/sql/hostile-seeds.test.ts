/** As `test/sim/hostile-seeds.test.ts`, with the real statements; `npm run sim -- --mode B --seed N` runs one again. */
import { testSeedsOnPostgres } from './seeds-on-postgres.ts';

testSeedsOnPostgres({ first: 1, order: 'events put off on purpose' });
