/** A simulator for one test, and the calls every test makes. */
import { afterEach } from '@jest/globals';
import {
  type Simulator,
  type SimulatorProfileInput,
  startSimulator,
} from '../../src/simulator/index.ts';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** Starts one with the approved template `t` (one positional variable) unless told otherwise. */
export async function start(profile: SimulatorProfileInput = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    profile: { messagesPerSecond: 10_000, templates: [{ name: 't' }], ...profile },
  });
  running.push(simulator);
  return simulator;
}

/** JSON that a test looks into; every field may be there. */
export type Body = ReturnType<typeof JSON.parse>;

/** What came back, as far as it could be read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly code: number | undefined;
}

/** A Graph call; paths begin with a slash. */
export async function graph(
  simulator: Simulator,
  method: string,
  path: string,
  body?: unknown,
  token: string | null = simulator.token,
): Promise<Reply> {
  const response = await fetch(simulator.url + path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const read = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  return {
    status: response.status,
    headers: response.headers,
    body: read,
    code: read?.error?.code,
  };
}

/** The body of a right send; fields may be put in its place or taken out with `undefined`. */
export function sendBody(to: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'template',
    template: template(),
    ...more,
  };
}

/** The template part of a send, with one text parameter for each of `texts`. */
export function template(
  name = 't',
  language = 'en',
  texts: readonly string[] = ['Ann'],
): Record<string, unknown> {
  return {
    name,
    language: { code: language },
    components: [{ type: 'body', parameters: texts.map((text) => ({ type: 'text', text })) }],
  };
}

/** Sends to one person. */
export function send(
  simulator: Simulator,
  to: string,
  more: Record<string, unknown> = {},
  token?: string | null,
): Promise<Reply> {
  const path = `/v24.0/${simulator.phoneNumberId}/messages`;
  return graph(simulator, 'POST', path, sendBody(to, more), token);
}
