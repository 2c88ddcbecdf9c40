/** Clients against wire servers, all closed when a test ends. */
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterEach, expect } from '@jest/globals';
import type { SendInput } from '../../src/core/graph.ts';
import type { Outcome } from '../../src/core/verdicts/outcome.ts';
import {
  createGraphClient,
  type GraphClient,
  type GraphClientParams,
} from '../../src/graph/client.ts';
import { type WireRequest, type WireServer, wireServer } from './servers.ts';

/** A token as Meta's look, to search for in what must not hold it. */
export const TOKEN = 'EAAtesttoken0123456789abcdef';

/** The least a send can be. */
export const INPUT: SendInput = {
  to: '+16505551234',
  template: 't',
  language: 'en',
  header: [],
  body: [{ text: 'Ann' }],
  callbackData: '7.1',
};

/** What becomes of one request: bytes and then the end, or anything at all. */
export type Answer = string | ((socket: Socket, request: WireRequest) => unknown);

/** Makes servers and clients, and closes them after each test of the file that calls this. */
export function createBench() {
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    // At once: a client ends when the server has let go of what it never answers.
    await Promise.all(open.splice(0).map((close) => close()));
  });

  /** A client of number 106540352242922 and account 4711. */
  function client(baseUrl: string, more: Partial<GraphClientParams> = {}): GraphClient {
    const made = createGraphClient({
      baseUrl,
      version: 'v24.0',
      token: () => TOKEN,
      phoneNumberId: '106540352242922',
      businessAccountId: '4711',
      requestTimeoutMs: 20_000,
      ...more,
    });
    open.push(() => made.close());
    return made;
  }

  async function serve(answer: Answer, tls?: TlsOptions): Promise<WireServer> {
    const server = await wireServer((socket, request) => {
      if (typeof answer === 'string') socket.end(answer);
      else answer(socket, request);
    }, tls);
    open.push(() => server.close());
    return server;
  }

  async function setUp(
    answer: Answer,
    more: Partial<GraphClientParams> = {},
  ): Promise<{ readonly server: WireServer; readonly client: GraphClient }> {
    const server = await serve(answer);
    return { server, client: client(server.url, more) };
  }

  /** The outcome of one send that is answered so; checks that it was one POST and that no token shows. */
  async function outcomeOf(
    answer: Answer,
    more: Partial<GraphClientParams> = {},
  ): Promise<Outcome> {
    const bench = await setUp(answer, more);
    const outcome = await bench.client.send(INPUT);
    expect(bench.server.requests).toHaveLength(1);
    expect(JSON.stringify(outcome)).not.toContain(TOKEN);
    return outcome;
  }

  return {
    client,
    serve,
    setUp,
    outcomeOf,
    onEnd: (close: () => unknown) => void open.push(close),
  };
}
