/**
 * What other processes do, told at once: a pause is felt by claims already made, a start wakes the
 * feeder. Everything told here is also found by looking; a lost connection only costs promptness.
 */
import pg from 'pg';

/** One thing told. */
export type LedgerEvent =
  | { readonly kind: 'campaign'; readonly id: string; readonly state: string }
  | { readonly kind: 'work'; readonly senderId: string };

/**
 * Listens until closed, over a connection of its own that is made again when it breaks.
 * @param onEvent called for each event; must not throw
 */
export function listenToLedger(
  connectionString: string,
  onEvent: (event: LedgerEvent) => void,
): { close(): Promise<void> } {
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
    const next = new pg.Client({
      connectionString,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: 'callpermit-listen',
    });
    next.on('error', again);
    next.on('end', again);
    next.on('notification', (message) => {
      try {
        onEvent(JSON.parse(message.payload ?? '') as LedgerEvent);
      } catch {
        // Another program's notification on our channel: not for us.
      }
    });
    try {
      await next.connect();
      await next.query('listen callpermit');
      client = next;
      if (closed) await next.end();
    } catch {
      next.removeAllListeners('end');
      await next.end().catch(() => undefined);
      again();
    }
  }

  const connecting = connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
