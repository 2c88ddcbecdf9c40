import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openListFile } from '../../src/intake/open-list.ts';
import { linesOf } from './support.ts';

test('the example list has 1,000 lines, bad in every way a line can be, and doubles', async () => {
  const list = await openListFile(join(import.meta.dirname, '../../examples/recipients.csv'));
  if (!list.ok) throw new Error(list.error.message);
  expect(list.value.columns).toEqual(['1']);
  const numbers: string[] = [];
  const codes: Record<string, number> = {};
  let last = 0;
  for await (const line of linesOf(list.value)) {
    if (line.kind === 'recipient') {
      numbers.push(line.recipient.to);
      last = line.recipient.row;
    } else codes[line.refused.code] = (codes[line.refused.code] ?? 0) + 1;
  }
  expect(last).toBe(1_000);
  expect(codes).toEqual({
    CSV_COLUMNS: 2,
    CSV_QUOTE: 2,
    LANGUAGE_INVALID: 1,
    PARAMETER_EMPTY: 2,
    PARAMETER_NEWLINE: 1,
    PARAMETER_SPACES: 1,
    PARAMETER_TAB: 1,
    PHONE_COUNTRY_MISSING: 1,
    PHONE_COUNTRY_UNKNOWN: 1,
    PHONE_DECIMAL: 1,
    PHONE_EMPTY: 1,
    PHONE_EXTENSION: 1,
    PHONE_IMPOSSIBLE: 1,
    PHONE_INVALID: 2,
    PHONE_PREFIX_00: 1,
    PHONE_SCIENTIFIC: 1,
    PHONE_SEVERAL: 1,
    PHONE_TOO_LONG: 1,
    PHONE_TOO_SHORT: 1,
    TEXT_UNREADABLE: 1,
    TIME_INVALID: 1,
    TIME_WITHOUT_ZONE: 1,
    WINDOW_EMPTY: 1,
  });
  expect(numbers).toHaveLength(973);
  expect(numbers.length - new Set(numbers).size).toBe(5);
});
