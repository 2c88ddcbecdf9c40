/** Where the model's rows and the real ones say different things. Texts for people are not compared, nor ids. */
import type { Ask, Breaker, CampaignRow, Row, SenderRow, Tables } from '../model/tables.ts';

const WEEK_MS = 7 * 86_400_000;
/** Times differ by less than this where they are the same, ms. */
const SAME_MS = 1;

/** What differs, for people. */
export function differences(model: Tables, sql: Tables, clock: number): readonly string[] {
  return [
    ...compared('row', byLine(model, sql), byLine(sql, model), (row) => whatOfRow(row, clock)),
    ...compared('campaign', model.campaigns, sql.campaigns, whatOfCampaign),
    ...compared('sender', model.senders, sql.senders, whatOfSender),
    ...compared('template', model.templates, sql.templates, probeOf),
    ...compared('pair', model.pairs, sql.pairs, (asks) => whatIsHeld(asks, clock)),
    ...compared('wa_id', model.waIds, sql.waIds, (waId) => waId),
    ...(['suppressed', 'granted', 'deadClaims'] as const).flatMap((kind) =>
      [...model[kind], ...sql[kind]]
        .filter((one) => model[kind].has(one) !== sql[kind].has(one))
        .map((one) => `${kind}: ${one} is in one of them only`),
    ),
  ];
}

/** Rows that are not the same object in both: what neither has written is. */
function byLine({ rows }: Tables, other: Tables): ReadonlyMap<string, Row> {
  const written = [...rows.values()].filter((row) => other.rows.get(row.id) !== row);
  return new Map(written.map((row) => [`${row.campaign}/${row.row}`, row]));
}

function compared<Value>(
  what: string,
  model: ReadonlyMap<string, Value>,
  sql: ReadonlyMap<string, Value>,
  seen: (value: Value | undefined) => unknown,
): readonly string[] {
  const found: string[] = [];
  for (const key of new Set([...model.keys(), ...sql.keys()])) {
    if (model.get(key) === sql.get(key)) continue;
    const [ours, theirs] = [seen(model.get(key)), seen(sql.get(key))];
    if (!isSame(ours, theirs)) found.push(`${what} ${key}: ${describe(ours, theirs)}`);
  }
  return found;
}

function describe(model: unknown, sql: unknown): string {
  if (!isRecord(model) || !isRecord(sql)) return `${text(model)} in the model, ${text(sql)} in SQL`;
  return Object.keys(model)
    .filter((key) => !isSame(model[key], sql[key]))
    .map((key) => `${key} is ${text(model[key])} in the model, ${text(sql[key])} in SQL`)
    .join('; ');
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < SAME_MS;
  if (!isRecord(a) || !isRecord(b)) return a === b;
  return Object.keys(a).every((key) => isSame(a[key], b[key]));
}

function whatOfRow(row: Row | undefined, clock: number) {
  return (
    row && {
      ...{ sender: row.sender, to: row.to, language: row.language },
      ...{ parameters: JSON.stringify(row.parameters), state: row.state, isDouble: row.isDouble },
      ...{
        fence: row.fence,
        batch: row.state === 'queued' ? row.batch : null,
        attempts: row.attempts,
        checks: row.checks,
      },
      ...{ epoch: row.epoch, epochFence: row.epochFence, proofFence: row.proofFence },
      ...{ wamid: row.wamid, waId: row.waId, errorCode: row.errorCode },
      claimId: row.state === 'sending' || row.state === 'uncertain' ? row.claimId : null,
      leaseUntil: row.state === 'sending' ? row.leaseUntil : 0,
      checkAt: row.state === 'uncertain' ? row.checkAt : null,
      dueAt: row.state === 'pending' && row.dueAt > clock + SAME_MS ? row.dueAt : 0,
    }
  );
}

function whatOfCampaign(campaign: CampaignRow | undefined) {
  const { streak = null } = campaign ?? {};
  return (
    campaign && {
      ...{ state: campaign.state, errors: campaign.errors, listSha256: campaign.listSha256 },
      ...{ senders: campaign.senderIds.join(), streak: streak?.key ?? null },
      marks: (streak?.marks ?? []).map((mark) => `${mark.request}.${mark.fence}`).join(),
    }
  );
}

function whatOfSender(sender: SenderRow | undefined) {
  return (
    sender && {
      ...{ account: sender.account, rate: sender.rate, rateAllowed: sender.rateAllowed },
      ...{ rateReason: sender.rateReason, holdUntil: sender.holdUntil },
      ...{ nextSlot: sender.nextSlot, sharedSlot: sender.sharedSlot },
      ...{ claimedAt: sender.claimedAt, nextCheck: sender.nextCheck },
      singles: sender.singles.map((one) => one.batch).join(),
      sharers: sender.sharers.map((one) => one.id).join(),
      begins: Math.max(0, ...sender.sharers.map((one) => one.begins ?? 0)),
      breaker: sender.breaker === null ? 'closed' : probeOf(sender.breaker),
    }
  );
}

/** 0: it is not looked at again by itself. */
function probeOf(breaker: Breaker | undefined) {
  return breaker && (Number.isFinite(breaker.probeAt) ? breaker.probeAt : 0);
}

/** Reservations that count still. */
function whatIsHeld(asks: readonly Ask[] | undefined, clock: number): string {
  return (asks ?? [])
    .filter((ask) => ask.at > clock - WEEK_MS)
    .map((ask) => `${ask.request}.${ask.fence}`)
    .sort()
    .join();
}
