/** The simulation of the whole, by seeds at random, events in the order of chance. */
import { testSeedsOnModel } from './seeds-on-model.ts';

testSeedsOnModel({ first: 2, order: 'events in the order of chance' });
