/**
 * bull-board at `/queues`, two queues a sender, and the one that other services add to. Its own plugin, so that the
 * password stands before everything in it: pages, API and static files alike. Batches hold numbers of rows only. Jobs of
 * other services hold people, whole: who puts a failed one right has to see what is wrong in it. It only shows unless it is told otherwise: a pause there stops everything.
 */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Queue } from 'bullmq';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { INTAKE_QUEUE } from '../core/intake-queue.ts';
import { boardAdapter, boardFiles } from './board-adapter.ts';
import { askPassword } from './password.ts';
import type { People } from './people.ts';
import { isRead } from './same-origin.ts';

/** Where the dashboard lies. */
const DASHBOARD_PATH = '/queues';

const NO_QUEUE = 'The queue does not answer. `callpermit doctor` says what is wrong.';
const READ_ONLY =
  'The dashboard only shows. DASHBOARD_ACTIONS=1 allows changes; campaigns are paused by ' +
  '`callpermit campaign pause`.';

// The page polls every five seconds; a queue that is slower than this is shown as away.
const PING_MS = 2_000;

// Nothing from elsewhere; bull-board styles its elements inline and starts from an inline script.
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Adds the dashboard to a server.
 *
 * @param p.queues BullMQ's queues, in the order in which they are shown
 * @param p.people who has a session
 * @param p.mayAct jobs and queues may be changed
 * @param p.prefixOf the path that others see before ours
 * @param p.ping resolves when the queue answers; BullMQ's own calls wait for it without end
 */
export function dashboardRoutes(
  server: FastifyInstance,
  p: {
    readonly queues: readonly Queue[];
    readonly dashboard: Config['dashboard'];
    readonly people: People;
    readonly mayAct: boolean;
    readonly prefixOf: (request: FastifyRequest['raw']) => string;
    readonly ping: (timeoutMs: number) => Promise<void>;
  },
): void {
  const board = boardAdapter((request) => `${p.prefixOf(request.raw)}${DASHBOARD_PATH}`, {
    text: 'Back to callpermit',
    pathOf: (request) => `${p.prefixOf(request.raw)}/system`,
  });
  createBullBoard({
    queues: p.queues.map(
      (queue) =>
        new BullMQAdapter(queue, {
          readOnlyMode: !p.mayAct,
          displayName: titleOf(queue.name),
          delimiter: '-',
        }),
    ),
    serverAdapter: board,
    options: {
      uiBasePath: boardFiles(),
      uiConfig: { boardTitle: 'callpermit', hideRedisDetails: true },
    },
  });
  server.register(
    (pages, _options, done) => {
      pages.addHook('onRoute', (route) => {
        route.config = { ...route.config, access: 'password' };
        route.schema = { ...route.schema, hide: true };
      });
      const { dashboard, people } = p;
      pages.addHook(
        'onRequest',
        askPassword(dashboard, { policy: POLICY, path: DASHBOARD_PATH, people }),
      );
      pages.addHook('preHandler', async (request, reply) => {
        if (!request.url.startsWith(`${DASHBOARD_PATH}/api/`)) return undefined;
        if (!p.mayAct && !isRead(request))
          return reply.code(403).send({ error: 'READ_ONLY', message: READ_ONLY });
        return p.ping(PING_MS).then(
          () => undefined,
          () => reply.code(503).send({ error: 'QUEUE_UNREACHABLE', message: NO_QUEUE }),
        );
      });
      board.routes(pages);
      done();
    },
    { prefix: DASHBOARD_PATH },
  );
}

// What they hold comes first: the list at the side cuts a name off behind some twenty letters.
function titleOf(queue: string): string {
  if (queue === INTAKE_QUEUE) return 'Asked by other services';
  return queue
    .replace(/^callpermit-(.+)-campaigns$/, 'Campaigns of $1')
    .replace(/^callpermit-(.+)-single$/, 'Single requests of $1');
}
