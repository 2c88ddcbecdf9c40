/** Where a diagnosis looks: a command opens each thing by itself and closes it again, a service has all of it open. */
import type { Config } from '../config/config.ts';
import type { GraphPort } from '../core/ports/index.ts';
import { unwrap } from '../core/unwrap.ts';
import type { Logger } from '../telemetry/log.ts';
import { type App, openApp, openGraph } from '../wiring.ts';

/** What is looked at, and how. */
export interface Ground {
  readonly config: Config;
  /** With the ledger and, where it is said, the queue. */
  withApp<T>(queue: 'none' | 'needed', look: (app: App) => Promise<T>): Promise<T>;
  /** With a sender's line to Meta; what it needs and lacks is thrown. */
  withLine<T>(senderId: string | undefined, look: (graph: GraphPort) => Promise<T>): Promise<T>;
  /** The queue cannot be opened without the database. */
  readonly isOpened: boolean;
  /** How long each look may take; absent: as long as what it asks gives itself. */
  readonly limitMs?: number;
  /** What drivers say is told along, addresses included. */
  readonly hasCause: boolean;
}

/** Of a command, which has nothing open, and is read by who set it up. */
export function groundOfCommand(config: Config, log: Logger): Ground {
  return {
    config,
    async withApp(queue, look) {
      const app = unwrap(await openApp(config, log, { queue }));
      try {
        return await look(app);
      } finally {
        await app.close();
      }
    },
    async withLine(senderId, look) {
      const graph = unwrap(await openGraph(config, senderId));
      try {
        return await look(graph);
      } finally {
        await graph.close();
      }
    },
    isOpened: false,
    hasCause: true,
  };
}

/**
 * Of a process that serves: somebody waits for the answer.
 * @param limitMs for each look
 */
export function groundOfService(app: App, limitMs: number): Ground {
  return {
    config: app.config,
    withApp: (_queue, look) => look(app),
    withLine: async (senderId, look) => look(unwrap(await app.graph(senderId))),
    isOpened: true,
    limitMs,
    hasCause: false,
  };
}
