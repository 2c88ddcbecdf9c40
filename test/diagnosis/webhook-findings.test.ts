/** What doctor says of webhooks, from how their store stands. */
import { describe, expect, test } from '@jest/globals';
import type { AccountNews, TemplateNews, WebhookTally } from '../../src/core/ports/index.ts';
import {
  newsFindings,
  type WebhookFacts,
  webhookFindings,
} from '../../src/diagnosis/webhook-findings.ts';

const now = new Date('2026-11-28T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);
const HOUR = 3_600_000;

const tally = (about: string, what: string, n: number, more: Partial<WebhookTally> = {}) => ({
  ...{ about, what, n, senderId: '', lastAt: ago(HOUR) },
  ...more,
});

const quiet: WebhookFacts = {
  standing: {
    ...{ lastReceivedAt: ago(180_000), waiting: 0, oldestWaitingAt: null, unread: 0 },
    tallies: [tally('field', 'messages', 1_204), tally('field', 'calls', 3)],
  },
  ...{ unread: [], now, hasAsked: true, hasSecret: true, hasVerifyToken: true, isSimulator: false },
};
const standing = (more: Partial<WebhookFacts['standing']>): WebhookFacts => ({
  ...quiet,
  standing: { ...quiet.standing, ...more },
});
const told = (facts: WebhookFacts) => webhookFindings(facts).map((f) => `${f.level} ${f.message}`);
const next = (facts: WebhookFacts) =>
  webhookFindings(facts)
    .map((f) => f.next ?? '')
    .join(' ');

describe('doctor says of webhooks', () => {
  test('when the last one came and which fields', () => {
    expect(told(quiet)).toEqual([
      'ok The last one came 3 minutes ago. Fields: messages 1,204, calls 3.',
    ]);
  });

  test('that none came although requests were accepted, and what to look at', () => {
    const none = standing({ lastReceivedAt: null, tallies: [] });
    expect(told(none)).toEqual([
      'warn None has arrived yet, although Meta took requests within the last day.',
    ]);
    expect(next(none)).toMatch(/callpermit webhook setup.*Conversation Routing/);
    expect(told(standing({ lastReceivedAt: ago(25 * HOUR) }))[0]).toMatch(/^warn .*25 hours ago/);
    expect(told({ ...none, hasAsked: false })).toEqual(['ok None has arrived yet.']);
  });

  test('that no secret is set, or no word for Meta', () => {
    const none = standing({ lastReceivedAt: null, tallies: [] });
    const bare = { ...none, hasAsked: false, hasSecret: false, hasVerifyToken: false };
    expect(told(bare)).toEqual([
      expect.stringMatching(/^warn WHATSAPP_APP_SECRET/),
      expect.stringMatching(/^warn WHATSAPP_WEBHOOK_VERIFY_TOKEN/),
      expect.stringMatching(/^ok /),
    ]);
  });

  test('that the word for Meta is not missed while webhooks come, and is as soon as they stay away', () => {
    const wordless = { ...quiet, hasVerifyToken: false };
    expect(told(wordless)[0]).toMatch(/^ok WHATSAPP_WEBHOOK_VERIFY_TOKEN .*come all the same/);
    const away = { ...standing({ lastReceivedAt: ago(25 * HOUR) }), hasVerifyToken: false };
    expect(told(away)[0]).toMatch(/^warn WHATSAPP_WEBHOOK_VERIFY_TOKEN/);
  });

  test('that deliveries wait: for a moment all is well, for a minute nobody applies them', () => {
    const [, short] = told(standing({ waiting: 4, oldestWaitingAt: ago(2_000) }));
    expect(short).toBe('ok 4 deliveries wait to be applied, the oldest for 2 s.');
    const stuck = standing({ waiting: 4_000, oldestWaitingAt: ago(HOUR) });
    expect(told(stuck)[1]).toMatch(/^warn 4,000 deliveries wait/);
    expect(next(stuck)).toContain('callpermit sender');
  });

  test('what was refused, by why; long ago it is only told', () => {
    const refused = [
      tally('refused', 'unsigned', 3),
      tally('refused', 'signature', 5, { senderId: '1' }),
      tally('refused', 'signature', 4, { lastAt: ago(60_000) }),
    ];
    expect(told(standing({ tallies: refused }))[1]).toBe(
      'warn 12 deliveries were refused (signature 9, unsigned 3), the last 1 minute ago.',
    );
    const old = [tally('refused', 'unsigned', 3, { lastAt: ago(48 * HOUR) })];
    expect(told(standing({ tallies: old }))[1]).toMatch(/^ok 3 deliveries/);
  });

  test('that the simulator sends bad ones on purpose, unless it sends nothing that is good', () => {
    const refused = [tally('refused', 'unsigned', 3)];
    const trial = { ...standing({ tallies: refused }), isSimulator: true };
    expect(told(trial)[1]).toMatch(/^ok 3 deliveries were refused .* on purpose/);
    const wrong = { ...standing({ tallies: refused, lastReceivedAt: null }), isSimulator: true };
    expect(told(wrong)[1]).toMatch(/^warn 3 deliveries/);
    expect(next(wrong)).toContain('WHATSAPP_APP_SECRET');
  });

  test('the newest three parts that could not be read, with where and why, and no more of them', () => {
    const part = (i: number) => ({
      ...{ delivery: String(i), day: '2026-11-28', where: `entry[${i}]`, why: 'no id' },
      ...{ raw: '{"to":"16505551234"}', at: ago(i * 1_000) },
    });
    const [, line = ''] = told({ ...standing({ unread: 9 }), unread: [4, 2, 3, 1].map(part) });
    expect(line).toBe(
      'warn 9 parts of deliveries could not be read. The newest: entry[1] (no id); entry[2] (no id); entry[3] (no id).',
    );
  });

  test('what is of somebody else, and words that are not known', () => {
    const [, foreign, words] = told(
      standing({
        tallies: [
          tally('foreign', 'status', 7, { senderId: '555' }),
          tally('foreign', 'reply', 1, { senderId: '555' }),
          ...['a', 'b', 'c', 'd', 'e', 'f'].map((word, i) =>
            tally('unknown', `key ${word}`, 9 - i),
          ),
        ],
      }),
    );
    expect(foreign).toBe('ok 8 parts were of numbers or accounts that are not ours (555).');
    expect(words).toMatch(/^ok .*: key a 9, key b 8, key c 7, key d 6, key e 5, \.\.\.\.$/);
  });
});

describe('doctor says of news', () => {
  const account = (more: Partial<AccountNews>): AccountNews => ({
    ...{ account: 'A', senderId: '', what: 'restriction', value: 'RESTRICTED', detail: null },
    ...{ until: null, at: ago(HOUR) },
    ...more,
  });
  const template = (more: Partial<TemplateNews>): TemplateNews => ({
    ...{ templateId: '9', account: 'A', name: 't', language: 'en', what: 'status' },
    ...{ value: 'PAUSED', detail: 'FIRST_PAUSE', effectiveAt: null, at: ago(HOUR) },
    ...more,
  });
  const senders = [
    { senderId: '1', account: 'A' },
    { senderId: '2', account: 'B' },
  ];

  test('whom a restriction concerns, and nothing that is over or good', () => {
    const found = newsFindings({
      ...{ senders, now, templates: [] },
      account: [
        account({ until: new Date(now.getTime() + HOUR) }),
        account({ value: 'OVER', until: ago(1) }),
        account({ senderId: '2', account: 'B', what: 'calling', value: 'DISABLED' }),
        account({ what: 'daily-limit', value: '2000' }),
      ],
    });
    expect(found.map((f) => f.message)).toEqual([
      expect.stringMatching(/^Sender 1: restricted: RESTRICTED until /),
      expect.stringMatching(/^Sender 2: calling: DISABLED /),
    ]);
    expect(found.every((f) => f.check === 'news' && f.level === 'warn')).toBe(true);
  });

  test('which templates are stopped or in danger, and why', () => {
    const found = newsFindings({
      ...{ senders, now, account: [] },
      templates: [
        template({}),
        template({ what: 'quality', value: 'GREEN' }),
        template({ what: 'status', value: 'APPROVED', detail: null }),
        template({ what: 'category-ahead', value: 'MARKETING', effectiveAt: now, detail: null }),
      ],
    });
    expect(found.map((f) => f.message)).toEqual([
      expect.stringMatching(/^Template t \(en\): PAUSED: FIRST_PAUSE /),
      expect.stringMatching(/^Template t \(en\): its category will be MARKETING from /),
    ]);
  });
});
