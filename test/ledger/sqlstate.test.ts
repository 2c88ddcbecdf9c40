import { describe, expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import { asInfrastructure } from '../../src/ledger/database.ts';
import { kindOf, sqlState } from '../../src/ledger/sqlstate.ts';

// Every class of https://www.postgresql.org/docs/current/errcodes-appendix.html, and codes in classes
// that do not mean one thing.
const TABLE = {
  later: [
    ...['01000', '02000', '03000', '08000', '08001', '08003', '08004', '08006', '08007', '08P01'],
    ...['09000', '0B000', '0F001', '0L000', '0LP01', '0P000', '0Z000', '0Z002', '10608'],
    ...['24000', '25000', '25001', '25006', '25P02', '25P03', '25P04', '27000'],
    ...['28000', '28P01', '2B000', '2BP01', '2D000', '2F000', '34000', '38000', '39000', '3B000'],
    ...['3D000', '3F000', '40000', '40002', '40003', '42501'],
    ...['53000', '53100', '53200', '53300', '53400', '55000', '55006', '55P02', '55P03', '55P04'],
    ...['57000', '57014', '57P01', '57P02', '57P03', '57P04', '57P05', '58000', '58030', '58P01'],
    ...['72000', 'F0000', 'F0001', 'HV000', 'XX000', 'XX001', 'XX002'],
    // Not Postgres's at all.
    ...['', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'CERT_HAS_EXPIRED', '99999', 'ZZ'],
  ],
  again: ['0A000', '26000', '40001', '40P01', '42P05'],
  value: [
    ...['21000', '22000', '22001', '22003', '22021', '22P02', '22P05', '22030', '22008'],
    ...['23000', '23502', '23503', '23505', '23514', '23P01', '44000', '54000', '54001', '54023'],
  ],
  bug: ['20000', '42000', '42601', '42P01', '42703', '42883', '42804', 'P0000', 'P0001', 'P0004'],
} as const;

describe('what a SQLSTATE means', () => {
  test.each(Object.entries(TABLE).flatMap(([kind, codes]) => codes.map((code) => [code, kind])))(
    '%p means %s',
    (code, kind) => {
      expect(kindOf(code)).toBe(kind);
    },
  );

  test.each([...TABLE.later, ...TABLE.again])('%p is "the database is out of reach"', (code) => {
    const raised = Object.assign(new Error('said so'), code === '' ? {} : { code });
    const error = asInfrastructure(raised);
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error).toMatchObject({ service: 'database', message: 'said so', cause: raised });
    expect(sqlState((error as Error).cause)).toBe(code);
  });

  test.each([...TABLE.value, ...TABLE.bug])('%p stays what it is', (code) => {
    const raised = Object.assign(new Error('said so'), { code });
    expect(asInfrastructure(raised)).toBe(raised);
  });

  test('a mistake in our own code is not the database out of reach', () => {
    const mistake = new TypeError('x is not a function');
    expect(asInfrastructure(mistake)).toBe(mistake);
  });

  test('what is out of reach already is not wrapped twice', () => {
    const away = new InfrastructureError('database', 'away');
    expect(asInfrastructure(away)).toBe(away);
  });
});
