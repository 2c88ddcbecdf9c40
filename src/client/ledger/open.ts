/** What the ledger client works with, opened by its first call. */
import { problemForPrograms } from '../../campaign/option-names.ts';
import type { Config } from '../../config/config.ts';
import { loadEnvironment } from '../../config/environment.ts';
import { readConfig } from '../../config/read-config.ts';
import type { Environment } from '../../config/settings-reader.ts';
import { given } from '../../core/given.ts';
import { type Problem, ProblemError, problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { silentLogger } from '../../telemetry/log.ts';
import type { App } from '../../wiring.ts';
import { CLIENT, checkInput } from '../check-input.ts';
import type { ClientOptions } from '../input.ts';

/** Opens the ledger of these options and the environment. */
export async function openFor(options: ClientOptions): Promise<App> {
  checkInput(options, CLIENT);
  const config = configFor(options);
  const { openApp } = await import('../../wiring.ts');
  return unwrap(await openApp(config, silentLogger, { queue: 'look' }));
}

function configFor(options: ClientOptions): Config {
  const env: Environment = {
    ...unwrap(loadEnvironment()),
    ...given({
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      DATA_DIR: options.dataDir,
    }),
  };
  const config = unwrapAll(readConfig(env));
  // A program that was never told where the ledger is must not begin one of its own, which nobody serves.
  if (config.databaseUrl === undefined && options.dataDir === undefined) {
    throw new ProblemError(
      problem('SETTING_MISSING', 'The client was not told which database to use.', {
        where: 'DATABASE_URL',
        next: 'Set DATABASE_URL, or give createClient({ databaseUrl }). createClient({ dataDir }) uses the embedded Postgres of that folder, which the callpermit processes of this machine share.',
      }),
    );
  }
  const { sender } = options;
  if (sender === undefined || config.senders.some((s) => s.phoneNumberId === sender)) return config;
  return unwrapAll(readConfig({ ...env, WHATSAPP_PHONE_NUMBER_ID: sender }));
}

/** The value, or a throw of the problem in the words of programs. */
export function unwrap<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new ProblemError(problemForPrograms(result.error));
}

function unwrapAll<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  const [first] = result.error;
  if (first === undefined) throw new Error('Expected at least one problem, got none');
  const message = result.error.map((p) => p.message).join(' ');
  throw new ProblemError({ ...first, message });
}
