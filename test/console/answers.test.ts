/** What pages say of an answer of the API, word by word, at a time that stands. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { components } from '../../src/console/api/schema.ts';
import { people } from '../http/support.ts';
import { type Answering, type Answers, answering } from './answering.ts';
import { type Console, startConsole } from './support.ts';

type Schema = components['schemas'];

const NOW = '2026-11-29T12:00:00.000Z';
/** So many minutes from now. */
const at = (minutes: number) => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();

let stand: Console;
let page: Page;
let campaign: Schema['CampaignLookedAt'];
let goTo: Answering['goTo'];
let linesOf: Answering['linesOf'];

beforeAll(async () => {
  stand = await startConsole();
  page = (await stand.open('/account', { timezoneId: 'UTC' })).page;
  await page.clock.setFixedTime(NOW);
  ({ goTo, linesOf } = answering(page, stand.service.http.url));
  const body = { template: 't', language: 'en', recipients: people(1), start: false };
  const { id } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
  campaign = (await stand.service.call('GET', `/v1/campaigns/${id}`)).body;
}, 180_000);
afterAll(() => stand?.close());

describe('the page of health', () => {
  it('has each check of each number once, the worst first, and names a level that differs', async () => {
    const found = (
      check: string,
      level: 'ok' | 'warn' | 'fail',
      message: string,
      more: Partial<Schema['Finding']> = {},
    ): Schema['Finding'] => ({
      ...{ check, level, message, code: message, next: null, sender: null, unreachable: false },
      ...more,
    });
    const findings = [
      found('database', 'ok', 'Postgres answers.'),
      found('number', 'ok', 'It may send.', { sender: '1' }),
      found('webhooks', 'ok', 'The last one came.'),
      found('webhooks', 'warn', 'No secret is set.', { next: 'Set it.' }),
      found('number', 'fail', 'It is blocked.', { sender: '2' }),
    ];
    const health = { ok: false, at: at(-1), metaAt: at(-150), findings };
    expect(await linesOf('/system', 'Findings', { health })).toEqual([
      'Findings',
      'Looked at 1 minute ago; Meta was asked 2 hours ago.',
      ...['Wrong', 'number', '2', 'It is blocked.'],
      ...['Look', 'webhooks', 'No secret is set.', 'Set it.', 'All right: The last one came.'],
      ...['All right', 'database', 'Postgres answers.'],
      ...['All right', 'number', '1', 'It may send.'],
    ]);
    expect(await page.getByText('Something is wrong', { exact: true }).count()).toBe(1);
  });
});

describe('the page of senders', () => {
  const SENDER: Schema['Sender'] = {
    ...{ sender: '1', state: 'sending', why: '', rateNow: 12.5, rateAllowed: 80, rateReason: null },
    ...{ processes: 2, inFlight: 7, queuePaused: false, breaker: null, breakerSince: null },
    ...{ nextLookAt: null, silence: null, budget: null, news: [], lastWebhookAt: null },
  };
  const NUMBERS = ['2', '1'].map((sender) => ({
    ...{ check: 'number', sender, level: 'ok', code: 'NUMBER_READY', next: null },
    ...{ message: `The number of ${sender}.`, unreachable: false },
  }));
  const cardOf = (
    sender: Partial<Schema['Sender']>,
    findings: readonly object[] = NUMBERS,
  ): Promise<readonly string[]> =>
    linesOf('/senders', '1', {
      'senders?*': { senders: [{ ...SENDER, ...sender }], next: null },
      health: { ok: true, at: NOW, metaAt: NOW, findings },
    });

  it('says of one that sends which number it is, how fast, and what is not known', async () => {
    expect(await cardOf({})).toEqual([
      ...['1', 'Open'],
      ...['Number, as Meta says', 'The number of 1.'],
      ...['Allowed rate', '12.5 messages a second now, 80 at most'],
      ...['Processes at work', '2'],
      ...['On their way', '7'],
      ...['People in 24 hours', 'no limit known'],
      ...['Quality', 'No change told by webhook. Meta is asked too: see the number above.'],
      ...['Last webhook', 'none came yet'],
    ]);
  });

  it('says of one that Meta stopped why, since and until when, and all that was told of it', async () => {
    const news = (what: string, value: string, detail: string | null, minutes: number) => ({
      ...{ what, value, detail, ofAccount: false, until: null, at: at(minutes) },
    });
    const stopped = await cardOf(
      {
        ...{ state: 'stopped', why: 'Meta has locked it.', rateReason: 'Meta slowed it down.' },
        ...{ processes: 0, queuePaused: true, lastWebhookAt: at(-2 * 24 * 60 - 1) },
        breaker: { by: 'us', code: 131_031, message: 'Meta has locked the account.' },
        ...{ breakerSince: at(-5), nextLookAt: at(3) },
        budget: { portfolio: 'p', limit: 2_000, remaining: 3, freesAt: at(150) },
        news: [
          news('calling', 'DISABLED', null, -90),
          news('number-quality', 'YELLOW', 'blocked often', -60),
        ],
      },
      [],
    );
    expect(stopped).toEqual([
      ...['1', 'Stopped'],
      ...['Why nothing is sent', 'Meta has locked the account. (131031)'],
      ...['since 29 Nov 2026, 11:55', 'It is tried again by itself in 3 minutes.'],
      'Its queue was paused in the dashboard; a resume of a campaign undoes that.',
      ...['Number, as Meta says', 'not known: the page “Health” says why'],
      ...['Allowed rate', '12.5 messages a second now, 80 at most', 'Held: Meta slowed it down.'],
      'Processes at work',
      'none: nothing is sent. Start “callpermit up” or “callpermit sender”.',
      ...['On their way', '7'],
      ...['People in 24 hours', '3 of 2,000 left', 'The next place frees in 2 hours.'],
      ...['Quality', 'YELLOW'],
      ...['Last webhook', '2 days ago'],
      'What Meta told',
      'calling: DISABLED, 29 Nov 2026, 10:30',
      'number-quality: YELLOW, blocked often, 29 Nov 2026, 11:00',
    ]);
  });

  const LOCKED = { by: 'us', message: 'Meta has locked the account.' } as const;
  it.each([
    [
      'what only a person can mend',
      { breaker: LOCKED },
      [
        ...['Why nothing is sent', 'Meta has locked the account.'],
        'Mend it, then resume the campaign: it does not open by itself.',
      ],
    ],
    [
      'that it is silent',
      { silence: { since: at(-30), why: 'Meta does not answer.' } },
      ['Silent', 'Meta does not answer.', 'since 29 Nov 2026, 11:30'],
    ],
    ['what else stops it', { why: 'No process sends.' }, ['No process sends.']],
    ['nothing where nothing is known', { why: '' }, []],
  ])('says of one that stands: %s', async (_what, more, said) => {
    const lines = await cardOf({ state: 'stopped', ...more });
    expect(lines.slice(0, lines.indexOf('Number, as Meta says'))).toEqual([
      '1',
      'Stopped',
      ...said,
    ]);
  });
});

