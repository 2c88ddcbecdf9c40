/**
 * The order of a run without a memory of earlier ones (a fresh clone): jest then takes the largest files first, and
 * the chaos of four minutes, a small file, came last. The seeds of the simulation come early too: modules of ended files
 * stay in a worker's heap, and behind 250 files (1.9 GB) a thousand seeds took more than six minutes instead of 35 s.
 */
import Sequencer from '@jest/test-sequencer';

const LONG = /\/test\/(chaos\/chaos|sim\/(hostile|random)-seeds)\.test\.ts$/;

export default class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
