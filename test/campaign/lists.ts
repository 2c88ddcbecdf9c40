/** Lists as the loads of these tests open them. */
import type { ListToLoad } from '../../src/campaign/load.ts';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { lines, newNumber, type TestLedger } from '../ledger/support.ts';

/** A list of these lines. */
export function list(given: readonly ListLine[], sha256 = 'sha of it'): ListToLoad {
  return {
    batches: (async function* each() {
      for (const line of given) yield [line];
    })(),
    sha256: () => sha256,
  };
}

/** So many lines of people nobody else has. */
export function people(n: number): ListLine[] {
  return lines(Array.from({ length: n }, newNumber));
}

/** A line that cannot be asked. */
export function refused(row: number): ListLine {
  return { kind: 'refused', refused: { row, code: 'PHONE_INVALID', message: 'no number' } };
}

/** The same people with parameters of their own; `dies` breaks off after so many lines. */
export function said(people: readonly ListLine[], word: string, dies?: number): ListToLoad {
  const given = people.map((line) =>
    line.kind === 'refused'
      ? line
      : { ...line, recipient: { ...line.recipient, reference: word, parameters: { 1: word } } },
  );
  return {
    batches: (async function* each() {
      for (const line of given.slice(0, dies ?? given.length)) yield [line];
      if (dies !== undefined) throw new Error('broke off');
    })(),
    sha256: () => `${word} to ${people.length}`,
  };
}

/** Row, number, parameter and reference of each request of a campaign. */
export async function storedLines(bench: TestLedger, id: string): Promise<string[]> {
  const rows = await bench.rows<{ said: string }>(
    `select row || ' ' || to_number || ' ' || (parameters ->> '1') || ' ' || reference as said
     from requests where campaign_id = $1 order by row`,
    [id],
  );
  return rows.map((row) => row.said);
}

/** The same, of a list. */
export function expectedLines(people: readonly ListLine[], word: string): string[] {
  return people.flatMap((line) =>
    line.kind === 'refused' ? [] : [`${line.recipient.row} ${line.recipient.to} ${word} ${word}`],
  );
}
