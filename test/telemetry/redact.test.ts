import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../src/telemetry/log.ts';

function logged(fields: object, message: string, ids: readonly string[] = []): string {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  createLogger({ level: 'info', name: 'test', stream, ids }).info(fields, message);
  return lines.join('');
}

/** Numbers as Meta writes them: a country code and all, no plus. */
const number = fc
  .oneof(
    fc.integer({ min: 200_000_0000, max: 999_999_9999 }).map((n) => `1${n}`),
    fc.bigInt({ min: 2_000_000n, max: 999_999_999_999_999n }).map(String),
  )
  .filter((digits) => !digits.startsWith('1') || digits.length === 11);

describe('phone numbers without a plus', () => {
  test('are masked wherever a text of Meta names them', () => {
    const around = fc.constantFrom(
      (n: string) => `(#131030) Recipient phone number ${n} not in allowed list`,
      (n: string) => `Message failed to send to ${n}.`,
      (n: string) => `wa_id:"${n}",input=+${n}`,
      (n: string) => n,
    );
    fc.assert(
      fc.property(number, around, (n, say) => {
        expect(logged({}, say(n))).not.toContain(n);
        expect(logged({ detail: { deep: [say(n)] } }, 'x')).not.toContain(n);
        expect(logged({ err: new Error('a', { cause: new Error(say(n)) }) }, 'x')).not.toContain(n);
      }),
    );
  });

  test('are masked in the fields of a number, as text or as a number, at any depth', () => {
    const line = logged({ a: { wa_id: '16505551234', list: [{ to: 16505551234 }] } }, 'x');
    expect(line).not.toContain('16505551234');
    expect(JSON.parse(line)).toMatchObject({ a: { wa_id: '1650*****34' } });
  });
});

describe('what is no phone number stays readable', () => {
  test.each([
    'campaign 12345678 is paused',
    'request 123456789012 could not be recorded',
    'sender 572384759283746 is gone',
    'claim 123456789.17, job 123456789-2 in callpermit-572384759283746',
    'wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA',
    '8c1b2f3e-1234-4567-8901-123456789012',
    'since 2026-11-27T00:14:20.1234567Z, 1764202460123 ms, 1764202460 s',
    'POST /v24.0/106540352242922/messages',
    'code 131026 (fbtrace AbC1234567d)',
    'at file.ts:1234:56',
  ])('%s', (text) => {
    expect(JSON.parse(logged({}, text)).msg).toBe(text);
  });

  test('the ids of fields, and of senders that are set', () => {
    const id = '572384759283746';
    const fields = { sender: id, senders: [id], campaign: '12345678', request: '12345678.1' };
    expect(JSON.parse(logged(fields, `Object with ID ${id} does not exist`, [id]))).toMatchObject({
      ...fields,
      msg: `Object with ID ${id} does not exist`,
    });
  });

  test('every id of fifteen digits that begins as those of Meta do', () => {
    const ids = fc
      .integer({ min: 0, max: 99_999_999_999_999 })
      .map((n) => `1${String(n).padStart(14, '0')}`);
    fc.assert(fc.property(ids, (id) => expect(logged({}, `to ${id}:`)).toContain(id)));
  });
});

test('a stream that refuses the line ends nothing', () => {
  const stream = {
    write: () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    },
  };
  const logger = createLogger({ level: 'info', name: 'test', stream });
  expect(() => logger.info('hello')).not.toThrow();
});
