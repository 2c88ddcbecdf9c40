/**
 * Who sends: the number of the environment, and those of `SENDERS_FILE`. A token in that file is
 * better named than written: `{"tokenFile": "..."}` or `{"tokenVariable": "..."}` keep the file
 * fit for a repository.
 */

import { dirname, resolve } from 'node:path';
import { given } from '../core/given.ts';
import { type Problem, problem } from '../core/problem.ts';
import { graphId, headerText } from './checks.ts';
import type { AccountConfig, SenderConfig, TokenSource } from './config.ts';
import { secret } from './secret.ts';
import { parseSendersFile, type SenderEntry } from './senders-file.ts';
import { readSettingsFile } from './settings-file.ts';
import { type Environment, invalid, type SettingsReader, textOf } from './settings-reader.ts';

/** The account of the `WHATSAPP_*` variables, usable without a phone number. */
export function readAccount(p: {
  readonly reader: SettingsReader;
  readonly env: Environment;
  readonly cwd: string;
}): AccountConfig {
  const { reader, env, cwd } = p;
  const businessAccountId = reader.read('WHATSAPP_BUSINESS_ACCOUNT_ID', graphId);
  const value = reader.readSecret('WHATSAPP_ACCESS_TOKEN', headerText);
  const path = textOf(env, 'WHATSAPP_ACCESS_TOKEN_FILE');
  if (value && path !== undefined) {
    const message = 'WHATSAPP_ACCESS_TOKEN and WHATSAPP_ACCESS_TOKEN_FILE are both set.';
    reader.report(
      problem('SETTING_INVALID', message, {
        next: 'Unset one of them.',
        where: 'WHATSAPP_ACCESS_TOKEN',
      }),
    );
  }
  return {
    token: value ? { kind: 'value', value } : fileToken({ reader, path, base: cwd }),
    ...given({ businessAccountId }),
  };
}

/** All senders, the environment's first; doubles are problems. */
export function readSenders(p: {
  readonly reader: SettingsReader;
  readonly env: Environment;
  readonly cwd: string;
  readonly account: AccountConfig;
  /** Requests a second of a sender that does not say. */
  readonly messagesPerSecond: number;
  /** People a day of a sender that does not say. */
  readonly dailyRecipientLimit?: number;
}): readonly SenderConfig[] {
  const { reader, account, messagesPerSecond } = p;
  const limit = limitOf(p.dailyRecipientLimit);
  const phoneNumberId = reader.read('WHATSAPP_PHONE_NUMBER_ID', graphId);
  const own =
    phoneNumberId === undefined ? [] : [{ phoneNumberId, ...account, messagesPerSecond, ...limit }];
  const path = textOf(p.env, 'SENDERS_FILE');
  const senders =
    path === undefined ? own : [...own, ...sendersOfFile({ ...p, path: resolve(p.cwd, path) })];
  const ids = senders.map((s) => s.phoneNumberId);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) {
    reader.report(
      fileProblem(
        path ?? '',
        `names the sender ${id} twice, or it is WHATSAPP_PHONE_NUMBER_ID too`,
      ),
    );
  }
  return senders;
}

function sendersOfFile(p: {
  readonly reader: SettingsReader;
  readonly env: Environment;
  readonly account: AccountConfig;
  readonly path: string;
  readonly messagesPerSecond: number;
  readonly dailyRecipientLimit?: number;
}): readonly SenderConfig[] {
  const { reader, env, path } = p;
  const parsed = parseSendersFile(path);
  if (!parsed.ok) {
    for (const complaint of parsed.error) reader.report(fileProblem(path, complaint));
    return [];
  }
  return parsed.value.map((entry, i) => {
    const businessAccountId = entry.businessAccountId ?? p.account.businessAccountId;
    return {
      phoneNumberId: entry.phoneNumberId,
      token: tokenOfEntry({ reader, env, entry, path, at: `[${i}]`, fallback: p.account.token }),
      messagesPerSecond: entry.messagesPerSecond ?? p.messagesPerSecond,
      ...limitOf(entry.dailyRecipientLimit ?? p.dailyRecipientLimit),
      ...given({ portfolio: entry.portfolio, businessAccountId }),
    };
  });
}

function limitOf(people: number | undefined): { readonly dailyRecipientLimit?: number } {
  return people === undefined ? {} : { dailyRecipientLimit: people };
}

function tokenOfEntry(p: {
  readonly reader: SettingsReader;
  readonly env: Environment;
  readonly entry: SenderEntry;
  readonly path: string;
  readonly at: string;
  readonly fallback: TokenSource;
}): TokenSource {
  const { reader, entry, path } = p;
  if (entry.token !== undefined) return { kind: 'value', value: secret(entry.token) };
  if (entry.tokenFile !== undefined) {
    return fileToken({
      reader,
      path: entry.tokenFile,
      base: dirname(path),
      from: `${path} ${p.at}.tokenFile`,
    });
  }
  if (entry.tokenVariable === undefined) return p.fallback;
  const text = textOf(p.env, entry.tokenVariable);
  if (text !== undefined && headerText(text).ok) return { kind: 'value', value: secret(text) };
  const what = text === undefined ? 'is not set' : 'holds more than one word';
  reader.report(
    fileProblem(path, `at ${p.at}.tokenVariable: the variable ${entry.tokenVariable} ${what}`),
  );
  return { kind: 'none' };
}

/** A relative path counts from where it was written: the working directory, or the senders file. */
function fileToken(p: {
  readonly reader: SettingsReader;
  readonly path: string | undefined;
  readonly base: string;
  readonly from?: string;
}): TokenSource {
  if (p.path === undefined) return { kind: 'none' };
  const path = resolve(p.base, p.path);
  const text = readSettingsFile(path);
  if (!text.ok) {
    const expected = `a file that can be read (${text.error})`;
    const found = invalid('WHATSAPP_ACCESS_TOKEN_FILE', path, expected);
    p.reader.report(
      p.from === undefined
        ? found
        : problem('SETTING_INVALID', `${p.from} is "${path}"; expected ${expected}.`, {
            where: 'SENDERS_FILE',
          }),
    );
  }
  return { kind: 'file', path };
}

function fileProblem(path: string, complaint: string): Problem {
  return problem('SETTING_INVALID', `SENDERS_FILE ${path}: ${complaint}.`, {
    where: 'SENDERS_FILE',
    next: 'docs/settings.md shows its form.',
  });
}
