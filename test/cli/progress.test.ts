import { describe, expect, test } from '@jest/globals';
import {
  countsParts,
  partsProgress,
  readingProgress,
  sendingProgress,
} from '../../src/cli/screen/progress.ts';
import { roughSpan } from '../../src/cli/screen/table.ts';
import { counts, remembering } from './support.ts';

const moment = {
  counts: counts({ accepted: 520, rejected: 12, sending: 8, pending: 460 }),
  rate: 78.24,
  secondsLeft: 65,
  isMeasured: true,
};

const first = {
  counts: counts({ pending: 1_000 }),
  rate: null,
  secondsLeft: 125,
  isMeasured: false,
};

describe('progress', () => {
  test('without a terminal it is a plain line, and no more than one in five seconds', () => {
    const { terminal, err } = remembering();
    const progress = sendingProgress(terminal);
    for (let i = 0; i < 50; i += 1) progress.update(moment);
    expect(err()).toBe(
      'sending  1 min 05 s left  532/1,000  78.2/s  accepted 520  rejected 12  in flight 8\n',
    );
  });

  test('the last line is always said, and none twice', () => {
    const { terminal, err } = remembering();
    const progress = readingProgress(terminal);
    progress.update({ lines: 1_000, refused: 1 });
    progress.update({ lines: 1_500, refused: 1 });
    progress.stop();
    progress.stop();
    expect(err()).toBe('reading  1,000 lines  refused 1\nreading  1,500 lines  refused 1\n');
  });

  test('on a terminal it is a bar with rate, counts and time left, and it goes away at the end', () => {
    const { terminal, err } = remembering({ isTTY: true });
    const progress = sendingProgress(terminal);
    progress.update(moment);
    progress.update(moment);
    terminal.note('a word in between');
    progress.stop();
    const shown = err();
    expect(shown).toMatch(/█+░+ +53% {2}1 min 05 s left {2}532\/1,000 {2}78\.2\/s {2}accepted 520/);
    expect(shown).toContain('\r\u001b[Ja word in between\n');
    expect(shown).not.toContain('rejected');
  });

  test('before a rate is measured the time left is a rough one, and stands before the counts', () => {
    const [shown, plain] = [remembering({ isTTY: true }), remembering()];
    for (const { terminal } of [shown, plain]) sendingProgress(terminal).update(first);
    expect(shown.err()).toMatch(/░+ +0% {2}about 2 min left {2}0\/1,000 {2}accepted 0/);
    expect(plain.err()).toBe('sending  about 2 min left  0/1,000  accepted 0\n');
  });

  test.each([
    [0.7, '5 s'],
    [12.6, '15 s'],
    [56, '1 min'],
    [125, '2 min'],
    [3_590, '1 h'],
    [4_300, '1 h 10 min'],
    [93_600, '26 h'],
  ])('%d s are about %s', (seconds, text) => {
    expect(roughSpan(seconds)).toBe(text);
  });

  test('work on a list that is there has a bar on a terminal, and nothing elsewhere', () => {
    const moment = { looked: 2_000, lines: 8_000, changed: 1_500 };
    const [shown, silent] = [remembering({ isTTY: true }), remembering()];
    for (const { terminal } of [shown, silent]) {
      const progress = partsProgress(terminal, 'cancelled');
      progress.update(moment);
      progress.update(moment);
      progress.stop();
    }
    expect(shown.err()).toMatch(
      /█{4}░{11} +25% {2}\d+ s left {2}2,000\/8,000 lines {2}cancelled 1,500/,
    );
    expect(silent.err()).toBe('');
  });

  test('states nobody is in are left out', () => {
    expect(countsParts(counts({}))).toEqual(['accepted 0']);
    expect(countsParts(counts({ uncertain: 3 }))).toEqual(['accepted 0', 'uncertain 3']);
  });
});
