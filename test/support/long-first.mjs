/**
 * The order of a run without a memory of earlier ones (a fresh clone): jest then takes the largest files first, and
 * the chaos of two minutes, a small file, came last. The seeds of the simulation come early too: they take a heap that
 * is still small, and behind 250 files in one worker (1.9 GB of modules) they took ten times as long.
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
