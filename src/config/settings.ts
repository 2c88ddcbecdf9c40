/**
 * Every setting there is, in one table: `callpermit --help`, `docs/settings.md` and `.env.example`
 * are made from it, and a test fails where a setting is read that is not in here.
 */

/** One environment variable callpermit reads. */
export interface Setting {
  readonly group: string;
  /** What it does, in one sentence. */
  readonly text: string;
  /** The value in force when it is unset; absent: none. */
  readonly default?: string;
  /** What to do where its value cannot be used. */
  readonly next?: string;
  /** Its value is never shown. */
  readonly secret?: true;
}

const META = 'Meta';
const RULES = 'Rules';
const STORES = 'Database and queue';
const SERVER = 'HTTP server';
const EVENTS = 'Events';
const RUNNING = 'Running';
const WATCHING = 'Watching';

/** The settings by name, in the order they are shown. */
export const SETTINGS = {
  WHATSAPP_ACCESS_TOKEN: {
    group: META,
    text: 'Access token with whatsapp_business_messaging and whatsapp_business_management.',
    secret: true,
  },
  WHATSAPP_ACCESS_TOKEN_FILE: {
    group: META,
    text: 'File that holds the token instead; it is read again when it changes.',
  },
  WHATSAPP_PHONE_NUMBER_ID: {
    group: META,
    text: 'Id of the business phone number that asks (the id, not the number).',
  },
  WHATSAPP_BUSINESS_ACCOUNT_ID: {
    group: META,
    text: 'Id of the WhatsApp business account that owns the templates.',
  },
  SENDERS_FILE: {
    group: META,
    text: 'JSON file of further senders, each with its own token, account, rate and portfolio.',
  },
  WHATSAPP_APP_SECRET: {
    group: META,
    text: 'App secret that webhooks are signed with; several, comma separated, while it is changed or where several apps call.',
    secret: true,
  },
  WHATSAPP_WEBHOOK_VERIFY_TOKEN: {
    group: META,
    text: 'The word that Meta repeats when a webhook is set up; unset: the set-up is refused.',
    secret: true,
  },
  WEBHOOK_RETENTION_DAYS: {
    group: META,
    text: 'How many days webhooks are kept as they came (1 to 3650).',
    default: '30',
  },
  GRAPH_BASE_URL: {
    group: META,
    text: 'Where the Graph API is; a simulator in tests.',
    default: 'https://graph.facebook.com',
  },
  GRAPH_ALLOW_HTTP: {
    group: META,
    text: '1 allows a GRAPH_BASE_URL without TLS on another machine: the token travels unencrypted.',
    default: '0',
  },
  GRAPH_API_VERSION: { group: META, text: 'Version of the Graph API.', default: 'v24.0' },
  MESSAGES_PER_SECOND: {
    group: RULES,
    text: 'Most requests in any one second, over all processes, per sender (1 to 1000).',
    default: '80',
  },
  PAIR_LIMIT_PER_DAY: {
    group: RULES,
    text: 'How often one person may be asked within 24 hours.',
    default: '1',
  },
  PAIR_LIMIT_PER_WEEK: {
    group: RULES,
    text: 'How often one person may be asked within 7 days.',
    default: '2',
  },
  DAILY_RECIPIENT_LIMIT: {
    group: RULES,
    text: "Most people asked in a moving 24 hours, per portfolio; unset: read from the number's messaging limit.",
  },
  DEFAULT_COUNTRY: {
    group: RULES,
    text: 'Country of numbers without a country code, like US; unset: such lines are refused.',
  },
  OPT_OUT_WORDS_FILE: {
    group: RULES,
    text: 'JSON file of words by which a text from a person is an opt-out, by language: { "en": ["stop"] }; unset: none is.',
  },
  CALL_PERMISSION_CHECKS_PER_SECOND: {
    group: RULES,
    text: 'Most questions about call permissions in any one second, per sender (1 to 100).',
    default: '80',
  },
  FORGET_KEY: {
    group: RULES,
    text: 'Key of the hashes that stand for people who were forgotten: 32 characters or more, long and random (openssl rand -hex 32), kept for good; needed by `forget`, and wherever lists or single requests come in once somebody was forgotten.',
    next: 'Make a long random one (openssl rand -hex 32), and keep it for good.',
    secret: true,
  },
  UNCERTAIN_POLICY: {
    group: RULES,
    text: 'Requests whose outcome is unknown: hold, or resend-after-check (a weaker promise).',
    default: 'hold',
  },
  UNCERTAIN_CHECK_AFTER_MS: {
    group: RULES,
    text: 'How long after an unknown outcome Meta is asked what became of it.',
    default: '900000',
  },
  DATABASE_URL: {
    group: STORES,
    text: 'Postgres 15 or newer; unset: an embedded Postgres in DATA_DIR.',
    secret: true,
  },
  DATABASE_DIRECT_URL: {
    group: STORES,
    text: 'The same database past a transaction pooler (pgbouncer, Supabase, Neon): news is heard there at once; unset: it is looked for four times a second.',
    secret: true,
  },
  REDIS_URL: {
    group: STORES,
    text: 'Redis or Valkey for the queue; unset: the queue lives in the database.',
    secret: true,
  },
  DATA_DIR: {
    group: STORES,
    text: 'Folder of the embedded Postgres; processes that name the same folder share it.',
    default: './data',
  },
  HOST: { group: SERVER, text: 'Address to listen on.', default: '127.0.0.1' },
  PORT: { group: SERVER, text: 'Port to listen on; 0 takes a free one.', default: '3000' },
  PUBLIC_URL: {
    group: SERVER,
    text: 'How others reach the server, with the path that a proxy serves it under, like https://example.com/callpermit.',
  },
  TRUST_PROXY: {
    group: SERVER,
    text: 'Proxies whose X-Forwarded-For, -Host and -Prefix are believed: addresses, networks (10.0.0.0/8) or loopback, comma separated; 1 believes everybody.',
    default: '0',
  },
  API_KEYS: {
    group: SERVER,
    text: 'Bearer keys of the HTTP API that may do everything, comma separated; keys with a name and a scope are made by callpermit key create.',
    secret: true,
  },
  API_REQUESTS_PER_MINUTE: {
    group: SERVER,
    text: 'Most requests of one API key in a minute, per process; what is more is answered 429.',
    default: '30000',
  },
  DASHBOARD_USER: { group: SERVER, text: 'User name of the pages.' },
  DASHBOARD_PASSWORD: { group: SERVER, text: 'Password of the pages.', secret: true },
  DASHBOARD_ACTIONS: {
    group: SERVER,
    text: '1 allows to change jobs and to pause queues in the dashboard; else it only shows.',
    default: '0',
  },
  CONSOLE_USER_HEADER: {
    group: SERVER,
    text: 'Header by which a proxy of TRUST_PROXY says who has logged in at it, like X-Forwarded-User; unset: people log in here.',
  },
  CONSOLE_ROLE_HEADER: {
    group: SERVER,
    text: 'Header by which that proxy says their role: viewer, operator or admin; unset: that of the user of this name, or CONSOLE_DEFAULT_ROLE.',
  },
  CONSOLE_DEFAULT_ROLE: {
    group: SERVER,
    text: 'Role of who is named by that proxy alone: viewer, operator or admin.',
    default: 'viewer',
  },
  AUDIT_RETENTION_DAYS: {
    group: SERVER,
    text: 'How many days the audit log says who did what (0 to 36500); 0: for good.',
    default: '400',
  },
  EVENTS_URL: {
    group: EVENTS,
    text: 'Where events are posted, like https://example.com/hooks; further receivers are added by callpermit events subscriptions.',
  },
  EVENTS_SECRET: {
    group: EVENTS,
    text: 'Secret that events to EVENTS_URL are signed with: whsec_ and 24 to 64 random bytes in base64.',
    next: 'Make one: echo "whsec_$(openssl rand -base64 32)".',
    secret: true,
  },
  EVENTS_TYPES: {
    group: EVENTS,
    text: 'Types of events posted to EVENTS_URL, comma separated, like request.accepted,permission.granted; unset: all.',
  },
  EVENTS_KEY: {
    group: EVENTS,
    text: 'Key that the secrets of subscriptions are made from: 32 characters or more, long and random (openssl rand -hex 32); needed to add one, and by each process that posts to it.',
    next: 'Make a long random one (openssl rand -hex 32), and keep it.',
    secret: true,
  },
  EVENTS_QUEUE: {
    group: EVENTS,
    text: '1 adds all events as jobs to the queue callpermit-events too.',
    default: '0',
  },
  EVENTS_ALLOW_PRIVATE: {
    group: EVENTS,
    text: '1 lets events go to private, loopback and link-local addresses, and without TLS.',
    default: '0',
  },
  EVENTS_RETENTION_DAYS: {
    group: EVENTS,
    text: 'How many days events are kept (1 to 365).',
    default: '7',
  },
  WORKER_CONCURRENCY: {
    group: RUNNING,
    text: 'Requests that a process holds for one sender, waiting or on their way; unset: follows from rate and latency.',
  },
  REQUEST_TIMEOUT_MS: {
    group: RUNNING,
    text: 'How long Meta may take to answer; after it the outcome is unknown.',
    default: '30000',
  },
  LOG_LEVEL: {
    group: WATCHING,
    text: 'trace, debug, info, warn, error, fatal or silent; debug says what became of each message.',
    default: 'info',
  },
  LOG_PII: {
    group: WATCHING,
    text: '1 writes whole phone numbers into the log; else they are masked. Tokens are in none.',
    default: '0',
  },
  METRICS_PORT: {
    group: WATCHING,
    text: 'Port of a server of its own for /metrics and /health, in any process, without a key; unset: none. api and up have /metrics on PORT too.',
  },
  METRICS_HOST: {
    group: WATCHING,
    text: 'Address that METRICS_PORT listens on.',
    default: '127.0.0.1',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    group: WATCHING,
    text: 'Where traces are sent (OTLP over HTTP), like http://127.0.0.1:4318; unset: none are made.',
  },
} as const satisfies Record<string, Setting>;

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** A setting with its name, as {@link Setting} rather than as the literal of the table. */
export function listSettings(): readonly (Setting & { readonly name: SettingName })[] {
  return Object.entries(SETTINGS).map(([name, setting]) => ({
    name: name as SettingName,
    ...setting,
  }));
}
