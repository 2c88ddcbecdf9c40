/**
 * Each option of a list through each way in: the ledger's rows are the same, and they are those that the option
 * means. The table is typed over the options, so that a new option without a row does not compile.
 */
import { describe, expect, test } from '@jest/globals';
import type { HandOverOptions } from '../../src/campaign/hand-over-options.ts';
import { type Given, OTHER_SENDER, type Stands, setUpWays, WAYS } from './ways.ts';

const ground = setUpWays();

interface Row<Value> {
  readonly value: Value;
  /** As it is typed. */
  readonly typed: readonly string[];
  /** Options that it needs to show anything. */
  readonly beside?: Given;
  /** Each time it is called it names other people. */
  readonly list?: (from: number) => readonly object[];
  /** What the ledger has then, of the campaign made without it at most partly. */
  readonly makes: object;
  /** The same list was handed over before. */
  readonly handedBefore?: true;
  /** Cannot be left out. */
  readonly required?: true;
  /** Something else to be seen. */
  readonly and?: () => Promise<void>;
}

const number = (i: number) => `+49151${String(23_000_000 + i)}`;
const people = (n: number, from: number) =>
  Array.from({ length: n }, (_, i) => ({ to: number(from + i), reference: `r${i}`, 1: 'Ann' }));
const bad = { to: '12', reference: 'bad', 1: 'Ann' };
const hour = 3_600_000;
const later = new Date(Date.now() + 24 * hour).toISOString();
const muchLater = new Date(Date.now() + 72 * hour).toISOString();
const skipPreflight: Given = { options: { skipPreflight: true }, typed: ['--skip-preflight'] };

const TABLE = {
  template: {
    value: 'plain',
    typed: ['-t', 'plain'],
    required: true,
    list: (from) => [{ to: number(from) }],
    makes: { campaign: { template: 'plain', body_parameters: [] } },
  },
  language: {
    value: 'pt_BR',
    typed: ['-l', 'pt_BR'],
    required: true,
    beside: skipPreflight,
    makes: { campaign: { language: 'pt_BR' }, requests: [{ language: 'pt_BR' }, {}, {}] },
  },
  name: { value: 'March', typed: ['--name', 'March'], makes: { campaign: { name: 'March' } } },
  sender: {
    value: [OTHER_SENDER, '106540352242922'],
    typed: ['--sender', OTHER_SENDER, '--sender', '106540352242922'],
    beside: skipPreflight,
    list: (from) => people(20, from),
    makes: {
      campaign: { sender_id: OTHER_SENDER, sender_ids: [OTHER_SENDER, '106540352242922'] },
      requests: expect.arrayContaining([
        expect.objectContaining({ sender_id: OTHER_SENDER }),
        expect.objectContaining({ sender_id: '106540352242922' }),
      ]),
    },
  },
  idempotencyKey: {
    value: 'a key',
    typed: ['--idempotency-key', 'a key'],
    makes: { campaign: { idempotency_key: 'a key' } },
  },
  defaultCountry: {
    value: 'US',
    typed: ['--default-country', 'US'],
    list: (from) => [{ to: `(650) 253-${String(from % 10_000).padStart(4, '0')}`, 1: 'Ann' }],
    makes: { requests: [{ to_number: expect.stringMatching(/^\+1650253\d{4}$/) }] },
  },
  numbers: {
    value: 'international',
    typed: ['--numbers', 'international'],
    list: (from) => [{ to: number(from).slice(1), 1: 'Ann' }],
    makes: { requests: [{ to_number: expect.stringMatching(/^\+49151\d{8}$/) }] },
  },
  strict: {
    value: true,
    typed: ['--strict'],
    list: (from) => [...people(2, from), bad],
    makes: { code: 'LIST_REFUSED' },
  },
  start: { value: false, typed: ['--no-start'], makes: { campaign: { state: 'draft' } } },
  skipPreflight: {
    value: true,
    typed: ['--skip-preflight'],
    beside: { options: { template: 'nobody_made' }, typed: ['-t', 'nobody_made'] },
    makes: { campaign: { template: 'nobody_made', state: 'running' } },
  },
  map: {
    value: { name: ['1', 'reference'], 'Phone Number': 'to' },
    typed: ['--map', 'name=1', '--map', 'Phone Number=to,name=reference'],
    list: (from) => [{ 'Phone Number': number(from), name: 'Bea' }],
    makes: { requests: [{ reference: 'Bea', parameters: { 1: 'Bea' } }] },
  },
  ignoreColumns: {
    value: ['city', 'shop'],
    typed: ['--ignore-columns', 'city,shop'],
    list: (from) => people(2, from).map((one) => ({ ...one, city: 'Bonn', shop: 7 })),
    makes: { campaign: { body_parameters: ['1'] }, requests: [{ parameters: { 1: 'Ann' } }, {}] },
  },
  startAt: {
    value: later,
    typed: ['--start-at', later],
    makes: { campaign: { start_at: later, state: 'running' } },
  },
  expireAt: {
    value: muchLater,
    typed: ['--expire-at', muchLater],
    makes: { campaign: { expire_at: muchLater } },
  },
  quietHours: {
    value: '21:30-8:00',
    typed: ['--quiet-hours', '21:30-8:00'],
    makes: {
      campaign: { quiet_from: '21:30:00', quiet_to: '08:00:00' },
      requests: [{ zones: ['Europe/Berlin'] }, {}, {}],
    },
  },
  weight: { value: 7, typed: ['--weight', '7'], makes: { campaign: { weight: 7 } } },
  onPairLimit: {
    value: 'skip',
    typed: ['--on-pair-limit', 'skip'],
    makes: { campaign: { on_pair_limit: 'skip' } },
  },
  includeGranted: {
    value: true,
    typed: ['--include-granted'],
    makes: { campaign: { include_granted: true } },
  },
  includeDeclined: {
    value: true,
    typed: ['--include-declined'],
    makes: { campaign: { include_declined: true } },
  },
  maxErrors: {
    value: '5%',
    typed: ['--max-errors', '5%'],
    makes: { campaign: { max_errors: null, max_errors_percent: 5 } },
  },
  dryRun: {
    value: true,
    typed: ['--dry-run'],
    list: (from) => [...people(3, from), bad],
    makes: { said: expect.stringMatching(/^(?=.*"dryRun":true)(?=.*"willAsk":3)/s) },
    and: async () => {
      const left = `select from requests r join campaigns c on c.id = r.campaign_id where c.state = 'loading'`;
      expect(await ground.rows(left)).toEqual([]);
    },
  },
  again: {
    value: true,
    typed: ['--again'],
    handedBefore: true,
    makes: { campaign: { state: 'running' } },
  },
} satisfies { readonly [K in keyof Required<HandOverOptions>]: Row<HandOverOptions[K]> };

