/** Campaigns in the ledger: made, moved from state to state, counted, read back. */
import type { Campaign, CampaignState, CampaignSummary, PauseReason } from '../core/campaign.ts';
import type { CampaignProgress, CampaignStore, InParts } from '../core/ports/index.ts';
import { problem } from '../core/problem.ts';
import type { Counts, RequestState } from '../core/request.ts';
import { noCounts } from '../core/request.ts';
import { err, ok } from '../core/result.ts';
import { adviceFor } from '../core/verdicts/advice.ts';
import { saidOnce } from '../core/verdicts/said-once.ts';
import { isLasting } from '../core/verdicts/verdicts.ts';
import { PATIENT_LIMITS, SENDER_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { fingerprint, isMadeWith } from './fingerprint.ts';
import { readForecast } from './forecast.ts';
import { inParts } from './parts.ts';
import { readRefusedLines, readResults } from './results.ts';
import type { LedgerSettings } from './sending.ts';
import { newCampaignId } from './singles.ts';
import { statement } from './sql.ts';

const CREATE = statement('create_campaign');
const READ = statement('campaign');
const LIST = statement('campaigns');
const BY_KEY = {
  name: 'campaign_by_key',
  text: 'select id, spec_sha256, body_sha256 from campaigns where idempotency_key = $1',
};
const NAMES = {
  name: 'campaign_names',
  text: 'select id, name from campaigns where id = any($1) and name is not null',
};
const PROGRESS = statement('progress');
const REASONS = statement('reasons');
const MOVE = {
  name: 'move_campaign',
  text: 'select moved, state from move_campaign($1, $2, $3, $4)',
};
const CANCEL = { name: 'cancel_part', text: 'select * from cancel_part($1, $2, $3)' };
const REASSIGN = statement('reassign');

interface CampaignRow {
  readonly id: string;
  readonly sender_id: string;
  readonly sender_ids: string[];
  readonly single: boolean;
  readonly weight: number;
  readonly on_pair_limit: 'wait' | 'skip';
  readonly include_granted: boolean;
  readonly include_declined: boolean;
  readonly start_at: Date | null;
  readonly expire_at: Date | null;
  readonly quiet_from: string | null;
  readonly quiet_to: string | null;
  readonly template: string;
  readonly language: string;
  readonly parameter_format: 'positional' | 'named';
  readonly header_parameters: string[];
  readonly body_parameters: string[] | null;
  readonly idempotency_key: string | null;
  readonly name: string | null;
  readonly start_when_in: boolean;
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly counts: Partial<Counts>;
  readonly refused_lines: number;
  readonly scheduled_for: Date | null;
  readonly held: Readonly<Record<string, number>>;
}

/** Makes the {@link CampaignStore} over a database; `newId` names campaigns. */
export function campaignStore(
  database: Database,
  settings: LedgerSettings,
  newId: () => string = newCampaignId,
): CampaignStore {
  const pairLimit = [settings.pairLimit.perDay, settings.pairLimit.perWeek];

  async function get(id: string): Promise<CampaignSummary | undefined> {
    const [row] = await database.run<CampaignRow>(READ, [id]);
    return row && toSummary(row);
  }

  /** Of a campaign that is cancelled. */
  const cancelRequests = (id: string, how: InParts) =>
    inParts(how, async (after, most) => {
      const [part] = await database.run<{ cancelled: number; last_row: number | null }>(
        CANCEL,
        [id, after, most],
        PATIENT_LIMITS,
      );
      return part && { changed: part.cancelled, lastRow: part.last_row };
    });

  return {
    async create(spec) {
      const id = newId();
      const { maxErrors, quietHours } = spec;
      const created = await database.run<{ id: string }>(CREATE, [
        id,
        spec.senderIds ?? [spec.senderId],
        spec.template,
        spec.language,
        spec.parameterFormat,
        spec.headerParameters,
        spec.bodyParameters,
        spec.idempotencyKey ?? null,
        fingerprint(spec),
        maxErrors !== undefined && 'count' in maxErrors ? maxErrors.count : null,
        maxErrors !== undefined && 'percent' in maxErrors ? maxErrors.percent : null,
        spec.single === true,
        spec.weight ?? 1,
        spec.onPairLimit ?? 'wait',
        spec.includeGranted === true,
        spec.includeDeclined === true,
        spec.startAt ?? null,
        spec.expireAt ?? null,
        quietHours?.from ?? null,
        quietHours?.to ?? null,
        spec.bodySha256 ?? null,
        spec.name ?? null,
        spec.startWhenIn === true,
      ]);
      if (created.length > 0) {
        const campaign = (await get(id)) as Campaign;
        return ok({ campaign, created: true });
      }
      const [same] = await database.run<{
        id: string;
        spec_sha256: string;
        body_sha256: string | null;
      }>(BY_KEY, [spec.idempotencyKey]);
      const campaign = same && (await get(same.id));
      // Its list was refused whole in between, and the key is free again.
      if (same === undefined || campaign === undefined) return this.create(spec);
      const made = { ...campaign, specSha256: same.spec_sha256, bodySha256: same.body_sha256 };
      if (isMadeWith(made, spec)) return ok({ campaign, created: false });
      return err(
        problem(
          'IDEMPOTENCY_MISMATCH',
          `The idempotency key "${spec.idempotencyKey}" belongs to campaign ${same.id}, which was made with another template, language, sender, list or options.`,
          { next: 'Use a new key for a new campaign, or repeat the first command unchanged.' },
        ),
      );
    },
    get,
    async list({ limit, after, states, name, template, since }) {
      const from = [after?.place ?? null, after?.id ?? null];
      const filters = [states ?? null, name ?? null, template ?? null, since ?? null];
      // By the index of lists whatever the filters are: by their values Postgres may take all campaigns for few.
      const rows = await database.run<CampaignRow & { readonly place: number }>(
        LIST,
        [limit, ...from, ...filters],
        SENDER_LIMITS,
      );
      return rows.map((row) => ({ ...toSummary(row), place: row.place }));
    },
    async progress(id) {
      const [row] = await database.run<{
        state: CampaignState;
        reason: PauseReason | null;
        counts: Partial<Counts>;
        later: number;
        later_checks: number;
        uncertain_open: number;
        next_due_at: Date | null;
        refused_lines: number;
        budget_wait: { portfolio: string; limit: number; freesAt: string | null } | null;
      }>(PROGRESS, [id, ...pairLimit]);
      if (row === undefined) return undefined;
      const progress: CampaignProgress = {
        state: row.state,
        reason: row.reason,
        counts: { ...noCounts(), ...row.counts },
        refusedLines: row.refused_lines,
        nextDueAt: row.next_due_at,
        later: row.later,
        laterChecks: row.later_checks,
        uncertainOpen: row.uncertain_open,
        budgetWait: row.budget_wait && {
          ...row.budget_wait,
          freesAt: row.budget_wait.freesAt === null ? null : new Date(row.budget_wait.freesAt),
        },
      };
      return progress;
    },
    async transition({ id, from, to, reason, ...how }) {
      const [row] = await database.run<{ moved: boolean; state: CampaignState }>(
        MOVE,
        [id, from, to, reason === undefined ? null : JSON.stringify(reason)],
        PATIENT_LIMITS,
      );
      // Also where it was cancelled before: whoever did so may have died with a part of it.
      if (row?.state === 'cancelled') await cancelRequests(id, how);
      return row;
    },
    async reassign({ id, senderId }) {
      return (await database.run(REASSIGN, [id, senderId])).length > 0;
    },
    async names(ids) {
      if (ids.length === 0) return new Map();
      const rows = await database.run<{ id: string; name: string }>(NAMES, [[...ids]]);
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
    async reasons(id) {
      const rows = await database.run<{
        state: RequestState;
        error_code: number | null;
        reason: string | null;
        count: number;
        message: string | null;
        double_of: number | null;
        finding: string | null;
        attempts: number;
        next_at: Date | null;
      }>(REASONS, [id, ...pairLimit]);
      return rows.map((row) => ({
        state: row.state,
        count: row.count,
        errorCode: row.error_code,
        reason: row.reason,
        message: row.message === null ? null : saidOnce(row.message),
        attempts: row.attempts,
        nextAt: row.next_at,
        isLasting: row.state === 'rejected' && row.error_code !== null && isLasting(row.error_code),
        advice: adviceFor({
          state: row.state,
          errorCode: row.error_code,
          errorMessage: row.message,
          reason: row.reason,
          doubleOf: row.double_of,
          finding: row.finding,
        }),
      }));
    },
    async forecast(id) {
      const campaign = await get(id);
      return campaign && readForecast(database, campaign, settings.pairLimit);
    },
    results: ({ id, states }) => readResults(database, id, states),
    refusedLines: (id) => readRefusedLines(database, id),
  };
}

function toSummary(row: CampaignRow): CampaignSummary {
  return {
    id: row.id,
    senderId: row.sender_id,
    senderIds: row.sender_ids,
    template: row.template,
    language: row.language,
    parameterFormat: row.parameter_format,
    headerParameters: row.header_parameters,
    bodyParameters: row.body_parameters,
    ...(row.idempotency_key === null ? {} : { idempotencyKey: row.idempotency_key }),
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.single ? { single: true } : {}),
    ...(row.start_when_in ? { startWhenIn: true } : {}),
    weight: row.weight,
    onPairLimit: row.on_pair_limit,
    includeGranted: row.include_granted,
    includeDeclined: row.include_declined,
    ...(row.start_at === null ? {} : { startAt: row.start_at }),
    ...(row.expire_at === null ? {} : { expireAt: row.expire_at }),
    ...(row.quiet_from === null || row.quiet_to === null
      ? {}
      : { quietHours: { from: row.quiet_from.slice(0, 5), to: row.quiet_to.slice(0, 5) } }),
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    counts: { ...noCounts(), ...row.counts },
    refusedLines: row.refused_lines,
    scheduledFor: row.scheduled_for,
    messageStatuses: row.held,
  };
}
