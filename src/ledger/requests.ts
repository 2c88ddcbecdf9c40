/** Requests of all campaigns, looked up by index, a page at a time. */
import type {
  FoundRequest,
  FoundRequests,
  RequestStore,
  WaitingPlace,
} from '../core/ports/index.ts';
import { REQUEST_STATES, type RequestState } from '../core/request.ts';
import { SENDER_LIMITS } from './bounded-query.ts';
import type { Database } from './database.ts';
import { iso, type ResultRow, refusedPage, resultsPage, toResult } from './results.ts';
import { statement } from './sql.ts';

const ONE = statement('request');
const BY_WAMID = statement('requests_by_wamid');
const BY_NAME = statement('requests_by_name');
const BY_REFERENCE = statement('requests_by_reference');
const NEWEST = statement('requests_newest');
const WAITING = statement('requests_still_waiting');
const OF_CODE = statement('results_code');
const OF_REASON = statement('results_reason');

/** Requests that are looked at for one page of those in some states. */
const LOOKED_AT = 50_000;

/** As many of those who wait are looked at at once, some of these for one page. More would not stay in the memory that Postgres sorts in. */
const WAITING_LOOKED_AT = 50_000;
const LOOKS = 4;

/** A request of whichever campaign as the statements give it. */
export interface FoundRow extends ResultRow {
  readonly id: string;
  readonly campaign_id: string;
  readonly single: boolean;
  readonly sender_id: string;
  readonly check_at: Date | null;
}

/** Of a page without anybody one row comes all the same: how far was looked. */
type NewestRow = { readonly looked: number; readonly looked_to: string | null } & MaybeFound;
type WaitingRow = {
  readonly looked: number;
  readonly last: WaitingPlace;
  readonly place: WaitingPlace;
} & MaybeFound;
type MaybeFound = FoundRow | { readonly id: null };

interface Known {
  readonly name: string | undefined;
  readonly reference: string | undefined;
}

/** Before everybody who waits. */
const FROM_THE_FIRST: WaitingPlace = ['', '', '', -1, '0'];

/** Makes the {@link RequestStore} over a database. */
export function requestStore(database: Database): RequestStore {
  async function newest(
    among: readonly RequestState[] | null,
    before: string | null,
    limit: number,
  ): Promise<FoundRequests> {
    const looked = among === null ? limit + 1 : Math.max(limit + 1, LOOKED_AT);
    const rows = await database.run<NewestRow & Record<string, unknown>>(NEWEST, [
      ...[among, before, limit + 1, looked],
    ]);
    const found = onePage(rows.filter(isFound), limit);
    const [any] = rows;
    if (found.next !== null || any === undefined || any.looked < looked) return found;
    return { ...found, next: any.looked_to === null ? null : { before: any.looked_to } };
  }

  /** Who waits, by what is known of them: so many looks, until there is somebody. */
  async function waiting(known: Known, from: WaitingPlace, limit: number): Promise<FoundRequests> {
    let place = from;
    for (let look = 1; ; look += 1) {
      const found = await oneLook(known, place, limit);
      const goesOn = found.next?.waiting;
      if (goesOn === undefined || found.requests.length > 0 || look === LOOKS) return found;
      place = goesOn;
    }
  }

  async function oneLook(known: Known, from: WaitingPlace, limit: number): Promise<FoundRequests> {
    const rows = await database.run<WaitingRow & Record<string, unknown>>(
      WAITING,
      [known.name ?? null, known.reference ?? null, limit + 1, WAITING_LOOKED_AT, ...from],
      SENDER_LIMITS,
    );
    const [any] = rows;
    const found = rows.filter(isFound);
    const requests = found.slice(0, limit).map(toFound);
    const cutAt = found.length > limit ? found[limit - 1]?.place : undefined;
    const ended = any === undefined || any.looked < WAITING_LOOKED_AT ? undefined : any.last;
    const next = cutAt ?? ended;
    return { requests, next: next === undefined ? null : { waiting: next } };
  }

  return {
    async get(id) {
      const [row] = await database.run<FoundRow>(ONE, [id]);
      return row && toFound(row);
    },
    async find({ wamid, name, reference, states, after, limit }) {
      const among = states === undefined ? null : [...new Set(states)];
      const before = after?.before ?? null;
      // One more than the page has tells whether another follows.
      const most = limit + 1;
      if (wamid !== undefined) {
        const values = [wamid, name ?? null, reference ?? null, among, before, most];
        return onePage(await database.run<FoundRow>(BY_WAMID, values), limit);
      }
      if (name === undefined && reference === undefined) return newest(among, before, limit);
      const known = { name, reference };
      const waits = among === null || among.includes('pending');
      if (after?.waiting !== undefined) return waiting(known, after.waiting, limit);
      const rows = await (name === undefined
        ? database.run<FoundRow>(BY_REFERENCE, [reference, among, before, most])
        : database.run<FoundRow>(BY_NAME, [name, reference ?? null, among, before, most]));
      const found = onePage(rows, limit);
      if (found.next !== null || !waits) return found;
      if (found.requests.length === limit) return { ...found, next: { waiting: FROM_THE_FIRST } };
      const others = await waiting(known, FROM_THE_FIRST, limit - found.requests.length);
      return { requests: [...found.requests, ...others.requests], next: others.next };
    },
    async ofCampaign({ campaignId, afterRow, limit, states, errorCode, reason }) {
      const page = { campaignId, afterRow, limit, states };
      if (errorCode === undefined && reason === undefined)
        return (await resultsPage(database, page)).map(toResult);
      const among = [...new Set(states ?? REQUEST_STATES)];
      const values = [campaignId, afterRow, among, limit, errorCode ?? reason];
      const asked = errorCode === undefined ? OF_REASON : OF_CODE;
      return (await database.run<ResultRow>(asked, values)).map(toResult);
    },
    refusedOf: (p) => refusedPage(database, p),
  };
}

function isFound<R extends MaybeFound>(row: R): row is R & FoundRow {
  return row.id !== null;
}

function onePage(rows: readonly FoundRow[], limit: number): FoundRequests {
  const requests = rows.slice(0, limit).map(toFound);
  const last = requests.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return { requests, next: isMore ? { before: last.id } : null };
}

/** What was looked up, as the port has it. */
export function toFound(row: FoundRow): FoundRequest {
  const { id, campaign_id, single, sender_id, reason, check_at } = row;
  const its = { id, campaignId: campaign_id, single, senderId: sender_id, reason };
  return { ...toResult(row), ...its, check_at: iso(check_at) };
}
