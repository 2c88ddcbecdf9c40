import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  // Says everything twice, so that an answer is told from an echo of the proxy's own.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => socket.write(`${bytes}${bytes}`));
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy({ port: (server.address() as { port: number }).port });
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data');
  socket.write(text);
  return String((await answer)[0]);
}

describe('the TCP proxy', () => {
  test('passes what is said, both ways, over the same address but for the port', async () => {
    expect(await ask(await open(), 'ab')).toBe('abab');
    expect(proxy.through('postgres://me:pw@db.example:5432/x?y=1')).toBe(
      `postgres://me:pw@127.0.0.1:${proxy.port}/x?y=1`,
    );
  });

  test('a stalled connection says nothing more until it is resumed, while new ones work', async () => {
    const standing = await open();
    await ask(standing, 'a');
    proxy.stallAll();
    let heard = '';
    standing.on('data', (bytes) => {
      heard += String(bytes);
    });
    standing.write('b');
    // A whole round trip of another connection later there is still nothing.
    expect(await ask(await open(), 'c')).toBe('cc');
    expect(heard).toBe('');
    proxy.resumeAll();
    await once(standing, 'data');
    expect(heard).toBe('bb');
  });

  test('an end on one side of a stalled connection is not told to the other', async () => {
    const standing = await open();
    await ask(standing, 'a');
    proxy.stallAll();
    const ended = once(standing, 'end');
    for (const socket of sockets.filter((s) => s !== standing)) socket.destroy();
    expect(await ask(await open(), 'c')).toBe('cc');
    expect(standing.readyState).toBe('open');
    proxy.resumeAll();
    await ended;
  });

  test('a cut connection is reset', async () => {
    const standing = await open();
    await ask(standing, 'a');
    const failed = once(standing, 'error');
    proxy.cutAll();
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(proxy.connections()).toEqual([]);
  });

  test('a half-closed connection can still be written to, and answers nothing', async () => {
    const standing = await open();
    await ask(standing, 'a');
    const ended = once(standing, 'end');
    proxy.connections()[0]?.halfClose();
    await ended;
    expect(standing.writable).toBe(true);
  });

  test('new connections can be stalled from their first byte, or refused', async () => {
    proxy.setNew('stall');
    const silent = await open();
    silent.write('a');
    proxy.setNew('refuse');
    const refused = await open().then(
      (socket) => once(socket, 'close').then(() => 'closed'),
      () => 'closed',
    );
    expect(refused).toBe('closed');
    expect(silent.bytesRead).toBe(0);
    proxy.setNew('pass');
    expect(await ask(await open(), 'c')).toBe('cc');
  });
});
