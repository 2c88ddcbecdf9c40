/** `GET /v1/audit`: who did what, when. */
import { shownTo } from '../core/people/user-id.ts';
import type { AuditEntry, AuditStore, CampaignStore } from '../core/ports/index.ts';
import { audit, auditCursor, auditQuery } from './console-schemas.ts';
import { onePage, readCursor } from './pages.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds it. Who steers sees who else did; who only looks need not know what colleagues do. */
export function auditRoutes(
  server: HttpServer,
  {
    audit: store,
    campaigns,
  }: {
    readonly audit: Pick<AuditStore, 'list'>;
    readonly campaigns: Pick<CampaignStore, 'names'>;
  },
): void {
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
      const names = await campaigns.names([...new Set(items.flatMap(campaignOf))]);
      return { entries: items.map((entry) => shown(entry, names)), next };
    },
  );
}

/** What may be the id of a campaign: a target says what it is called, not of what kind it is. */
function campaignOf({ target }: Pick<AuditEntry, 'target'>): readonly string[] {
  return target !== null && /^c[\w-]{1,63}$/.test(target) ? [target] : [];
}

function shown({ at, person, ...entry }: AuditEntry, names: ReadonlyMap<string, string>) {
  return {
    ...{ ...entry, at: at.toISOString() },
    campaignName: names.get(entry.target ?? '') ?? null,
    person: person === null ? null : shownTo(`+${person}`),
  };
}
