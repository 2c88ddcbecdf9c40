/**
 * The order of a run without a memory of earlier ones (a fresh clone): jest then takes the largest files first, and
 * the chaos of four minutes, a small file, came last.
 */
import Sequencer from '@jest/test-sequencer';

const LONG = /\/test\/chaos\/chaos\.test\.ts$/;

export default class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
