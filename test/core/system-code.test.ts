import { expect, test } from '@jest/globals';
import { systemCode } from '../../src/core/system-code.ts';

test('the code of a system error is what the system calls it', () => {
  expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
});

test.each<[unknown, string]>([
  [{ code: 'ERR_INVALID_URL' }, 'of Node'],
  [{ code: 'DEPTH_ZERO' }, 'of TLS'],
  [{ code: 'E' }, 'too short'],
  [{ code: 'E2BIG or so' }, 'with more behind it'],
  [{ code: 'no ENOENT' }, 'with more before it'],
  [{ code: 42 }, 'a number'],
  [{ code: ['ENOENT'] }, 'no text'],
  [{}, 'none'],
  ['ENOENT', 'a text'],
  [null, 'nothing'],
  [undefined, 'nothing'],
])('%j has none: %s', (cause) => {
  expect(systemCode(cause)).toBeUndefined();
});
