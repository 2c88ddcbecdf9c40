/** Any line comes out of the table as it went in, and a campaign's rows need their campaign. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { newNumber, spec, useLedger } from './support.ts';

const bench = useLedger();

/** What Postgres cannot keep is replaced; nothing else changes. */
const kept = (text: string) => Buffer.from(text.replaceAll('\u0000', '\uFFFD')).toString();

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\\',
      '\t',
      '\n',
      '\r',
      '"',
      "'",
      '\\N',
      '\\.',
      '\u0000',
      '\uD800',
      '\u007F',
      '😀',
      '$1',
      '{',
      ',',
    ),
    fc.string({ minLength: 1, maxLength: 2 }),
  ),
  maxLength: 12,
});

describe('lines by COPY', () => {
  test('texts of any kind are kept to the letter, those that Postgres does not take made fit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(nasty, nasty, nasty), { minLength: 1, maxLength: 8 }),
        async (texts) => {
          const senderId = await bench.sender();
          const made = await bench.ledger.campaigns.create(spec(senderId));
          if (!made.ok) throw new Error(made.error.message);
          const { id } = made.value.campaign;
          const given = texts.flatMap(([reference, name, value], i): ListLine[] => [
            {
              kind: 'recipient',
              recipient: {
                row: 2 * i + 1,
                to: newNumber(),
                reference,
                zones: ['Europe/Berlin', value],
                parameters: { [`n${name}`]: value },
              },
            },
            {
              kind: 'refused',
              refused: { row: 2 * i + 2, column: name, value, code: 'C', message: reference },
            },
          ]);
          await bench.add(id, senderId, given);
          const requests = await bench.rows(
            'select reference, zones, parameters from requests where campaign_id = $1 order by row',
            [id],
          );
          expect(requests).toEqual(
            texts.map(([reference, name, value]) => ({
              reference: kept(reference),
              zones: ['Europe/Berlin', kept(value)],
              parameters: { [`n${kept(name)}`]: kept(value) },
            })),
          );
          const refused = await bench.rows(
            'select column_name, value, message from refused_lines where campaign_id = $1 order by row',
            [id],
          );
          expect(refused).toEqual(
            texts.map(([reference, name, value]) => ({
              column_name: kept(name),
              value: kept(value),
              message: kept(reference),
            })),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('rows and their campaign', () => {
  test('all go with it', async () => {
    const id = await bench.campaign(await bench.sender(), 3, { start: false });
    await bench.rows('delete from campaigns where id = $1', [id]);
    expect(await bench.rows('select from requests where campaign_id = $1', [id])).toEqual([]);
  });
});
