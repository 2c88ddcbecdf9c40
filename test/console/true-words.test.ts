/** What a page says of how it goes is so, and two pages say the same of one thing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { components } from '../../src/console/api/schema.ts';
import { people } from '../http/support.ts';
import { type Answering, type Answers, answering } from './answering.ts';
import { type Console, startConsole } from './support.ts';

type Schema = components['schemas'];

const NOW = '2026-11-29T12:00:00.000Z';

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

const NOBODY: Schema['RequestCounts'] = {
  ...{ pending: 0, queued: 0, sending: 0, accepted: 0, 'already-granted': 0, rejected: 0 },
  ...{ uncertain: 0, skipped: 0, expired: 0, cancelled: 0 },
};

/** A part of the page of a campaign that stands so. */
const partOf = (part: string, more: Partial<Schema['CampaignLookedAt']>, answers: Answers = {}) =>
  linesOf(`/campaigns/${campaign.id}`, part, {
    [`campaigns/${campaign.id}`]: { ...campaign, state: 'running', counts: NOBODY, ...more },
    ...answers,
  });

describe('webhooks', () => {
  const TOKEN = { check: 'webhooks', code: 'WEBHOOK_TOKEN_MISSING', sender: null };
  const finding = (level: 'ok' | 'warn'): Schema['Finding'] => ({
    ...{ ...TOKEN, level, unreachable: false, message: 'The verify token is not set.' },
    next: level === 'ok' ? null : 'Set it.',
  });
  const stepOf = (level: 'ok' | 'warn', lastWebhookAt: string | null) =>
    linesOf('/first-steps', 'Webhooks', {
      health: { ok: true, at: NOW, metaAt: NOW, findings: [finding(level)] },
      'senders?*': { senders: [], next: null, lastWebhookAt },
    });

  it('are a step that is done where the page of health finds nothing to look at', async () => {
    expect(await stepOf('ok', NOW)).toEqual(['Webhooks', 'done', 'The last one came now.']);
  });

  it.each([
    ['none came', null, 'None came yet: without them nobody’s answer is known.'],
    ['none came any more', NOW, 'The last one came now.'],
  ])('are to do where it does: %s', async (_what, last, said) => {
    expect(await stepOf('warn', last)).toEqual([
      ...['Webhooks', 'to do', said, 'The verify token is not set.', 'Set it.'],
    ]);
  });
});

describe('a scheduled campaign', () => {
  it('is found by that state, and stands among the running ones', async () => {
    const made = async (name: string, startAt: string | null) => {
      const body = {
        ...{ template: 't', language: 'en', name, start: true },
        recipients: people(1),
      };
      await stand.service.call('POST', '/v1/campaigns', {
        body: startAt === null ? body : { ...body, startAt },
      });
    };
    await made('at once', null);
    await made('by the clock', '2040-01-01T00:00:00Z');
    const other = await stand.open('/campaigns');
    const list = other.page.getByRole('table', { name: 'campaigns' });
    await list.getByText('at once').waitFor();
    await other.page.getByLabel('State').selectOption({ label: 'Scheduled' });
    await list.getByText('at once').waitFor({ state: 'detached' });
    await list
      .getByRole('row')
      .filter({ hasText: 'by the clock' })
      .getByText('Scheduled')
      .waitFor();
    await other.page.getByLabel('State').selectOption({ label: 'Running or scheduled' });
    await list.getByText('at once').waitFor();
    await list.getByText('by the clock').waitFor();
    await other.context.close();
  });

  it('has no rate that could be measured', async () => {
    const ahead = { scheduledFor: '2040-01-01T00:00:00.000Z' };
    expect(await partOf('How it stands', ahead)).not.toContain('Rate, last minute');
  });
});

