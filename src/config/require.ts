/**
 * Settings that only some commands need: an export wants no token, so a missing one is a problem
 * of the command that needs it, not of the configuration.
 */
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { withoutLikelySecrets } from '../core/secret-text.ts';
import type { AccountConfig, Config, Secret, SenderConfig } from './config.ts';
import type { SettingName } from './settings.ts';

/** The sender to use: the one named, else the environment's, else the first of `SENDERS_FILE`. */
export function requireSender(config: Config, senderId?: string): Result<SenderConfig, Problem> {
  const found = findSender(config, senderId);
  if (!found.ok) return found;
  return found.value.token.kind === 'none' ? err(missingToken()) : found;
}

/** An account with its id and a token, for calls about templates; by sender where one is named. */
export function requireAccount(
  config: Config,
  senderId?: string,
): Result<AccountConfig & { readonly businessAccountId: string }, Problem> {
  const own = config.account.businessAccountId === undefined ? config.senders[0] : config.account;
  const found = senderId === undefined ? ok(own ?? config.account) : findSender(config, senderId);
  if (!found.ok) return found;
  const { businessAccountId, token } = found.value;
  if (businessAccountId === undefined) {
    return err(
      missing('WHATSAPP_BUSINESS_ACCOUNT_ID', 'Set it to the id of the business account.'),
    );
  }
  return token.kind === 'none' ? err(missingToken()) : ok({ businessAccountId, token });
}

/** The secrets that webhooks are signed with, at least one. */
export function requireAppSecrets(config: Config): Result<readonly Secret[], Problem> {
  if (config.appSecrets.length > 0) return ok(config.appSecrets);
  return err(
    missing('WHATSAPP_APP_SECRET', "Set it to the app's secret (App settings, Basic) at Meta."),
  );
}

/** The key by which people are forgotten. */
export function requireForgetKey(config: Config): Result<Secret, Problem> {
  const { forgetKey } = config;
  if (forgetKey !== undefined) return ok(forgetKey);
  return err(
    missing(
      'FORGET_KEY',
      'Set it to a long random text (openssl rand -hex 32), and keep it for good.',
    ),
  );
}

function findSender(config: Config, senderId: string | undefined): Result<SenderConfig, Problem> {
  const known = config.senders.map((sender) => sender.phoneNumberId);
  if (senderId !== undefined) {
    const sender = config.senders.find((s) => s.phoneNumberId === senderId);
    if (sender) return ok(sender);
    const next = `Known are: ${known.join(', ') || 'none (set WHATSAPP_PHONE_NUMBER_ID)'}.`;
    const named = withoutLikelySecrets(senderId);
    return err(problem('NOT_FOUND', `There is no sender ${named} in the settings.`, { next }));
  }
  const first = config.senders[0];
  if (!first) {
    return err(missing('WHATSAPP_PHONE_NUMBER_ID', 'Set it to the id of the number that asks.'));
  }
  return ok(first);
}

function missingToken(): Problem {
  return missing('WHATSAPP_ACCESS_TOKEN', 'Set it, or WHATSAPP_ACCESS_TOKEN_FILE.');
}

function missing(name: SettingName, next: string): Problem {
  return problem('SETTING_MISSING', `${name} is not set.`, { where: name, next });
}
