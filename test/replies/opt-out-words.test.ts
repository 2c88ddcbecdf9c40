/** Opt-outs that people type: one of the words and nothing else, however it is written. */
import { expect, test } from '@jest/globals';
import { isOptOut, readOptOutWords } from '../../src/replies/opt-out-words.ts';

function wordsOf(list: unknown) {
  const read = readOptOutWords(JSON.stringify(list), 'words.json');
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

test.each([
  ['stop', 'stop'],
  [' STOP!! ', 'stop'],
  ['ＳＴＯＰ', 'stop'],
  ['no  more.', 'no more'],
  ['cafe\u0301', 'caf\u00e9'],
  ['please do not stop', undefined],
  ['stopp', undefined],
  ['\u{1f44d}', undefined],
  ['', undefined],
])('%j is %j', (text, word) => {
  const words = wordsOf({ en: ['Stop', 'no more'], fr: ['caf\u00e9'] });
  expect(isOptOut(words, text)).toBe(word);
  expect(isOptOut(undefined, text)).toBeUndefined();
});

test.each([['no JSON'], ['[]'], ['{"en":[]}'], ['{"en":[""]}'], ['{"en":["!"]}'], ['{"en":[7]}']])(
  '%s is no list of words',
  (text) => {
    expect(readOptOutWords(text, 'words.json')).toMatchObject({
      ok: false,
      error: { code: 'SETTING_INVALID', where: 'words.json' },
    });
  },
);
