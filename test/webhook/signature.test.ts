import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secret } from '../../src/config/secret.ts';
import { isSigned, isVerifyToken } from '../../src/webhook/signature.ts';

const OURS = secret('app-secret');
const OTHER = secret('another-secret');
/** As Meta sends it: every character that is not ASCII escaped, in lower-case hex. */
const BODY = Buffer.from('{"name":"Jos\\u00e9 \\ud83d\\ude00","url":"https:\\/\\/a.example"}');

function sign(body: Buffer, key = 'app-secret'): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

describe('a delivery is signed', () => {
  test('where the signature is that of its bytes', () => {
    expect(isSigned(BODY, sign(BODY), [OURS])).toBe(true);
    expect(isSigned(Buffer.alloc(0), sign(Buffer.alloc(0)), [OURS])).toBe(true);
  });

  test('by a known signature', () => {
    expect(
      isSigned(
        Buffer.from('what do ya want for nothing?'),
        'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
        [secret('Jefe')],
      ),
    ).toBe(true);
  });

  test('by any of several secrets, wherever it stands', () => {
    expect(isSigned(BODY, sign(BODY), [OTHER, OURS])).toBe(true);
    expect(isSigned(BODY, sign(BODY), [OURS, OTHER])).toBe(true);
    expect(isSigned(BODY, sign(BODY), [OTHER, OURS, OTHER])).toBe(true);
  });

  test('with upper-case hex too', () => {
    const upper = sign(BODY).replace(/=.*/, (hex) => hex.toUpperCase());
    expect(isSigned(BODY, upper, [OURS])).toBe(true);
  });

  test('whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const body = Buffer.from(bytes);
        expect(isSigned(body, sign(body), [OTHER, OURS])).toBe(true);
      }),
    );
  });
});

describe('a delivery is not signed', () => {
  test('with one bit off, in the body or in the signature', () => {
    fc.assert(
      fc.property(fc.nat({ max: BODY.length * 8 - 1 }), (bit) => {
        const bent = Buffer.from(BODY);
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isSigned(bent, sign(BODY), [OURS])).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 255 }), (bit) => {
        const mac = Buffer.from(sign(BODY).slice('sha256='.length), 'hex');
        mac[bit >> 3] = (mac[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isSigned(BODY, `sha256=${mac.toString('hex')}`, [OURS])).toBe(false);
      }),
    );
  });

  test('once it was parsed and written again', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(isSigned(again, sign(BODY), [OURS])).toBe(false);
  });

  test('under another secret, or without any of ours', () => {
    expect(isSigned(BODY, sign(BODY), [OTHER])).toBe(false);
    expect(isSigned(BODY, sign(BODY), [])).toBe(false);
  });

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['no algorithm', sign(BODY).slice('sha256='.length)],
    ['another algorithm', sign(BODY).replace('sha256', 'sha1')],
    ['an algorithm in capitals', sign(BODY).replace('sha256', 'SHA256')],
    ['too short', sign(BODY).slice(0, -1)],
    ['too long', `${sign(BODY)}0`],
    ['no hex', `${sign(BODY).slice(0, -1)}g`],
    ['a space before', ` ${sign(BODY)}`],
    ['a space after', `${sign(BODY)} `],
    ['a line break after', `${sign(BODY)}\n`],
    ['twice, as Node joins two headers', `${sign(BODY)}, ${sign(BODY)}`],
  ])('with %s', (_, header) => {
    expect(isSigned(BODY, header, [OURS])).toBe(false);
  });
});

describe('the token of the handshake', () => {
  test('is ours or is not', () => {
    expect(isVerifyToken('app-secret', OURS)).toBe(true);
    expect(isVerifyToken('app-secreT', OURS)).toBe(false);
    expect(isVerifyToken('app-secret ', OURS)).toBe(false);
    expect(isVerifyToken('', OURS)).toBe(false);
  });

  test.each([[undefined], [null], [7], [['app-secret']], [{}]])('is no %j', (given) => {
    expect(isVerifyToken(given, OURS)).toBe(false);
  });
});
