import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { graph, send, sendBody, start } from './support.ts';

const ANN = '+16505551234';
const BOB = '+16505554321';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A connection of one's own, and what came over it so far. */
async function open(
  simulator: Simulator,
): Promise<{ ask(to: string): void; bodies(count: number): Promise<unknown[]> }> {
  const socket = connect(simulator.port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const found = (): unknown[] =>
    [...text.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP|$)/gs)].map(([, body]) => JSON.parse(body ?? ''));
  return {
    ask(to) {
      const body = JSON.stringify(sendBody(to));
      const path = `/v24.0/${simulator.phoneNumberId}/messages`;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${simulator.token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    },
    async bodies(count) {
      while (found().length < count) await once(socket, 'data');
      return found();
    },
  };
}

describe('poison', () => {
  it('puts what a database refuses into the fields that are named, of an acceptance', async () => {
    const simulator = await start({
      faults: [
        { effect: { kind: 'poison', fields: ['id'], with: 'nul' } },
        { effect: { kind: 'poison', fields: ['message_status'], with: 'lone-surrogate' } },
      ],
    });
    const { body } = await send(simulator, ANN);
    const [message] = body.messages;
    const [record] = simulator.requests();
    expect(message.id).toContain('\u0000');
    expect(message.id.replace('\u0000', '')).toBe(record?.wamid);
    expect(message.message_status.isWellFormed()).toBe(false);
    expect(body.contacts).toEqual([{ input: ANN, wa_id: ANN.slice(1) }]);
    expect(record).toMatchObject({ outcome: 'accepted', faults: ['poison', 'poison'] });
  });

  it('and of a refusal, its code beyond int4', async () => {
    const simulator = await start({
      faults: [
        { effect: { kind: 'poison', fields: ['message', 'code'], with: 'escape' } },
        { effect: { kind: 'refuse', code: 132015 } },
      ],
    });
    const { body } = await send(simulator, ANN);
    expect(body.error.message).toContain('\u001b[2J');
    expect(body.error.code | 0).not.toBe(body.error.code);
    expect(simulator.stats()).toMatchObject({ accepted: 0, codes: { 132015: 1 } });
  });

  it('of management calls too, and the same for the same seed', async () => {
    const name = async (): Promise<string> => {
      const simulator = await start({
        seed: 3,
        faults: [{ on: 'management', effect: { kind: 'poison', fields: ['verified_name'] } }],
      });
      const path = `/v24.0/${simulator.phoneNumberId}?fields=verified_name`;
      return (await graph(simulator, 'GET', path)).body.verified_name;
    };
    const first = await name();
    expect(first).not.toBe('Simulated Shop');
    expect(await name()).toBe(first);
  });
});

describe('foreign-answer', () => {
  it('names somebody else and a message id of no message; ours was taken or not', async () => {
    const simulator = await start({
      faults: [
        { to: ANN, effect: { kind: 'foreign-answer', to: BOB } },
        { to: BOB, effect: { kind: 'foreign-answer', accepted: false, input: false } },
      ],
    });
    const ann = await send(simulator, ANN);
    expect(ann.body.contacts).toEqual([{ input: BOB, wa_id: BOB.slice(1) }]);
    expect(ann.body.messages[0].id).not.toBe(simulator.requests({ to: ANN })[0]?.wamid);
    const bob = await send(simulator, BOB);
    expect(bob.body.contacts).toEqual([{ wa_id: '16505554322' }]);
    expect(simulator.requests().map((r) => [r.outcome, r.faults[0]])).toEqual([
      ['accepted', 'foreign-answer'],
      ['dropped', 'foreign-answer'],
    ]);
  });
});

describe('second-answer', () => {
  it('comes again on the same connection, and everybody after it hears an answer too early', async () => {
    const simulator = await start({ faults: [{ to: ANN, effect: { kind: 'second-answer' } }] });
    const line = await open(simulator);
    line.ask(ANN);
    const [first, second] = await line.bodies(2);
    expect(second).toEqual(first);
    expect(second).toMatchObject({ contacts: [{ input: ANN }] });
    line.ask(BOB);
    expect((await line.bodies(3))[2]).toMatchObject({ contacts: [{ input: BOB }] });
    expect(simulator.stats().posts).toBe(2);
  });

  it('late, before the answer to the next one; or a refusal of nothing', async () => {
    const simulator = await start({
      faults: [
        { to: ANN, effect: { kind: 'second-answer', afterMs: 30, code: 131026 } },
        { to: BOB, effect: { kind: 'slow', ms: 300 } },
      ],
    });
    const line = await open(simulator);
    line.ask(ANN);
    await line.bodies(1);
    line.ask(BOB);
    const [, second, third] = await line.bodies(3);
    expect(second).toMatchObject({ error: { code: 131026 } });
    expect(third).toMatchObject({ contacts: [{ input: BOB }] });
  });
});
