/** `GET /v1/audit`: who did what, when. */
import { shownTo } from '../core/people/user-id.ts';
import type { AuditEntry, AuditStore } from '../core/ports/index.ts';
import { audit, auditCursor, auditQuery } from './console-schemas.ts';
import { onePage, readCursor } from './pages.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds it. Who steers sees who else did; who only looks need not know what colleagues do. */
export function auditRoutes(server: HttpServer, store: Pick<AuditStore, 'list'>): void {
  server.get(
    '/v1/audit',
    {
      config: { scope: 'send' },
      schema: {
        ...{ tags: ['console'], operationId: 'listAudit' },
        summary: 'Who did what, the newest first',
        querystring: auditQuery,
        response: { 200: audit },
      },
    },
    async ({ query }) => {
      const { since, who, what, outcome, limit, after } = query;
      const before = readCursor(after, auditCursor)?.[0];
      const found = await store.list({ since, who, what, outcome, before, limit: limit + 1 });
      const { items, next } = onePage(found, limit, ({ id }) => [id]);
      return { entries: items.map(shown), next };
    },
  );
}

function shown({ at, person, ...entry }: AuditEntry) {
  return {
    ...{ ...entry, at: at.toISOString() },
    person: person === null ? null : shownTo(`+${person}`),
  };
}
