/**
 * What other processes do, told at once: a pause is felt by claims already made, a start wakes the
 * feeder. Everything told here is also found by looking; a lost connection only costs promptness.
 */
import pg from 'pg';
import type { WorkEvent } from '../core/ports/index.ts';
import { watchConnection } from './watch-connection.ts';

/** For a connection and the first answer on it, in ms. */
const CONNECT_MS = 5_000;

/**
 * Listens until closed, over a connection of its own that is made again when it breaks.
 * @param onEvent called for each event; must not throw
 */
export function listenToLedger(
  connectionString: string,
  onEvent: (event: WorkEvent) => void,
): { close(): Promise<void> } {
  const address = {
    connectionString,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
  };
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function again(): void {
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, 1_000);
    timer.unref();
  }

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...address, application_name: 'callpermit-listen' });
    next.on('error', again);
    next.on('end', again);
    next.on('notification', (message) => {
      try {
        onEvent(JSON.parse(message.payload ?? '') as WorkEvent);
      } catch {
        // Another program's notification on our channel: not for us.
      }
    });
    client = next;
    try {
      await next.connect();
      watchConnection(next, address);
      await next.query('listen callpermit');
    } catch {
      cut(next);
      again();
    }
    if (closed) cut(next);
  }

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      // Nothing is under way on it that could be lost.
      if (client !== undefined) cut(client);
    },
  };
}

function cut(client: pg.Client): void {
  client.connection.stream.destroy();
}
