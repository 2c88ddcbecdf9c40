/** The audit log in the ledger. */
import type { AuditEntry, AuditStore } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const RECORD = statement('record_audit');
const LIST = statement('audit');

type AuditRow = Omit<AuditEntry, 'requestId'> & { readonly request_id: string | null };

/**
 * Makes the {@link AuditStore} over a database.
 * @param retentionDays how long rows are kept; 0: for good
 */
export function auditStore(database: Database, retentionDays: number): AuditStore {
  return {
    async record({ actor, what, target, person, outcome, status, requestId }, times) {
      await database.run(RECORD, [
        ...[actor.kind, actor.name, actor.role ?? null, what, target ?? null, person ?? null],
        ...[outcome, status ?? null, requestId ?? null, times ?? 1, times !== undefined],
        retentionDays,
      ]);
    },
    async list({ since, who, what, outcome, before, limit }) {
      const rows = await database.run<AuditRow>(LIST, [
        ...[since ?? null, who ?? null, what ?? null, outcome ?? null, before ?? null, limit],
      ]);
      return rows.map(({ request_id, ...row }) => ({ ...row, requestId: request_id }));
    },
  };
}
