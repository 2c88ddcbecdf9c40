/** callpermit's HTTP side over real servers: a database, a queue, a simulator, a port. */
import type { Config } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { type HttpOptions, type RunningHttp, startHttp } from '../../src/http/server.ts';
import {
  type Simulator,
  type SimulatorProfileInput,
  startSimulator,
} from '../../src/simulator/index.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { metricsWatch } from '../../src/wiring/metrics.ts';
import { type App, openApp } from '../../src/wiring.ts';
import { answersAsDescribed, DESCRIPTION } from './described.ts';

const describedAnswer = answersAsDescribed(DESCRIPTION);

/** A key that opens the API under test. */
export const KEY = 'key-one';

/** A service and what it stands on. */
export interface Service {
  readonly app: App;
  readonly http: RunningHttp;
  readonly simulator: Simulator;
  /** What it has logged. */
  readonly logged: () => string;
  /** `fetch` with a key; JSON bodies may be given as values. Each answer is held against the description of the API. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** How to call. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: none. */
  readonly key?: string | null;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // A test looks into it; every field may be there.
  readonly body: ReturnType<typeof JSON.parse>;
}

/**
 * Starts a service with the approved templates `t` (`{{1}}`) and `plain` (no variable).
 * @param unkind how its simulator behaves, but for its templates
 */
export async function startService(
  ground: { readonly databaseUrl: string; readonly redisUrl?: string | undefined },
  env: Readonly<Record<string, string>> = {},
  options: HttpOptions = {},
  unkind: SimulatorProfileInput = {},
): Promise<Service> {
  const simulator = await startSimulator({
    profile: {
      messagesPerSecond: 100_000,
      ...unkind,
      templates: [
        { name: 't' },
        { name: 'waiting', status: 'PENDING' },
        {
          name: 'headed',
          components: [
            { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' },
            { type: 'BODY', text: 'Hello {{1}}, may we call you?' },
            { type: 'call_permission_request' },
          ],
        },
        {
          name: 'plain',
          components: [{ type: 'BODY', text: 'May we call?' }, { type: 'call_permission_request' }],
        },
      ],
    },
  });
  let logged = '';
  const app = await open(
    {
      GRAPH_BASE_URL: simulator.url,
      WHATSAPP_ACCESS_TOKEN: simulator.token,
      WHATSAPP_PHONE_NUMBER_ID: simulator.phoneNumberId,
      WHATSAPP_BUSINESS_ACCOUNT_ID: simulator.businessAccountId,
      DATABASE_URL: ground.databaseUrl,
      API_KEYS: `another, ${KEY}`,
      PORT: '0',
      ...(ground.redisUrl === undefined ? {} : { REDIS_URL: ground.redisUrl }),
      ...env,
    },
    (line) => {
      logged += line;
    },
  );
  const http = await startHttp(app, options);
  return {
    app,
    http,
    simulator,
    logged: () => logged,
    async call(method, path, options) {
      const answer = await call(http.url + path, method, options);
      const { status, headers, text } = answer;
      if (method !== 'HEAD') describedAnswer({ method, path, status, headers, text });
      return answer;
    },
    async close() {
      await http.close();
      await app.close();
      await simulator.close();
    },
  };
}

/** A body of so many people, each with another number. */
export function people(n: number, first = 0): { to: string; reference: string; 1: string }[] {
  return Array.from({ length: n }, (_, i) => ({
    to: `+1650${String(2_000_000 + first + i)}`,
    reference: `r${first + i}`,
    1: 'Ann',
  }));
}

/** The settings, checked. */
function configOf(env: Readonly<Record<string, string>>): Config {
  const config = readConfig(env);
  if (config.ok) return config.value;
  throw new Error(config.error.map((p) => p.message).join(' '));
}

async function open(
  env: Readonly<Record<string, string>>,
  write: (line: string) => void,
): Promise<App> {
  const log = createLogger({ level: 'debug', name: 'test', stream: { write } });
  const app = await openApp(configOf(env), log, {
    queue: 'needed',
    metrics: metricsWatch({ process: 'test', version: '0' }),
  });
  if (app.ok) return app.value;
  throw new Error(app.error.message);
}

async function call(url: string, method: string, options: CallOptions = {}): Promise<Answer> {
  const { body, headers = {}, key = KEY } = options;
  const isRaw = typeof body === 'string' || body instanceof ReadableStream;
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  const text = await response.text();
  const isJson = text !== '' && /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}
