/** The address in front of the receivers: whoever listens gets what comes. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openSwitch, type ReceiverSwitch } from '../../scripts/chaos/switch.ts';
import { freePort } from '../support/free-port.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function receiver(name: string): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((_, response) => {
    response.setHeader('connection', 'close').end(name);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  opened.push({ close: () => server.close() });
  return { port: address.port, server };
}

async function open(ports: readonly number[]): Promise<ReceiverSwitch> {
  const made = await openSwitch({ ports, random: () => 0.5 });
  opened.push(made);
  return made;
}

const ask = async ({ url }: ReceiverSwitch) => (await fetch(url, { method: 'POST' })).text();

describe('the switch', () => {
  it('goes to the receivers by turns', async () => {
    const [a, b] = [await receiver('a'), await receiver('b')];
    const made = await open([a.port, b.port]);
    const answers = [await ask(made), await ask(made), await ask(made), await ask(made)];
    expect(answers.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('goes to the one that listens, and to nobody where none does', async () => {
    const a = await receiver('a');
    const made = await open([a.port, await freePort()]);
    expect([await ask(made), await ask(made)]).toEqual(['a', 'a']);
    a.server.close();
    await expect(ask(made)).rejects.toThrow('fetch failed');
  });
});
