/** Requests that are refused, one for each status an operation describes; what is the same for all of a kind is said once. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { DESCRIPTION } from './described.ts';

/** What is sent. Headers in pairs, so that one may stand there twice. */
export interface Sent {
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Of the body, though it never comes. */
  readonly announced?: number;
  /** Somebody in a browser sends it: no key goes along. */
  readonly isKeyless?: true;
}

/** One operation of the description. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
  readonly hasQuery: boolean;
  readonly bodyTypes: readonly string[];
  /** Sessions alone reach it. */
  readonly isOfSessions: boolean;
}

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** All of them. */
export const OPERATIONS: readonly Operation[] = Object.entries(DESCRIPTION.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const { operationId, parameters = [], requestBody, responses } = described as Described;
      const statuses = Object.keys(responses).map(Number);
      return {
        ...{ id: operationId, method: method.toUpperCase(), path, statuses },
        hasQuery: parameters.some((one) => one.in === 'query'),
        bodyTypes: Object.keys(requestBody?.content ?? {}),
        isOfSessions: path.startsWith('/v1/session') && operationId !== 'logIn',
      };
    }),
);

const PERSON = '+16502530000';
const AT = new Date(0).toISOString();

/** Bodies that are right, for operations that read them before they look at anything else. */
const BODIES: Readonly<Record<string, object>> = {
  createCampaign: { template: 't', language: 'en' },
  retryRequests: {},
  createRequest: { to: PERSON, template: 't', language: 'en', parameters: ['Ann'] },
  settleRequest: { as: 'accepted' },
  checkPermissions: { to: PERSON },
  addSuppressions: { people: [PERSON] },
  putSuppression: {},
  createTemplate: {
    ...{ name: 'of_errors', language: 'en', category: 'utility', examples: ['Ann'] },
    body: 'Hello {{1}}, we would like to call you to help support your order.',
  },
  addEventSubscription: { url: 'https://events.invalid/' },
  replayEvents: { since: AT },
  logIn: { user: 'ann', password: 'wrong horse battery' },
  changeUser: { disabled: false },
};

/** The path with something in it that is not there, and the right body. */
export function plain(operation: Operation, of: Sent = {}): Sent {
  const body = BODIES[operation.id];
  const path = operation.path
    .replace('/campaigns/import', '/campaigns/import?template=t&language=en')
    .replace('{to}', PERSON)
    .replace('{name}', 'nothing_such')
    .replace('/senders/{id}', '/senders/999')
    .replace('/requests/{id}', '/requests/999999999')
    .replace('{row}', '1')
    .replace('{id}', 'cnothere');
  if (operation.bodyTypes.length > 1)
    return { path, headers: [['content-type', 'text/csv']], body: 'to\n+16502530000\n', ...of };
  return {
    path,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: [JSON_TYPE] }),
    ...of,
  };
}

const JSON_TYPE = ['content-type', 'application/json'] as const;
const TOO_LONG = 10 * 1024 * 1024 + 1;

/** What provokes a status of an operation whatever it does; `undefined` where that follows from what it does. */
export function ofItsKind(operation: Operation, status: number): Sent | undefined {
  const { path = '', headers = [] } = plain(operation);
  const type = operation.bodyTypes.length > 1 ? (['content-type', 'text/csv'] as const) : JSON_TYPE;
  switch (status) {
    case 400:
      if (operation.bodyTypes.length === 1) return { path, headers: [JSON_TYPE], body: '{"a":' };
      if (operation.hasQuery)
        return plain(operation, { path: `${path}${path.includes('?') ? '&' : '?'}nothing-such=1` });
      if (/\{/.test(operation.path))
        return { path: operation.path.replace(/\{\w+\}/, '%00'), headers };
      return { path, headers: [['authorization', 'Bearer of-somebody-else']] };
    case 401:
    case 403:
    case 429:
    case 500:
    case 503:
      return plain(operation);
    case 404:
      return plain(operation);
    case 408:
      return { path, headers: [type], announced: 100 };
    case 413:
      return { path, headers: [type], announced: TOO_LONG };
    case 415:
      return { path, headers: [['content-type', 'application/pdf']], body: 'x' };
    case 417:
      return { ...plain(operation), headers: [...headers, ['expect', 'a-wonder']] };
    case 431:
      return { ...plain(operation), headers: [...headers, ['x-long', 'x'.repeat(20_000)]] };
    default:
      return undefined;
  }
}

/** An answer, as the description speaks of it. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends it, and reads the answer; a body that was announced and never comes is not waited for. */
export async function ask(
  url: string,
  method: string,
  { path = '/', headers = [], body, announced }: Sent,
  key: string | null,
): Promise<Answered> {
  const own = key === null ? [] : [['authorization', `Bearer ${key}`] as const];
  const lines = [...own, ...headers];
  if (announced !== undefined) return announce(url, method, path, lines, announced);
  const names = [...new Set(lines.map(([name]) => name))];
  const sending = request(url + path, { method });
  for (const name of names) {
    const values = lines.filter(([one]) => one === name).map(([, value]) => value);
    sending.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) text += piece;
  const told = Object.entries(answer.headers).map(
    ([name, value]) => [name, String(value)] as [string, string],
  );
  return { status: answer.statusCode ?? 0, headers: new Headers(told), text };
}

async function announce(
  url: string,
  method: string,
  path: string,
  lines: readonly (readonly [string, string])[],
  bytes: number,
): Promise<Answered> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\n${head}Content-Length: ${bytes}\r\n\r\n`);
  let said = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (piece: string) => {
    said += piece;
    // What a kept connection would still take is nothing.
    if (isWhole(said)) socket.destroy();
  });
  await once(socket, 'close');
  const [top = '', text = ''] = said.split('\r\n\r\n');
  const [first = '', ...rest] = top.split('\r\n');
  const told = rest.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
  return { status: Number(first.split(' ')[1]), headers: new Headers(told), text };
}

function isWhole(said: string): boolean {
  const [top = '', text] = said.split('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(top)?.[1];
  return text !== undefined && length !== undefined && Buffer.byteLength(text) >= Number(length);
}