let asked = 0;

/** Nobody of a test is in another's list. */
function listFor(row: Row<unknown>): readonly object[] {
  asked += 100;
  return row.list?.(asked) ?? people(3, asked);
}

/** All but the option itself says `again`: the four ways hand the same list over. */
function given(name: string, row: Row<unknown>, isSet: boolean): Given {
  const { options = {}, typed = [] } = row.beside ?? {};
  const isAgain = name !== 'again';
  return {
    options: {
      ...{ template: 't', language: 'en', name: 'n' },
      ...(isAgain ? { again: true } : {}),
      ...options,
      ...(isSet ? { [name]: row.value } : {}),
    },
    typed: [
      ...['--name', 'n', '-t', 't', '-l', 'en'],
      ...(isAgain ? ['--again'] : []),
      ...typed,
      ...(isSet ? row.typed : []),
    ],
  };
}

/** A key is a campaign's own: each way has its own. */
function keyed({ options, typed }: Given, way: string): Given {
  const { idempotencyKey } = options;
  if (idempotencyKey === undefined) return { options, typed };
  const own = `${idempotencyKey} of ${way}`;
  return {
    options: { ...options, idempotencyKey: own },
    typed: typed.map((word) => (word === idempotencyKey ? own : word)),
  };
}

/** A campaign that waits for its list waits on after a dry run, with nothing in it. */
function isLeft(ledger: Stands | undefined): ledger is Stands {
  if (ledger?.campaign?.state !== 'loading') return ledger?.campaign !== undefined;
  expect([ledger.requests, ledger.refused]).toEqual([[], []]);
  return false;
}

/** What a way in leads to, without what no two can share. */
async function handedOver(
  way: (typeof WAYS)[number],
  list: readonly object[],
  p: { readonly name: string; readonly row: Row<unknown>; readonly isSet: boolean },
): Promise<object> {
  const hand = ground.ways[way];
  if (p.row.handedBefore) await hand(list, given(p.name, p.row, true));
  const { id, code, said } = await hand(list, keyed(given(p.name, p.row, p.isSet), way));
  const ledger = await ground.ledgerOf(id);
  const stands = JSON.stringify(isLeft(ledger) ? ledger : {});
  return { code, said, ...JSON.parse(stands.replaceAll(` of ${way}"`, '"')) };
}

describe.each(Object.entries(TABLE) as [keyof HandOverOptions, Row<unknown>][])(
  '%s',
  (name, row) => {
    test('means the same in each way in', async () => {
      const list = listFor(row);
      const ledgers: object[] = [];
      for (const way of WAYS) {
        const result = await handedOver(way, list, { name, row, isSet: true });
        expect([way, result]).toMatchObject([way, row.makes]);
        ledgers.push({ ...result, said: undefined });
        await row.and?.();
      }
      for (const [i, ledger] of ledgers.entries())
        expect([WAYS[i], ledger]).toEqual([WAYS[i], ledgers[0]]);
    }, 60_000);

    if (row.required) return;
    test.each(WAYS)(
      'and without it something else: %s',
      async (way) => {
        const result = await handedOver(way, listFor(row), { name, row, isSet: false });
        expect(() => expect(result).toMatchObject(row.makes)).toThrow('toMatchObject');
      },
      60_000,
    );
  },
);

describe('what no option says', () => {
  test.each(WAYS)('a text of a header that is too long is refused: %s', async (way) => {
    asked += 100;
    const headed: Given = {
      options: { template: 'headed', language: 'en' },
      typed: ['-t', 'headed', '-l', 'en'],
    };
    const list = [
      { to: number(asked), header: '7', 1: 'Ann' },
      { to: number(asked + 1), header: 'x'.repeat(2_000), 1: 'Ann' },
    ];
    const { id } = await ground.ways[way](list, headed);
    expect(await ground.ledgerOf(id)).toMatchObject({
      campaign: { header_parameters: ['header'] },
      requests: [{ row: 1 }],
      refused: [{ row: 2, column: 'header', code: 'PARAMETER_TOO_LONG' }],
    });
  });
});
