/**
 * A ledger that is full: requests in every state over some forty campaigns of three senders, and as many people who were
 * asked, have opted out or go by another name as come with them. Written by SQL, as no program of ours writes it.
 */
import pg from 'pg';

/** Who is in it. */
export const FULL = {
  /** Sends, and has no daily limit. */
  sender: '106540000000001',
  /** Its daily limit is used up. */
  spent: '106540000000002',
  /** Has a daily limit and room. */
  roomy: '106540000000003',
  /** Stopped by its breaker; campaigns that it shares go on. */
  closed: '106540000000004',
  /** Half of all requests, all of them pending. */
  draft: 'draft',
  /** Running; the people who come first have a language whose template is stopped. */
  mixed: 'mixed',
  /** Completed; twenty were refused, all others accepted. */
  done: 'done',
  /** The daily limit that is used up. */
  spentLimit: (rows: number) => Math.round(rows / 20),
} as const;

interface List {
  readonly id: string;
  /** Of all requests. */
  readonly share: number;
  readonly state: string;
  readonly senders: readonly string[];
}

function lists(): readonly List[] {
  const { sender, spent, roomy, closed } = FULL;
  const states = ['completed', 'running', 'completed', 'paused', 'completed', 'cancelled', 'draft'];
  return [
    { id: FULL.draft, share: 0.5, state: 'draft', senders: [sender, spent, roomy] },
    { id: FULL.mixed, share: 0.15, state: 'running', senders: [sender] },
    { id: FULL.done, share: 0.1, state: 'completed', senders: [sender] },
    { id: 'shared', share: 0.05, state: 'running', senders: [closed, roomy] },
    ...Array.from({ length: 36 }, (_, i) => ({
      id: `list${i}`,
      share: 0.2 / 36,
      state: states[i % states.length] ?? 'completed',
      senders: [[sender, spent, roomy][i % 3] ?? sender],
    })),
  ];
}

/** $1 campaign  $2 first number  $3 how many  $4 state of the campaign  $5 its senders */
const REQUESTS = `
  insert into requests (campaign_id, sender_id, row, to_number, language, parameters, state, due_at, not_after,
    fence, attempts, wamid, message_status, wa_id, person, reserved_at, accepted_at, error_code, error_message, reason,
    uncertain_at, check_at)
  select $1::text,
    case $1 when 'shared' then ($5::text[])[1 + (i > $3::int - 10)::int]
      else ($5::text[])[1 + i % cardinality($5::text[])] end,
    i, '+4915' || lpad(($2::int + i)::text, 9, '0'),
    case when $1 = 'mixed' and i <= $3::int * 0.3 then 'de' else 'en' end, '{"1": "Ann"}', s.state,
    case when s.state = 'pending' and i % 10 = 8 and $4::text in ('running', 'paused')
      then now() + (i % 86400) * interval '1 s' else '-infinity' end,
    case when s.state = 'pending' and i % 10 = 7 then now() + interval '2 days' else 'infinity' end,
    (s.state <> 'pending')::int, (s.state <> 'pending')::int,
    case when s.state = 'accepted' then 'wamid.' || ($2::int + i) end,
    case when s.state = 'accepted' then case when i % 211 = 0 then 'held_for_quality_assessment' else 'accepted' end end,
    case when s.state = 'accepted' then '4915' || lpad(($2::int + i)::text, 9, '0') end,
    case when s.state <> 'pending' then '4915' || lpad(($2::int + i)::text, 9, '0') end,
    case when s.state <> 'pending' then now() - interval '2 days' end,
    case when s.state = 'accepted' then now() - interval '2 days' end,
    case when s.state = 'rejected' then 131026 end, case when s.state = 'rejected' then 'Message undeliverable' end,
    case when s.state in ('skipped', 'expired', 'uncertain') then s.state end,
    case when s.state = 'uncertain' then now() end,
    case when s.state = 'uncertain' and i / 10 % 10 = 1 and $4::text = 'running' then now() - i * interval '1 ms' end
  from generate_series(1, $3::int) i
  cross join lateral (select case
    when $4::text = 'draft' or $1 = 'shared' or ($1 = 'mixed' and i <= $3::int * 0.3) then 'pending'
    when $1 = 'done' then case when i % greatest(1, $3::int / 20) = 0 then 'rejected' else 'accepted' end
    when i % 10 < 5 then 'accepted'
    when i % 10 < 9 then case $4::text when 'completed' then 'accepted' when 'cancelled' then 'cancelled' else 'pending' end
    else (array['rejected', 'uncertain', 'skipped', 'expired', 'already-granted'])[1 + i / 10 % 5] end as state) s`;

