/** One POST of a webhook over connections that are kept, and how it was answered. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The HTTP status, or why there was none. */
export type PostOutcome = number | 'timeout' | 'unreachable';

/** Makes the POSTs of one simulator. */
export class Poster {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(connections: number) {
    // Room for those that are posted before an answer and wait for nobody's turn.
    const options = { keepAlive: true, maxSockets: connections + 64 };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  /** Posts `body`; redirects are not followed, as Meta does not. */
  async post(
    url: string,
    body: string,
    signature: string | undefined,
    timeoutMs: number,
  ): Promise<PostOutcome> {
    const first = await this.#once(url, body, signature, timeoutMs);
    // The other side closed a kept connection just as it was used: nothing was sent.
    return first === 'stale' ? unstale(await this.#once(url, body, signature, timeoutMs)) : first;
  }

  /** Ends every connection, those in use too. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #once(
    url: string,
    body: string,
    signature: string | undefined,
    timeoutMs: number,
  ): Promise<PostOutcome | 'stale'> {
    return new Promise((resolve) => {
      const isSecure = url.startsWith('https:');
      const posted = (isSecure ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        agent: isSecure ? this.#https : this.#http,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'facebookexternalua',
          ...(signature === undefined ? {} : { 'x-hub-signature-256': signature }),
        },
      });
      const timer = setTimeout(() => {
        resolve('timeout');
        posted.destroy();
      }, timeoutMs);
      posted.on('response', (response) => {
        clearTimeout(timer);
        response.resume();
        response.on('error', () => undefined);
        resolve(response.statusCode ?? 'unreachable');
      });
      posted.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        resolve(posted.reusedSocket && error.code === 'ECONNRESET' ? 'stale' : 'unreachable');
      });
      posted.end(body);
    });
  }
}

function unstale(outcome: PostOutcome | 'stale'): PostOutcome {
  return outcome === 'stale' ? 'unreachable' : outcome;
}
