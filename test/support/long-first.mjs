/**
 * The order of a run without a memory of earlier ones (a fresh clone): jest then takes the largest files first, and
 * those of a minute and more, small files, came last, when there was nothing left to run beside them.
 */
import Sequencer from '@jest/test-sequencer';

const LONG = /\/test\/(chaos\/chaos|sim\/seeds|road\/shutdown)\.test\.ts$/;

export default class LongFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
