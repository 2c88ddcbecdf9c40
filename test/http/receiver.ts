/** A receiver of webhooks over a real database and a real port, and who signs as Meta does. */
import { createHmac } from 'node:crypto';
import { readConfig } from '../../src/config/read-config.ts';
import { type HttpOptions, type RunningHttp, startHttp } from '../../src/http/server.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { type App, openApp } from '../../src/wiring.ts';

/** The app's secret. */
export const APP_SECRET = 'app-secret';

/** A receiver and what it says. */
export interface Receiver {
  readonly app: App;
  readonly http: RunningHttp;
  readonly url: string;
  readonly logged: () => string;
  /** Delivers a body, signed unless told. */
  deliver(body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startReceiver(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  options: HttpOptions = {},
): Promise<Receiver> {
  let logged = '';
  const write = (line: string) => {
    logged += line;
  };
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    WHATSAPP_APP_SECRET: `older, ${APP_SECRET}`,
    WHATSAPP_WEBHOOK_VERIFY_TOKEN: 'the word',
    ...env,
  });
  if (!config.ok) throw new Error(config.error.map((p) => p.message).join(' '));
  const log = createLogger({ level: 'debug', name: 'test', stream: { write } });
  const opened = await openApp(config.value, log, { queue: 'none' });
  if (!opened.ok) throw new Error(opened.error.message);
  const app = opened.value;
  const http = await startHttp(app, { port: 0, onlyWebhooks: true, ...options });
  const url = `${http.url}/webhooks/whatsapp`;
  return {
    app,
    http,
    url,
    logged: () => logged,
    deliver: (body, headers = signed(body)) =>
      fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async close() {
      await http.close();
      await app.close();
    },
  };
}

/** The header of Meta's signature. */
export function signed(body: string | Buffer, secret: string = APP_SECRET): Record<string, string> {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  return { 'x-hub-signature-256': `sha256=${hex}` };
}
