/** What is read for those who watch from outside: by connections of its own, so that no scrape keeps a claim or a person waiting. */
import type {
  AnswerFigure,
  FiguresStore,
  PermissionFigure,
  RequestFigure,
} from '../core/ports/index.ts';
import type { Limits } from './bounded-query.ts';
import type { Database } from './database.ts';
import { senderStore } from './senders.ts';
import { statement } from './sql.ts';
import { webhookStore } from './webhooks.ts';

/** Connections for it, made when somebody looks: the book is counted beside the rest. */
export const FIGURES_CONNECTIONS = 2;

/** Who scrapes gives up after ten seconds as a rule. */
const LIMITS: Limits = { lockMs: 1_000, statementMs: 5_000 };
const BOOK_LIMITS: Limits = { lockMs: 1_000, statementMs: 20_000 };

const REQUESTS = statement('figures_requests');
const QUEUED = statement('figures_queued');
const ANSWERS = statement('figures_answers');
const PERMISSIONS = statement('figures_permissions');
const BREAKERS = {
  name: 'figures_breakers',
  text: 'select count(*)::float8 as n from template_breakers where closed_at is not null',
};

/** Makes the {@link FiguresStore} over a database. */
export function figuresStore(database: Database): FiguresStore {
  const senders = senderStore(database);
  const webhooks = webhookStore(database);
  return {
    requests: () => database.run<RequestFigure>(REQUESTS, [], LIMITS),
    async senders() {
      const queued = await database.run<{ senderId: string; s: number }>(QUEUED, [], LIMITS);
      const ages = new Map(queued.map(({ senderId, s }) => [senderId, s]));
      const all = await senders.list();
      return all.map((one) => ({ ...one, oldestQueuedS: ages.get(one.senderId) ?? 0 }));
    },
    async templateBreakers() {
      const [row] = await database.run<{ n: number }>(BREAKERS, [], LIMITS);
      return row?.n ?? 0;
    },
    answers: () => database.run<AnswerFigure>(ANSWERS, [], LIMITS),
    webhooks: () => webhooks.standing(),
    permissions: () => database.run<PermissionFigure>(PERMISSIONS, [], BOOK_LIMITS),
  };
}