describe('the page of a campaign', () => {
  const COUNTS: Schema['RequestCounts'] = {
    ...{ pending: 1, queued: 2, sending: 4, accepted: 8, 'already-granted': 16, rejected: 32 },
    ...{ uncertain: 64, skipped: 128, expired: 256, cancelled: 512 },
  };
  const partOf = (part: string, more: Partial<Schema['CampaignLookedAt']>, answers: Answers = {}) =>
    linesOf(`/campaigns/${campaign.id}`, part, {
      [`campaigns/${campaign.id}`]: { ...campaign, state: 'running', counts: COUNTS, ...more },
      ...answers,
    });

  it('counts everybody once beside the number of all, and has a rate while it runs', async () => {
    const numbers = [
      ...['On the list', '1,023'],
      ...['Waiting', '3', 'Being sent', '4', 'Accepted', '8', 'Already granted', '16'],
      ...['Refused', '32', 'Skipped', '384', 'Cancelled', '512', 'Uncertain', '64'],
    ];
    // Nine of ten, and not the tenth that is not whole.
    const said = '90% or more are done with';
    expect(await partOf('How it stands', {})).toEqual([
      ...[...numbers, 'Rate, last minute', 'measuring…', said],
    ]);
    expect(await partOf('How it stands', { state: 'paused' })).toEqual([...numbers, said]);
  });

  const FORECAST: Schema['CampaignForecast'] = {
    ...{ id: '', countedAt: at(-7), willAsk: 30, withinADay: 30, seconds: 7_500, skipped: {} },
    ...{ doneAt: at(130), rate: 1, processes: 1, secondsLeft: 7_800, later: 0, nextDueAt: null },
    ...{ budgets: [], budgetWait: null, pausedQueues: [] },
  };
  const outlookOf = async (
    forecast: Partial<Schema['CampaignForecast']>,
    state: Schema['CampaignLookedAt']['state'] = 'running',
  ) => {
    const answer = { [`campaigns/${campaign.id}/forecast`]: { ...FORECAST, ...forecast } };
    return partOf('What is waiting, and until when', { state }, answer);
  };
  const NO_END =
    'Nobody is asked now, so there is no end in sight; it takes about 2 hours, 5 minutes once it runs.';

  it.each<[string, Partial<Schema['CampaignForecast']>, 'running' | 'paused', string]>([
    ['an end while it runs', {}, 'running', 'Done at about 14:10 (2 hours, 10 minutes).'],
    ['no end where it is paused', {}, 'paused', NO_END],
    ['no end where its queue is paused', { pausedQueues: ['1'] }, 'running', NO_END],
    ['no end where no process sends', { processes: 0 }, 'running', NO_END],
  ])('has in sight %s', async (_what, forecast, state, said) => {
    const ends = (await outlookOf(forecast, state)).filter((line) => /Done|no end/.test(line));
    expect(ends).toEqual([said]);
  });

  it.each([
    ['running', '2 hrs 10 mins'],
    ['paused', '–'],
  ] as const)('has in the list, while it is %s, a time left of %s', async (state, said) => {
    const { id } = campaign;
    const ofState = (one: typeof state) => ({ ...campaign, state: one, counts: COUNTS });
    await goTo(`/campaigns/${id}`, {
      [`campaigns/${id}`]: ofState('running'),
      [`campaigns/${id}/forecast`]: FORECAST,
    });
    await page.getByText(/^Done at about/).waitFor();
    const list = { campaigns: [ofState(state)], next: null };
    await page.route('**/v1/campaigns?*', (route) => route.fulfill({ json: list }));
    await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
    const left = page.getByRole('row').filter({ hasText: id }).locator('[data-title="Time left"]');
    expect(await left.textContent()).toBe(said);
  });

  const budget = { portfolio: 'p', limit: 2_000, remaining: 20, waiting: 10, waitsUntil: at(780) };
  it.each([
    [
      'who waits for a place and until when',
      { budgets: [budget] },
      [
        "The day's budget of the sender: 20 of 2,000 people are left within 24 hours. 20 of these need not wait for it; 10 wait for a free place, the first until 30 Nov 2026, 01:00.",
      ],
    ],
    [
      'that nobody waits for it',
      { budgets: [{ ...budget, waiting: 0, waitsUntil: null }] },
      [
        "The day's budget of the sender: 20 of 2,000 people are left within 24 hours. Nobody of these waits for it.",
      ],
    ],
    [
      'that it is used up',
      { budgetWait: { portfolio: 'p', limit: 2_000, freesAt: at(60) } },
      [
        'No daily limit of the sender is known.',
        'The daily budget of 2,000 people is used up; the next place frees at 13:00.',
      ],
    ],
    ['nothing where nobody is to be asked', { willAsk: 0, withinADay: 0, budgets: [budget] }, []],
  ])('says of the day’s budget %s', async (_what, forecast, said) => {
    const lines = (await outlookOf(forecast)).filter((line) => /budget|limit/.test(line));
    expect(lines).toEqual(said);
  });

  it('says of what was counted over the whole list when that was, not when it came', async () => {
    const funnel: Schema['CampaignFunnel'] = {
      ...{ id: '', countedAt: at(-3), asked: 0, accepted: 0, held: 0, delivered: 0, read: 0 },
      ...{ granted: { temporary: 0, permanent: 0 }, declined: 0, noAnswer: 0, failed: [] },
      ...{ priced: [], medianAnswerS: null, byLanguage: [] },
    };
    const answers = {
      [`campaigns/${campaign.id}/funnel`]: funnel,
      [`campaigns/${campaign.id}/forecast`]: FORECAST,
      [`campaigns/${campaign.id}/reasons`]: { id: '', countedAt: at(-5), reasons: [] },
    };
    const lastOf = async (part: string) => (await partOf(part, {}, answers)).at(-1);
    expect(await lastOf('From the list to a permission')).toMatch(
      /last at 29 Nov 2026, 11:57:00\.$/,
    );
    expect(await lastOf('What is waiting, and until when')).toBe(
      'Counted at 29 Nov 2026, 11:53:00.',
    );
    expect(await lastOf('Why people wait, were refused, left out or not reached')).toBe(
      'Counted at 29 Nov 2026, 11:55:00.',
    );
  });

  const GRANTED = { 'already-granted': 16 };
  const why = (state: string, reason: string | null, count: number) => ({
    ...{ state, reason, count, errorCode: null, message: null, advice: null },
    ...{ attempts: 0, nextAt: null },
  });
  it.each([
    ['whom Meta named and who were left out for it', GRANTED, 5, ['from before: 21']],
    ['who were left out for it alone', { 'already-granted': 0 }, 5, ['from before: 5']],
    ['nobody where nobody had', { 'already-granted': 0 }, 0, []],
  ] as const)('counts as allowed from before %s', async (_what, counts, skipped, said) => {
    const reasons = [
      ...(skipped === 0 ? [] : [why('skipped', 'already-granted', skipped)]),
      why('skipped', 'declined', 40),
      why('pending', 'already-granted', 7),
      why('already-granted', null, 16),
    ];
    const lines = await partOf(
      'From the list to a permission',
      { counts: { ...COUNTS, ...counts } },
      { [`campaigns/${campaign.id}/reasons`]: { id: '', countedAt: NOW, reasons } },
    );
    expect(lines.flatMap((line) => /from before: .*/.exec(line)?.[0] ?? [])).toEqual(said);
  });
});
