import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { Outcome, Uncertain } from '../../src/core/verdicts/outcome.ts';
import type { GraphClient } from '../../src/graph/client.ts';
import { http, portOf, type WireRequest } from './servers.ts';
import { createBench, INPUT } from './support.ts';

const { client: clientOf, serve, setUp, onEnd } = createBench();

const REFUSAL = http(400, { error: { code: 131026, type: 'OAuthException', message: 'no' } });

const toOf = (request: WireRequest): string => JSON.parse(request.body).to;
const wamidOf = (to: string): string => `wamid.${to.slice(1)}`;
const acceptanceOf = (to: string): string =>
  http(200, {
    contacts: [{ input: to, wa_id: to.slice(1) }],
    messages: [{ id: wamidOf(to), message_status: 'accepted' }],
  });
const personOf = (n: number): string => `+1650555${1000 + n}`;

/** Sends to so many people, and gives what each heard. */
async function askAll(client: GraphClient, people: number): Promise<Map<string, Outcome>> {
  const heard = await Promise.all(
    Array.from({ length: people }, async (_, n) => {
      const to = personOf(n);
      return [to, await client.send({ ...INPUT, to })] as const;
    }),
  );
  return new Map(heard);
}

/** Everybody who was accepted has the message id of nobody else. */
function expectOwn(heard: ReadonlyMap<string, Outcome>): void {
  for (const [to, outcome] of heard) {
    if (outcome.kind === 'accepted') expect(outcome.wamid).toBe(wamidOf(to));
    else expect(outcome).toMatchObject({ kind: 'uncertain' });
  }
}

const kinds = (heard: ReadonlyMap<string, Outcome>, kind: Outcome['kind']): number =>
  [...heard.values()].filter((outcome) => outcome.kind === kind).length;

