/** The simulation of the whole, by seeds at random, events put off until another has touched their row. */
import { testSeedsOnModel } from './seeds-on-model.ts';

testSeedsOnModel({ first: 1, order: 'events put off on purpose' });