describe('the rate', () => {
  const latency = (askedPerSecond: number | null): Schema['CampaignLatency'] => ({
    ...{ id: '', sampled: 200, medianMs: 100, mostMs: 200, askedPerSecond },
  });
  const rateOf = async (said: number | null) => {
    const lines = await partOf(
      'How it stands',
      {},
      {
        [`campaigns/${campaign.id}/latency`]: latency(said),
      },
    );
    return lines[lines.indexOf('Rate, last minute') + 1];
  };

  it.each([
    ['what the service says of the last ones', 79.64, '79.6/s'],
    ['not nothing where it is little', 0.04, '<0.1/s'],
    ['not said where nobody knows', null, 'measuring…'],
  ])('is in the first seconds of a page %s', async (_what, said, shown) => {
    expect(await rateOf(said)).toBe(shown);
  });

  it('stands in the list, too, as soon as that is there', async () => {
    const { id } = campaign;
    await goTo('/campaigns', {
      'campaigns?*': { campaigns: [{ ...campaign, state: 'running' }], next: null },
      [`campaigns/${id}/latency`]: latency(12),
    });
    const cell = page
      .getByRole('row')
      .filter({ hasText: id })
      .locator('[data-title="Asked a second"]');
    await cell.getByText('12/s').waitFor();
  });
});

describe('how far it is', () => {
  it.each([
    [54, 546, 'Fewer than 10% are done with'],
    [0, 600, '0% are done with'],
    [599, 1, '90% or more are done with'],
    [600, 0, '100% are done with'],
  ])('is told with %i of those done, and %i who wait: %s', async (accepted, pending, said) => {
    const counts = { ...NOBODY, accepted, pending };
    expect((await partOf('How it stands', { counts })).at(-1)).toBe(said);
  });
});

describe('why people were refused', () => {
  const REASONS = 'Why people wait, were refused, left out or not reached';
  const TRIED = 'Nothing to do; it is tried again by itself.';
  const why = (more: Partial<Schema['ReasonCount']>): Schema['ReasonCount'] => ({
    ...{ state: 'rejected', count: 3, errorCode: 131_026, reason: null, message: 'No WhatsApp.' },
    ...{ advice: 'Reach them another way.', lasting: false, attempts: 1, nextAt: null },
    ...more,
  });
  const reasonsOf = (
    more: Partial<Schema['ReasonCount']>,
    state: Schema['CampaignLookedAt']['state'] = 'running',
  ) =>
    partOf(
      REASONS,
      { state },
      {
        [`campaigns/${campaign.id}/reasons`]: { id: '', countedAt: NOW, reasons: [why(more)] },
      },
    );

  it.each([
    ['asked again where that helps', false, 1],
    ['not where it brings the same answer', true, 0],
  ])('they are %s', async (_what, lasting, buttons) => {
    await reasonsOf({ lasting });
    await page.getByRole('link', { name: 'Show these' }).waitFor();
    expect(await page.getByRole('button', { name: 'Ask these again' }).count()).toBe(buttons);
  });

  it('nothing goes on by itself while the campaign is paused', async () => {
    const waits = {
      ...({ state: 'pending', errorCode: 131_000, message: null, advice: TRIED } as const),
      nextAt: '2026-11-29T12:05:00.000Z',
    };
    const going = await reasonsOf(waits);
    expect(going).toEqual(expect.arrayContaining([TRIED, expect.stringContaining('12:05')]));
    const paused = await reasonsOf(waits, 'paused');
    expect(paused).toContain('The campaign is paused: they go on once it is resumed.');
    expect(paused.join()).not.toMatch(/by itself|12:05/);
    const asked = { ...waits, advice: 'Was asked lately; is asked once Meta allows it again.' };
    expect(await reasonsOf(asked, 'paused')).toContain(
      'Was asked lately; is asked once Meta allows it again. Not while the campaign is paused.',
    );
  });

  it('whom a message did not reach has no answer to give', async () => {
    const funnel: Schema['CampaignFunnel'] = {
      ...{ id: '', countedAt: NOW, asked: 10, accepted: 10, held: 0, delivered: 6, read: 4 },
      ...{ granted: { temporary: 2, permanent: 0 }, declined: 1, noAnswer: 3 },
      failed: [{ code: 131_026, n: 4, meaning: null }],
      ...{ priced: [], medianAnswerS: null, byLanguage: [] },
    };
    const lines = await partOf(
      'From the list to a permission',
      { counts: { ...NOBODY, accepted: 10 } },
      {
        [`campaigns/${campaign.id}/funnel`]: funnel,
      },
    );
    expect(lines).toEqual(expect.arrayContaining(['No answer yet: 3', 'Not delivered: 4']));
  });
});
