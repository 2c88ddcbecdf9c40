/** Why a campaign's requests stand as they do is read of a few of them, and says what reading all of them would. */
import { expect, test } from '@jest/globals';
import { useLedger } from './support.ts';

const bench = useLedger();

/** Of all rows. Those that were written by hand here are asked again when their time says; 131026 stays what it is, 131027 may pass. */
const OF_ALL_ROWS = `
select state, error_code as "errorCode", reason, count(*)::int as count, max(attempts) as attempts, min(case
    when state = 'pending' and due_at > now_() then due_at
    when state = 'uncertain' and check_at > now_() then check_at end) as "nextAt",
  coalesce(state = 'rejected' and error_code = 131026, false) as "isLasting"
from requests where campaign_id = $1 group by 1, 2, 3 order by 1, 2, 3`;

/** Some of all that can be: by the row's number, so that what fails fails again. */
const WRITTEN = [
  `update requests set state = 'uncertain', cause = 'doubted.0', attempts = 1 + row % 2, check_at = now_() + (row % 7 - 3) * interval '1 hour',
     reason = case when row % 3 > 0 then 'timeout' end where campaign_id = $1 and row % 5 = 0`,
  `update requests set state = 'rejected', error_code = 131026 + row % 2, error_message = 'no', check_at = null
   where campaign_id = $1 and row % 20 = 0`,
  `update requests set state = 'accepted', attempts = 1 + (row % 16 = 1)::int where campaign_id = $1 and row % 5 = 1`,
  `update requests set state = 'skipped', reason = 'suppressed' where campaign_id = $1 and row % 5 = 2 and row % 3 = 0`,
  `update requests set due_at = now_() + (row % 9 - 4) * interval '1 hour', attempts = (row % 11 = 0)::int,
     reason = (array['quiet-hours', 'retry', null])[1 + row % 3] where campaign_id = $1 and state = 'pending'`,
];

test.each([
  ['without statistics', 'select 1'],
  ['with them', 'analyze requests'],
])('the reasons of a list are those of all its rows, %s', async (_, prepare) => {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, 300);
  for (const sql of WRITTEN) await bench.rows(sql, [id]);
  await bench.rows(prepare);
  const reasons = await bench.ledger.campaigns.reasons(id);
  const said = reasons.map(({ message, advice, ...one }) => one);
  const key = (one: { state: string; errorCode: number | null; reason: string | null }) =>
    `${one.state} ${one.errorCode} ${one.reason}`;
  const byKey = (a: Parameters<typeof key>[0], b: Parameters<typeof key>[0]) =>
    key(a) < key(b) ? -1 : 1;
  const all = await bench.rows<(typeof said)[number]>(OF_ALL_ROWS, [id]);
  expect(said.sort(byKey)).toEqual(all.sort(byKey));
  expect(all.length).toBeGreaterThan(8);
  const messages = reasons.filter((one) => one.state === 'rejected').map((one) => one.message);
  expect(new Set(messages)).toEqual(new Set(['no']));
});