describe('an acceptance of somebody else', () => {
  test('that comes as a late second answer on a kept-alive connection is nobody’s', async () => {
    const again = new Map<Socket, string>();
    const { server, client } = await setUp(
      (socket, request) => {
        const to = toOf(request);
        // The answer before comes once more, now that somebody waits for one.
        socket.write(again.get(socket) ?? '');
        again.delete(socket);
        if (request.onConnection % 3 === 1) again.set(socket, acceptanceOf(to));
        socket.write(acceptanceOf(to));
      },
      { connections: 4 },
    );
    const heard = await askAll(client, 60);
    expectOwn(heard);
    expect(server.requests).toHaveLength(60);
    expect(kinds(heard, 'accepted')).toBeGreaterThanOrEqual(30);
    expect(kinds(heard, 'uncertain')).toBeGreaterThan(0);
    const [mismatched] = [...heard.values()].filter((o) => o.kind === 'uncertain');
    expect(mismatched).toEqual({
      kind: 'uncertain',
      cause: 'foreign-answer',
      detail: 'HTTP 200 with an answer to somebody else',
      raw: expect.stringContaining('"messages"'),
    });
  });

  test('that is shifted by one for good costs one request a connection, not all of them', async () => {
    const before = new Map<Socket, string>();
    const { server, client } = await setUp(
      (socket, request) => {
        const own = acceptanceOf(toOf(request));
        socket.write(request.onConnection < 5 ? own : (before.get(socket) ?? own));
        before.set(socket, own);
      },
      { connections: 1 },
    );
    const heard = await askAll(client, 20);
    expectOwn(heard);
    expect([kinds(heard, 'accepted'), server.connections]).toEqual([16, 4]);
  });

  test('that a proxy gives to another of its clients', async () => {
    const server = await serve((socket, request) => socket.write(acceptanceOf(toOf(request))));
    // Answers of one connection to the backend go to the clients in turn, each to the next but one.
    const clients: Socket[] = [];
    let turn = 1;
    const backend = connect(server.port, '127.0.0.1');
    await once(backend, 'connect');
    backend.setEncoding('utf8').on('data', (chunk: string) => {
      for (const answer of chunk.split(/(?=HTTP\/1\.1)/)) {
        clients[turn % clients.length]?.write(answer);
        turn += 1;
      }
    });
    const proxy = createServer((socket) => {
      clients.push(socket.on('error', () => undefined));
      socket.on('data', (chunk) => void backend.write(chunk));
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onEnd(() => {
      for (const socket of [backend, ...clients]) socket.destroy();
      proxy.close();
    });
    const client = clientOf(`http://127.0.0.1:${portOf(proxy)}`, {
      connections: 12,
      requestTimeoutMs: 1_500,
    });
    const heard = await askAll(client, 12);
    expectOwn(heard);
    expect(kinds(heard, 'uncertain')).toBeGreaterThan(0);
  });

  test('in the same packet as the answer is never read by the next request', async () => {
    const { server, client } = await setUp(
      (socket, request) => {
        const own = acceptanceOf(toOf(request));
        socket.write(own + own);
      },
      { connections: 1 },
    );
    const heard = await askAll(client, 10);
    expect(kinds(heard, 'accepted')).toBe(10);
    expectOwn(heard);
    expect([server.requests.length, server.connections]).toEqual([10, 10]);
  });

  test.each([
    ['+525512345678', '5215512345678'],
    ['+5531987654321', '+55 31 8765-4321'],
    ['+541123456789', '5491123456789'],
    ['+16505551234', 16505551234],
    ['+16505551234', undefined],
    ['+16505551234', 'somebody'],
  ])('is not what a person of another spelling gets: %s answered as %s', async (to, input) => {
    const answer = { contacts: [{ input, wa_id: '1' }], messages: [{ id: 'w' }] };
    const { client } = await setUp((socket) => socket.write(http(200, answer)));
    expect(await client.send({ ...INPUT, to })).toMatchObject({ kind: 'accepted', wamid: 'w' });
  });
});

describe('a refusal', () => {
  /** Sends to one person, and what is said of a refusal later. */
  function ask(client: GraphClient, to: string) {
    let resolveDoubt: (doubt: Uncertain) => void = () => undefined;
    const doubt = new Promise<Uncertain>((resolve) => {
      resolveDoubt = resolve;
    });
    return { outcome: client.send({ ...INPUT, to }, { onDoubt: resolveDoubt }), doubt };
  }
  const [ANN, BOB, CLEO] = [personOf(1), personOf(2), personOf(3)];
  /** Ann is refused, then Bob hears it once more, and his own answer comes after it. */
  const shifted = (afterwards: (socket: Socket, own: string) => void) =>
    setUp(
      (socket, request) => {
        const to = toOf(request);
        if (to === ANN) socket.write(REFUSAL);
        else if (to === BOB) socket.write(REFUSAL, () => afterwards(socket, acceptanceOf(BOB)));
        else socket.write(acceptanceOf(to));
      },
      { connections: 1 },
    );

  test('read on a connection that then gives an answer nobody asked for is doubted', async () => {
    const late: (() => void)[] = [];
    const { client, server } = await shifted((socket, own) => late.push(() => socket.write(own)));
    const ann = ask(client, ANN);
    await ann.outcome;
    const bob = ask(client, BOB);
    expect(await bob.outcome).toMatchObject({ kind: 'refused', error: { code: 131026 } });
    for (const write of late) write();
    const doubt = {
      kind: 'uncertain',
      cause: 'foreign-answer',
      detail: expect.stringContaining('131026'),
    };
    expect(await Promise.all([ann.doubt, bob.doubt])).toEqual([doubt, doubt]);
    expect((await ask(client, CLEO).outcome).kind).toBe('accepted');
    expect(server.connections).toBe(2);
  });

  test('read on a connection that then gives the next one somebody else’s acceptance is doubted', async () => {
    let own = '';
    const { client } = await setUp(
      (socket, request) => {
        const to = toOf(request);
        socket.write(own === '' ? REFUSAL : own);
        own = acceptanceOf(to);
      },
      { connections: 1 },
    );
    const bob = ask(client, BOB);
    expect((await bob.outcome).kind).toBe('refused');
    expect(await ask(client, CLEO).outcome).toMatchObject({ cause: 'foreign-answer' });
    expect(await bob.doubt).toMatchObject({ kind: 'uncertain', cause: 'foreign-answer' });
  });

  test('that comes twice in one packet is not believed at all, and nothing is said later', async () => {
    let told = 0;
    const { client } = await setUp((socket) => socket.write(REFUSAL + REFUSAL));
    const outcome = await client.send(INPUT, { onDoubt: () => (told += 1) });
    expect(outcome).toMatchObject({ kind: 'uncertain', cause: 'foreign-answer' });
    await client.close();
    expect(told).toBe(0);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['that closes', (socket) => void socket.end()],
    ['that resets', (socket) => void socket.resetAndDestroy()],
    ['that says nothing but a line break', (socket) => socket.write('\r\n')],
  ])('stands, on a connection %s', async (_how, end) => {
    let told = 0;
    const { client, server } = await setUp((socket, request) =>
      socket.write(request.n === 1 ? REFUSAL : acceptanceOf(toOf(request))),
    );
    const options = { onDoubt: () => (told += 1) };
    expect((await client.send(INPUT, options)).kind).toBe('refused');
    for (const socket of server.sockets) end(socket);
    expect((await client.send(INPUT, options)).kind).toBe('accepted');
    expect(told).toBe(0);
  });

  test('older than a time-out stands, whatever its connection does then', async () => {
    let told = 0;
    const { client, server } = await setUp((socket) => socket.write(REFUSAL), {
      requestTimeoutMs: 200,
    });
    expect((await client.send(INPUT, { onDoubt: () => (told += 1) })).kind).toBe('refused');
    // Counted from the answer, which came before this.
    await new Promise((resolve) => setTimeout(resolve, 220));
    const [socket] = server.sockets;
    if (socket === undefined) throw new Error('the connection was to stay open');
    socket.write(REFUSAL);
    await once(socket, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(0);
  });
});

test('what is asked about one person is never answered with another’s: a connection each', async () => {
  const answers = [5, 0].map((used) =>
    http(200, {
      permission: { status: 'no_permission' },
      actions: [
        {
          action_name: 'send_call_permission_request',
          limits: [{ time_period: 'PT24H', current_usage: used, max_allowed: 1 }],
        },
      ],
    }),
  );
  const again = new Map<Socket, string>();
  const { server, client } = await setUp((socket, request) => {
    const own = answers[request.n - 1] ?? '';
    socket.write(again.get(socket) ?? own);
    again.set(socket, own);
  });
  const read = async (person: string) => {
    const answer = await client.callPermission(person);
    return answer.ok ? answer.value.day?.used : answer.error;
  };
  expect([await read('16505551001'), await read('16505551002')]).toEqual([5, 0]);
  expect(server.connections).toBe(2);
});
