/** The environment turned into one checked, frozen object: nothing else decides what a setting means. */
import { resolve } from 'node:path';
import { given } from '../core/given.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
  anyText,
  country,
  httpBase,
  listenHost,
  longKey,
  matching,
  oneOf,
  proxies,
  publicBase,
  url,
  wholeNumber,
} from './checks.ts';
import type { Config, Secret } from './config.ts';
import { readConsole } from './console.ts';
import { readEvents } from './events.ts';
import { secret } from './secret.ts';
import { readAccount, readSenders } from './senders.ts';
import { rate } from './senders-file.ts';
import type { SettingName } from './settings.ts';
import {
  type Environment,
  type SettingsReader,
  settingsReader,
  textOf,
} from './settings-reader.ts';

/** Far above the 25 a day that Meta allows sandbox numbers; a guard against typos only. */
const MAX_PAIR_LIMIT = 1000;
const DAY_MS = 86_400_000;

/**
 * Checks all settings at once.
 *
 * @param env the environment, `.env` already merged in (`loadEnvironment`)
 * @param options.cwd what relative paths count from; the working directory by default
 */
export function readConfig(
  env: Environment,
  options: { readonly cwd?: string } = {},
): Result<Config, readonly Problem[]> {
  const reader = settingsReader(env);
  const cwd = options.cwd ?? process.cwd();
  const account = readAccount({ reader, env, cwd });
  const messagesPerSecond = reader.require('MESSAGES_PER_SECOND', rate);
  const dailyRecipientLimit = reader.read('DAILY_RECIPIENT_LIMIT', wholeNumber(1, 100_000_000));
  const allowHttp = reader.require('GRAPH_ALLOW_HTTP', oneOf(['0', '1']));
  const trustProxy = reader.require('TRUST_PROXY', proxies);
  const config: Config = {
    graphBaseUrl: reader.require('GRAPH_BASE_URL', httpBase(allowHttp === '1')),
    graphApiVersion: reader.require(
      'GRAPH_API_VERSION',
      matching(/^v\d+\.\d+$/, 'a version like v24.0'),
    ),
    account,
    senders: readSenders({
      reader,
      env,
      cwd,
      account,
      messagesPerSecond,
      ...given({ dailyRecipientLimit }),
    }),
    events: readEvents(reader),
    pairLimit: readPairLimit(reader),
    dataDir: resolve(cwd, reader.require('DATA_DIR', anyText)),
    host: reader.require('HOST', listenHost),
    port: reader.require('PORT', wholeNumber(0, 65_535)),
    trustProxy,
    console: readConsole(reader, trustProxy),
    auditRetentionDays: reader.require('AUDIT_RETENTION_DAYS', wholeNumber(0, 36_500)),
    dashboardActions: reader.require('DASHBOARD_ACTIONS', oneOf(['0', '1'])) === '1',
    apiKeys: secretsOf(env, 'API_KEYS'),
    apiRequestsPerMinute: reader.require('API_REQUESTS_PER_MINUTE', wholeNumber(1, 10_000_000)),
    appSecrets: secretsOf(env, 'WHATSAPP_APP_SECRET'),
    webhookRetentionDays: reader.require('WEBHOOK_RETENTION_DAYS', wholeNumber(1, 3650)),
    callPermissionChecksPerSecond: reader.require(
      'CALL_PERMISSION_CHECKS_PER_SECOND',
      wholeNumber(1, 100),
    ),
    requestTimeoutMs: reader.require('REQUEST_TIMEOUT_MS', wholeNumber(100, 600_000)),
    uncertainPolicy: reader.require('UNCERTAIN_POLICY', oneOf(['hold', 'resend-after-check'])),
    uncertainCheckAfterMs: reader.require('UNCERTAIN_CHECK_AFTER_MS', wholeNumber(0, DAY_MS)),
    logLevel: reader.require(
      'LOG_LEVEL',
      oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    ),
    logPii: reader.require('LOG_PII', oneOf(['0', '1'])) === '1',
    metricsHost: reader.require('METRICS_HOST', listenHost),
    ...readDashboard(reader),
    ...given({
      metricsPort: reader.read('METRICS_PORT', wholeNumber(0, 65_535)),
      otlpEndpoint: reader.read('OTEL_EXPORTER_OTLP_ENDPOINT', publicBase),
      webhookVerifyToken: reader.readSecret('WHATSAPP_WEBHOOK_VERIFY_TOKEN', anyText),
      optOutWordsFile: reader.read('OPT_OUT_WORDS_FILE', anyText),
      forgetKey: reader.readSecret('FORGET_KEY', longKey),
      dailyRecipientLimit,
      defaultCountry: reader.read('DEFAULT_COUNTRY', country),
      databaseUrl: reader.read('DATABASE_URL', url(['postgres', 'postgresql'])),
      databaseDirectUrl: reader.read('DATABASE_DIRECT_URL', url(['postgres', 'postgresql'])),
      publicUrl: reader.read('PUBLIC_URL', publicBase),
      redisUrl: reader.read('REDIS_URL', url(['redis', 'rediss'])),
      workerConcurrency: reader.read('WORKER_CONCURRENCY', wholeNumber(1, 10_000)),
    }),
  };
  return reader.problems.length > 0 ? err(reader.problems) : ok(deepFreeze(config));
}

/** Secrets with commas between them. */
function secretsOf(env: Environment, name: SettingName): readonly Secret[] {
  return (textOf(env, name) ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(secret);
}

function readPairLimit(reader: SettingsReader): Config['pairLimit'] {
  const perDay = reader.require('PAIR_LIMIT_PER_DAY', wholeNumber(1, MAX_PAIR_LIMIT));
  const perWeek = reader.require('PAIR_LIMIT_PER_WEEK', wholeNumber(1, MAX_PAIR_LIMIT));
  return { perDay, perWeek };
}

function readDashboard(reader: SettingsReader): Pick<Config, 'dashboard'> {
  // Basic authentication (RFC 7617) ends the user name at the first colon.
  const user = reader.read('DASHBOARD_USER', matching(/^[^:]+$/, 'a name without a colon'));
  const password = reader.readSecret('DASHBOARD_PASSWORD', anyText);
  if (user !== undefined && password !== undefined) return { dashboard: { user, password } };
  if (user !== undefined || password !== undefined) {
    const [missing, set] =
      user === undefined
        ? ['DASHBOARD_USER', 'DASHBOARD_PASSWORD']
        : ['DASHBOARD_PASSWORD', 'DASHBOARD_USER'];
    const message = `${missing} is not set, but ${set} is.`;
    reader.report(
      problem('SETTING_MISSING', message, { where: missing, next: 'Set both or none.' }),
    );
  }
  return {};
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
