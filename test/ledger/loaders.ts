/** Loads of lists step by step, and the statements of the release that knew no hold. */

import type { ListLine } from '../../src/core/people/recipient.ts';
import type { ListTerms } from '../../src/core/ports/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { spec, type TestLedger } from './support.ts';

/** What a campaign says of its lines that was made by a program that says nothing of them. */
const ANY_TIME: ListTerms = { single: false, startAt: null, expireAt: null };

/** One load of a campaign. */
export function loaderOf(
  { ledger }: { readonly ledger: Ledger },
  campaignId: string,
  senderId: string,
  loader: string,
) {
  const { intake } = ledger;
  const me = { campaignId, loader };
  return {
    hold: () => intake.hold(me),
    clear: () => intake.clear(me),
    add: (lines: readonly ListLine[]) =>
      intake.addLines({ ...me, terms: ANY_TIME, senderIds: [senderId], language: 'en', lines }),
    finish: (lines: number) => intake.finishLoading({ ...me, listSha256: 'of the list', lines }),
    skipDoubles: () => intake.skipDoubles(me),
    letGo: () => intake.letGo(me),
    discard: () => intake.discard(me),
  };
}

/** A campaign whose list is to be read, and two who may read it. */
export async function loadingIn(bench: TestLedger) {
  const senderId = await bench.sender();
  const made = await bench.ledger.campaigns.create(spec(senderId));
  if (!made.ok) throw new Error(made.error.message);
  const campaignId = made.value.campaign.id;
  const load = (name: string) => loaderOf(bench, campaignId, senderId, name);
  return { senderId, campaignId, one: load('one'), two: load('two') };
}

/** `add_lines.sql` of programs before migration 0004: $1 campaign, $2 senders, $3 language, $4 lines. */
export const OLDER_ADD_LINES = `
with campaign as materialized (
  select state, single, start_at, expire_at from campaigns where id = $1
), line as materialized (
  select * from jsonb_to_recordset($4::jsonb) as l(
    row int, "to" text, sender text, reference text, language text, not_before timestamptz,
    not_after timestamptz, parameters jsonb, zones text[])
), here as materialized (
  select r.row, r.to_number from requests r join line l on r.row = l.row where r.campaign_id = $1
), fresh as materialized (
  select l.* from line l
  where not exists (select from here where here.row = l.row)
    and exists (select from campaign where state = 'loading')
), first as materialized (
  select distinct on ("to") * from fresh order by "to", row
), inserted as (
  insert into requests (campaign_id, sender_id, row, lane, reference, to_number, language, parameters, zones, not_after, due_at)
  select $1, f.sender, f.row, case when c.single then 0 else 1 end, f.reference, f."to",
    coalesce(f.language, $3), f.parameters, f.zones,
    least(f.not_after, c.expire_at, 'infinity'), greatest(f.not_before, c.start_at, '-infinity')
  from first f
  cross join campaign c
  where cardinality($2::text[]) > 0
  order by f."to"
  on conflict do nothing
  returning row
), doubles as (
  insert into requests (campaign_id, sender_id, row, reference, to_number, language, parameters, state, reason, double_of)
  select $1, f.sender, f.row, f.reference, f."to", coalesce(f.language, $3), f.parameters, 'skipped', 'duplicate',
    coalesce(original.row, first.row)
  from fresh f
  join first on first."to" = f."to"
  left join requests original
    on original.campaign_id = $1 and original.to_number = f."to" and original.double_of is null
  where f.row not in (select row from inserted)
  order by f.row
  on conflict do nothing
  returning row
)
select
  (select count(*)::int from inserted) as added,
  (select count(*)::int from doubles) as doubles,
  (select min(here.row) from here join line using (row) where here.to_number <> line."to") as mismatch`;

/** `finish_loading.sql` of programs before migration 0004: $1 campaign, $2 the list's hash. */
export const OLDER_FINISH = `
update campaigns
set state = case when state = 'loading' then 'draft' else state end,
  list_sha256 = coalesce(list_sha256, $2)
where id = $1
returning list_sha256`;
