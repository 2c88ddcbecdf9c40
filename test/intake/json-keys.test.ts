import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keysIn, keysWritten } from '../../src/core/json-keys.ts';
import { read, recipientsFromObjects } from './support.ts';

test('of any JSON without a double, the text has as many keys as the value', () => {
  const json = fc.json({ maxDepth: 3 });
  fc.assert(
    fc.property(json, (text) => {
      // What the generator wrote twice is gone after a reading.
      const value: unknown = JSON.parse(text);
      for (const spaces of [0, 2])
        expect(keysWritten(JSON.stringify(value, undefined, spaces))).toBe(keysIn(value));
    }),
    { numRuns: 1_000 },
  );
});

const good = '{"to":"+16505550102","1":"a \\" : {\\"to\\": \\\\"}';

describe('a line that says one thing twice is refused, whatever it says', () => {
  test.each([
    ['{"to":"+16505550101","to":"+16505550103","1":"A"}', 'to'],
    ['{"to":"+16505550101","1":"A","1" : "A"}', '1'],
    ['{"to":"+16505550101","parameters":{"1":"A","1":"B"}}', 'nested'],
    ['{"to":"+16505550101","1":"FLAT","parameters":["ARRAY"]}', 'flat and nested'],
    ['{"to":"+16505550101","1":"A"," 1":"B"}', 'by its name without spaces'],
  ])('%s (%s)', async (line) => {
    const ndjson = await read(`${good}\n${line}\n`, { format: 'ndjson' });
    for (const sizes of [[1], [10_000]]) {
      const json = await read(`[${good},${line},${good}]`, { format: 'json', sizes });
      expect(json.recipients).toHaveLength(2);
      for (const list of [ndjson, json])
        expect(list.refused).toMatchObject([{ row: 2, code: 'COLUMN_TWICE' }]);
    }
    expect(ndjson.recipients).toHaveLength(1);
  });

  test('of objects too', async () => {
    const lines = [];
    const bad = { to: '+16505550101', 1: 'FLAT', parameters: ['ARRAY'] };
    const list = [{ to: '+16505550102', 1: 'A' }, bad];
    for await (const line of recipientsFromObjects(list)) lines.push(line);
    expect(lines).toMatchObject([
      { kind: 'recipient' },
      { refused: { row: 2, code: 'COLUMN_TWICE', message: expect.stringContaining('"1"') } },
    ]);
  });
});
