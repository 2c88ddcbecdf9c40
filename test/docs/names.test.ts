/** Settings, codes and examples that the documents have are those of the program. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { isProblemCode } from '../../src/core/problem.ts';
import { verdictFor } from '../../src/core/verdicts/verdicts.ts';
import { read } from '../intake/support.ts';
import { blocksOf, commandsShown, DOCUMENTS, textOf } from './documents.ts';

/** Names of others, and of examples. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  // For curl, in the reader's own shell.
  'README.md': ['API_KEY'],
  'docs/clients.md': ['CALLPERMIT_KEY'],
  // A variable that the example of SENDERS_FILE names.
  'docs/settings.md': ['SECOND_TOKEN'],
  // A part of Meta's paths, and its restrictions.
  'docs/meta.md': [
    'PHONE_NUMBER_ID',
    'RESTRICTED_BUSINESS_INITIATED_CALLING',
    'RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING',
    'RESTRICTED_BIZ_INITIATED_MESSAGING',
  ],
  // Of the tests alone.
  'CONTRIBUTING.md': ['TEST_POSTGRES_URL'],
};

describe.each(DOCUMENTS)('%s', (name) => {
  test('names settings and codes that are there', () => {
    const names: readonly string[] = textOf(name).match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [];
    const isThere = (word: string) =>
      word in SETTINGS || isProblemCode(word) || OTHERS[name]?.includes(word);
    expect([...new Set(names)].filter((word) => !isThere(word))).toEqual([]);
    expect(OTHERS[name]?.filter((word) => !names.includes(word)) ?? []).toEqual([]);
  });

  test("names codes of Meta's that the table has", () => {
    const codes = textOf(name).match(/(?<![\d.,:-])13[0-9]{4}(?![\d,-])/g) ?? [];
    expect(codes.filter((code) => !verdictFor({ code: Number(code), message: '' }).known)).toEqual(
      [],
    );
  });
});

function configOf(env: Readonly<Record<string, string>>): Config {
  const config = readConfig(env);
  if (config.ok) return config.value;
  throw new Error(config.error.map((p) => p.message).join(' '));
}

test('the settings that the README exports are taken', () => {
  const exported = Object.fromEntries(
    commandsShown('README.md').flatMap(([word, ...pairs]) =>
      word === 'export'
        ? pairs.map((pair) => {
            const [name = '', ...value] = pair.split('=');
            return [name, value.join('=')];
          })
        : [],
    ),
  );
  expect(Object.keys(exported)).toEqual(expect.arrayContaining(['API_KEYS', 'DATABASE_URL']));
  // The dots stand for a host and for words of one's own.
  const env = { ...exported, DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
  const config = configOf(env);
  expect(config.senders).toMatchObject([{ phoneNumberId: exported.WHATSAPP_PHONE_NUMBER_ID }]);
  expect(config.apiKeys).toHaveLength(1);
  expect(config.dashboard).toBeDefined();
});

test('the example of SENDERS_FILE is taken, each field for what it is', async () => {
  const [example = ''] = blocksOf('docs/settings.md', 'json');
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-docs-'));
  try {
    const token = join(folder, 'first');
    await writeFile(token, 'T1');
    const path = join(folder, 'senders.json');
    await writeFile(path, example.replace('/run/secrets/first', token));
    const { senders } = configOf({
      SENDERS_FILE: path,
      SECOND_TOKEN: 'T2',
      WHATSAPP_ACCESS_TOKEN: 'T',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '7',
    });
    const entries = JSON.parse(example);
    expect(senders).toMatchObject([
      { token: { kind: 'file', path: token }, messagesPerSecond: 80, businessAccountId: '7' },
      { token: { kind: 'value' }, businessAccountId: entries[1].businessAccountId },
      { portfolio: 'second business', dailyRecipientLimit: 2_000, messagesPerSecond: 80 },
    ]);
    const ids = (of: readonly { phoneNumberId: string }[]) => of.map((s) => s.phoneNumberId);
    expect(ids(senders)).toEqual(ids(entries));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the list that the README shows is read to its last line', async () => {
  const [list = ''] = blocksOf('README.md', 'csv');
  expect(await read(list)).toMatchObject({
    columns: ['1'],
    recipients: [{ reference: 'order-7' }, { reference: 'order-8' }],
    refused: [],
  });
});