const CAMPAIGN = `
  insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format, header_parameters,
    body_parameters, spec_sha256, state, created_at, started_at, ended_at)
  select $1, ($2::text[])[1], $2, 't', 'en', 'positional', '{}', '{1}', 'x', $3::text, now() - interval '3 days',
    now() - interval '3 days', case when $3::text in ('completed', 'cancelled') then now() - interval '1 hour' end`;

/** Single requests that ended: campaigns of one. $1 how many  $2 first number  $3 sender */
const SINGLES = [
  `insert into campaigns (id, sender_id, sender_ids, template, language, parameter_format, header_parameters,
     spec_sha256, state, single, ended_at)
   select 'single' || i, $3, array[$3], 't', 'en', 'positional', '{}', 'x',
     case when i % 50 = 0 then 'cancelled' else 'completed' end, true, now() - interval '1 hour'
   from generate_series(1, $1::int) i where $2::int > 0`,
  `insert into requests (campaign_id, sender_id, row, to_number, language, parameters, state, fence, wamid,
     message_status, accepted_at)
   select 'single' || i, $3, 1, '+4915' || lpad(($2::int + i)::text, 9, '0'), 'en', '{}',
     case when i % 50 = 0 then 'cancelled' else 'accepted' end, 1, 'wamid.s' || i, 'accepted', now()
   from generate_series(1, $1::int) i`,
];

/** Fills the empty ledger behind the URL. */
export async function fillLedger(url: string, rows: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const run = (sql: string, values: readonly unknown[] = []) => client.query(sql, [...values]);
  try {
    await run(`set synchronous_commit = off`);
    await run(
      `insert into portfolios (id, daily_limit) values ('p1', null), ('p2', null), ('p3', null)`,
    );
    await run(
      `insert into senders (id, account, rate_allowed, rate_now, portfolio, closed_at, closed_reason)
       select s, 'waba', 1000, 1000, 'p' || least(n, 3), case when n = 4 then now() end,
         case when n = 4 then '{"by": "us", "scope": "sender", "message": "stopped"}'::jsonb end
       from unnest($1::text[]) with ordinality as x(s, n)`,
      [[FULL.sender, FULL.spent, FULL.roomy, FULL.closed]],
    );
    await run(
      `insert into template_breakers (account, name, language, closed_at, closed_reason)
       values ('waba', 't', 'de', now(), '{"by": "us", "scope": "template", "message": "paused"}')`,
    );
    let first = 0;
    for (const { id, share, state, senders } of lists()) {
      const n = Math.round(rows * share);
      await run(CAMPAIGN, [id, senders, state]);
      await run(REQUESTS, [id, first, n, state, senders]);
      first += n;
    }
    for (const sql of SINGLES) await run(sql, [Math.round(rows / 100), first, FULL.sender]);
    await fillPeople(run, rows);
  } finally {
    await client.end();
  }
}

/** People of the draft among them: a forecast meets all of it. */
async function fillPeople(
  run: (sql: string, values: readonly unknown[]) => Promise<unknown>,
  rows: number,
): Promise<void> {
  for (const [senderId, days] of [
    [FULL.sender, 7],
    [FULL.spent, 2],
    [FULL.roomy, 7],
  ] as const)
    await run(
      `insert into pairs (sender_id, person, asks)
       select $1, '4915' || lpad(g::text, 9, '0'),
         array[row(g, 1, now() - (g::bigint * 7919 % ($2::int * 86400)) * interval '1 s')::ask]
       from generate_series(1, $3::int) g`,
      [senderId, days, Math.round(rows / 5)],
    );
  await run(
    `insert into suppressions (person, source)
     select case when g % 20 = 0 then '4915' else '4917' end || lpad(g::text, 9, '0'), 'import'
     from generate_series(1, $1::int) g`,
    [Math.round(rows / 2)],
  );
  await run(
    `insert into wa_ids (number, wa_id)
     select '+4915' || lpad((g * 20 - 1)::text, 9, '0'), '4918' || lpad(g::text, 9, '0') from generate_series(1, $1::int) g`,
    [Math.round(rows / 40)],
  );
  await run(
    `insert into permissions (sender_id, person, status, at, source)
     select $1, '4915' || lpad((g * 10)::text, 9, '0'), 'declined', now() - interval '1 day', 'webhook'
     from generate_series(1, $2::int) g`,
    [FULL.sender, Math.round(rows / 20)],
  );
}
