import { describe, expect, it } from '@jest/globals';
import { type Body, graph, send } from '../support.ts';
import { startTelling } from './receiver.ts';

/** Beyond what a number of JavaScript holds. */
const ID = '9007199254740993';
const given = { templates: [{ name: 't', id: ID }] };

const valuesOf = (changes: readonly Body[]): Body[] => changes.map((c) => c.value);

describe('templates', () => {
  it('tell their life: paused, unpaused, rejected, disabled; ids are numbers whatever their size', async () => {
    const { simulator, receiver } = await startTelling(given);
    simulator.apply({ set: 'template', name: 't', status: 'PAUSED' });
    await graph(simulator, 'POST', `/v24.0/${ID}/unpause`);
    simulator.apply({ set: 'template', name: 't', status: 'REJECTED', reason: 'INVALID_FORMAT' });
    simulator.apply({ set: 'template', name: 't', status: 'DISABLED' });
    await simulator.untilWebhooksQuiet();
    const changes = receiver.changes('message_template_status_update');
    expect(valuesOf(changes).map((v) => [v.event, v.other_info?.title, v.reason])).toEqual([
      ['PAUSED', 'FIRST_PAUSE', 'NONE'],
      ['APPROVED', 'UNPAUSED', 'NONE'],
      ['REJECTED', undefined, 'INVALID_FORMAT'],
      ['DISABLED', undefined, 'NONE'],
    ]);
    expect(changes[2].value.rejection_info).toHaveProperty('recommendation');
    expect(changes[3].value.disable_info.disable_date).toBe(changes[3].time);
    expect(changes[0].value).toMatchObject({
      message_template_name: 't',
      message_template_language: 'en',
      message_template_category: 'UTILITY',
    });
    expect(receiver.deliveries[0]?.raw).toContain(`"message_template_id":${ID},`);
  });

  it('tell the end of a review when it comes, with nobody asking', async () => {
    const { simulator, receiver } = await startTelling({ review: { delayMs: 3_600_000 } });
    const created = await graph(
      simulator,
      'POST',
      `/v24.0/${simulator.businessAccountId}/message_templates`,
      {
        name: 'fresh',
        language: 'en',
        category: 'UTILITY',
        components: [
          { type: 'BODY', text: 'May we call you about the order that you placed?' },
          { type: 'call_permission_request' },
        ],
      },
    );
    expect(created.body.status).toBe('PENDING');
    await simulator.untilWebhooksQuiet();
    expect(receiver.deliveries).toEqual([]);
    simulator.advanceClock(3_600_000);
    await simulator.untilWebhooksQuiet();
    expect(valuesOf(receiver.changes('message_template_status_update'))).toMatchObject([
      { event: 'APPROVED', message_template_name: 'fresh' },
    ]);
  });

  it('tell a category in two steps, of which the first names the one of now as new, and their quality', async () => {
    const { simulator, receiver } = await startTelling(given);
    const category = { set: 'category', name: 't', category: 'MARKETING' } as const;
    simulator.apply({ ...category, aheadMs: 86_400_000 }, category);
    simulator.apply({ set: 'quality', name: 't', quality: 'YELLOW' });
    await simulator.untilWebhooksQuiet();
    const [ahead, changed] = valuesOf(receiver.changes('template_category_update'));
    expect(ahead).toMatchObject({ new_category: 'UTILITY', correct_category: 'MARKETING' });
    expect(ahead.category_update_timestamp - Date.now() / 1000).toBeGreaterThan(86_000);
    expect(changed).toMatchObject({ previous_category: 'UTILITY', new_category: 'MARKETING' });
    expect(changed).not.toHaveProperty('correct_category');
    expect(valuesOf(receiver.changes('message_template_quality_update'))).toMatchObject([
      { previous_quality_score: 'UNKNOWN', new_quality_score: 'YELLOW' },
    ]);
    const fields = 'category,previous_category,correct_category,quality_score';
    expect((await graph(simulator, 'GET', `/v24.0/${ID}?fields=${fields}`)).body).toMatchObject({
      category: 'MARKETING',
      previous_category: 'UTILITY',
      quality_score: { score: 'YELLOW' },
    });
  });

  it('tell that somebody edited them', async () => {
    const { simulator, receiver } = await startTelling(given);
    const components = [
      { type: 'BODY', text: 'May we call you about your order and its delivery?' },
      { type: 'call_permission_request' },
    ];
    await graph(simulator, 'POST', `/v24.0/${ID}`, { components });
    await simulator.untilWebhooksQuiet();
    expect(valuesOf(receiver.changes('message_template_components_update'))).toMatchObject([
      { message_template_element: components[0]?.text },
    ]);
  });
});

describe('accounts and numbers', () => {
  it('are warned, and restricted for seven days, in which no request goes out', async () => {
    const { simulator, receiver } = await startTelling();
    simulator.apply({ kind: 'warn-calling' }, { kind: 'restrict-calling' });
    await simulator.untilWebhooksQuiet();
    const [warning, restriction] = valuesOf(receiver.changes('account_update'));
    expect(warning).toEqual({
      event: 'ACCOUNT_VIOLATION',
      phone_number: '4930901820',
      violation_info: { violation_type: 'LOW_BUSINESS_INITIATED_CALLING_QUALITY' },
    });
    expect(restriction).toMatchObject({
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_BUSINESS_INITIATED_CALLING' }],
    });
    const { expiration } = restriction.restriction_info[0];
    expect(Math.abs(expiration - Date.now() / 1000 - 604_800)).toBeLessThan(60);
    expect((await send(simulator, '+16505551234')).code).toBe(138014);
    simulator.apply({ set: 'restriction', restriction: null });
    expect((await send(simulator, '+16505551234')).status).toBe(200);
  });

  it('tell a ban and its end, a faster number, a daily limit, and calling switched off', async () => {
    const { simulator, receiver } = await startTelling({ messagesPerSecond: 80 });
    simulator.apply(
      { set: 'block', code: 131031 },
      { set: 'block', code: null },
      { set: 'rate', messagesPerSecond: 1000 },
      { kind: 'daily-limit', people: 2000 },
      { kind: 'daily-limit', people: 'unlimited' },
    );
    const settings = { calling: { status: 'DISABLED' } };
    await graph(simulator, 'POST', `/v24.0/${simulator.phoneNumberId}/settings`, settings);
    simulator.apply({ set: 'calling', status: 'ENABLED' });
    await simulator.untilWebhooksQuiet();
    expect(
      valuesOf(receiver.changes('account_update')).map((v) => v.ban_info.waba_ban_state),
    ).toEqual(['DISABLE', 'REINSTATE']);
    expect(valuesOf(receiver.changes('phone_number_quality_update'))).toMatchObject([
      { event: 'THROUGHPUT_UPGRADE', display_phone_number: '4930901820' },
    ]);
    const limits = valuesOf(receiver.changes('business_capability_update'));
    expect(limits.map((v) => v.max_daily_conversations_per_business)).toEqual([2000, -1]);
    const calling = valuesOf(receiver.changes('account_settings_update'));
    expect(calling.map((v) => v.phone_number_settings.calling.status)).toEqual([
      'DISABLED',
      'ENABLED',
    ]);
    expect(calling[0].phone_number_settings.phone_number_id).toBe(simulator.phoneNumberId);
  });
});
