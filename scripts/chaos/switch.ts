/**
 * One address in front of the receivers of webhooks, as a load balancer has it: a connection goes to one that listens, by
 * turns. None lives long, so that receivers that were started again get their share, and answers are lost on the way.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The address. */
export interface ReceiverSwitch {
  readonly url: string;
  close(): Promise<void>;
}

/** How long a connection lives, in ms: from, below. */
const LIFE_MS = [2_000, 6_000] as const;

/** Opens one before receivers on these ports of this machine. */
export async function openSwitch(p: {
  readonly ports: readonly number[];
  readonly random: () => number;
}): Promise<ReceiverSwitch> {
  const sockets = new Set<Socket>();
  let turn = 0;

  function join(client: Socket, triesLeft: number): void {
    if (triesLeft === 0) {
      client.resetAndDestroy();
      return;
    }
    turn += 1;
    const receiver = keep(
      connect({ host: '127.0.0.1', port: p.ports[turn % p.ports.length] ?? 0 }),
    );
    const isRefused = () => join(client, triesLeft - 1);
    receiver.once('error', isRefused);
    receiver.once('connect', () => {
      receiver.off('error', isRefused);
      const end = () => {
        clearTimeout(timer);
        client.resetAndDestroy();
        receiver.resetAndDestroy();
      };
      const [from, below] = LIFE_MS;
      const timer = setTimeout(end, from + p.random() * (below - from));
      for (const socket of [client, receiver]) socket.on('close', end);
      client.pipe(receiver).pipe(client);
    });
  }
  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  const server = createServer((client) => join(keep(client), p.ports.length));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}/webhooks/whatsapp`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
