import { expect, test } from '@jest/globals';
import type { Update } from '../../src/core/webhook/update.ts';
import { ADA, delivery, payloads, readChange, readOf } from './support.ts';

/** What a payload leads to, in a line: the words of its updates that matter. */
function effect(update: Update): string {
  switch (update.kind) {
    case 'text':
      return `text "${update.text}"`;
    case 'ignored':
      return `ignored: ${update.why}`;
    case 'reply':
      return `reply ${update.response} to ${update.context}`;
    case 'identity':
      return `identity ${update.what}: ${Object.values(update.before)} > ${Object.values(update.after)}`;
    case 'preference':
      return `preference ${update.value} ${update.category}`;
    case 'status':
      return `status ${update.status} of ${update.request}.${update.fence} ${update.pricing?.category} ${update.errors.map(({ code }) => code)}`;
    case 'call':
      return `call ${update.direction} ${update.event} ${update.isConnected ? 'connected' : ''}${update.isOver ? ' over' : ''}`;
    case 'template':
      return `template ${update.what} ${update.value} ${update.detail} ${update.effectiveAt?.toISOString()}`;
    case 'account':
      return `account ${update.what} ${update.value} ${update.detail} ${update.senderId ?? update.displayNumber}`;
    case 'unreadable':
      return `unreadable ${update.where}: ${update.why}`;
  }
}

const EFFECTS = {
  messages: {
    text: ['text "Stop, please"'],
    'text as an answer': ['text "¡Alto!"'],
    'text from an advertisement (referral)': ['text "Hello"'],
    'text about a product': ['text "Is it there?"'],
    'text that was forwarded': ['text "Look"'],
    'button of a template': ['text "Stop promotions"'],
    'button reply': ['text "No, thanks"'],
    'list reply': ['ignored: message type interactive list_reply'],
    'flow reply': ['ignored: message type interactive nfm_reply'],
    image: ['ignored: message type image'],
    video: ['ignored: message type video'],
    audio: ['ignored: message type audio'],
    document: ['ignored: message type document'],
    sticker: ['ignored: message type sticker'],
    location: ['ignored: message type location'],
    contacts: ['ignored: message type contacts'],
    reaction: ['ignored: message type reaction'],
    order: ['ignored: message type order'],
    unsupported: ['ignored: message type unsupported'],
    'unknown, as it was before': ['ignored: message type unknown'],
    'system: number changed': [
      'identity number: 15550100777,US.7,US.ENT.7 > 15550100888,US.8,US.ENT.8',
    ],
    'system: user id changed': ['identity user-id: 15550100777,US.7 > 15550100777,US.8'],
    'system: identity changed': ['ignored: system message customer_identity_changed'],
    'permission reply': ['reply accept to wamid.AAAA1=='],
    'message of a group': ['ignored: message of a group'],
    'errors alone': ['ignored: errors 1 130429'],
    standby: ['text "stop"'],
    'standby with echoes': ['ignored: field message_echoes'],
    echoes: ['ignored: field message_echoes'],
    'preference: stop': ['preference stop marketing_messages'],
    'preference: resume': ['preference resume marketing_messages'],
    'preference: signup': ['ignored: preference signup'],
    'user id update': ['identity user-id: US.7,US.ENT.7 > 15550100777,US.8,US.ENT.8'],
  },
  statuses: {
    'sent, paid': ['status sent of 42.3 marketing '],
    'sent in a conversation that is paid for': ['status sent of 42.3 marketing '],
    'sent, free entry point': ['status sent of 42.3 referral_conversion '],
    delivered: ['status delivered of 42.3 utility '],
    read: ['status read of 42.3 undefined '],
    failed: ['status failed of 42.3 undefined 131049'],
    played: ['ignored: status played'],
    'of a group': ['ignored: status of a group'],
    'of an identity check': ['status sent of 42.3 undefined '],
    'of a payment': ['ignored: status captured'],
  },
  calls: {
    'connect, business': ['call business connect '],
    'connect, user': ['call user connect '],
    'terminate, they spoke': ['call business terminate connected over'],
    'terminate, not picked up': ['call business terminate  over'],
    'terminate, failed': ['call business terminate  over', 'ignored: errors 1 138021'],
    ringing: ['call business RINGING '],
    rejected: ['call business REJECTED '],
  },
  templates: {
    approved: ['template status APPROVED undefined undefined'],
    rejected: [
      'template status REJECTED INVALID_FORMAT; Placeholders at the end; Move them undefined',
    ],
    paused: ['template status PAUSED FIRST_PAUSE; Low quality undefined'],
    'to be deleted': ['template status PENDING_DELETION undefined undefined'],
    quality: ['template quality YELLOW undefined undefined'],
    'quality under the wrong field': ['template quality RED undefined undefined'],
    'category, ahead': ['template category-ahead MARKETING UTILITY 2026-11-19T11:06:40.000Z'],
    category: ['template category MARKETING UTILITY undefined'],
    'category detected': ['template category-ahead MARKETING UTILITY undefined'],
    components: ['template components header body footer buttons undefined undefined'],
  },
  account: {
    throughput: ['account throughput THROUGHPUT_UPGRADE TIER_UNLIMITED 15550100001'],
    'number quality': ['account number-quality FLAGGED TIER_10K 15550100001'],
    'daily limit': ['account daily-limit 2000 undefined undefined'],
    alert: ['account alert INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED text undefined'],
    'alert of a number': ['account alert OBA_APPROVED text 800000000000001'],
    restriction: [
      'account restriction RESTRICTED_BUSINESS_INITIATED_CALLING Call fewer 15550100001',
      'account restriction RESTRICTED_BIZ_INITIATED_MESSAGING undefined 15550100001',
    ],
    violation: ['account violation LOW_BUSINESS_INITIATED_CALLING_QUALITY undefined 15550100001'],
    ban: ['account ban SCHEDULE_FOR_DISABLE November 26, 2026 undefined'],
    deleted: ['account other ACCOUNT_DELETED undefined undefined'],
    partner: ['account other PARTNER_REMOVED undefined undefined'],
    review: ['account review APPROVED undefined undefined'],
    'calling off': ['account calling DISABLED undefined 800000000000001'],
    'settings without calling': ['ignored: account_settings_update without calling'],
    security: ['account security PIN_RESET_REQUEST undefined 15550100001'],
    name: ['account name REJECTED NAME_TOO_SHORT 15550100001'],
    'business status': ['ignored: field business_status_update'],
  },
} satisfies Record<string, Record<string, readonly string[]>>;

const rows = Object.entries(EFFECTS).flatMap(([file, effects]) =>
  [...payloads(file)].map(([name, change]) => ({
    file,
    name,
    change,
    expected: new Map<string, readonly string[]>(Object.entries(effects)).get(name),
  })),
);

test.each(rows)('$file, $name: has its effect or its count', ({ change, expected }) => {
  const read = readChange(change, { time: 1795000000 });
  expect(read.updates.map(effect)).toEqual(expected);
  expect(read.fields).not.toEqual([]);
});

test('no key of a payload is unknown, and of the values only those that are named here', () => {
  const unknown = rows.flatMap(({ change }) => [...readChange(change).unknown.keys()]);
  expect(new Set(unknown)).toEqual(
    new Set([
      'value field message_template_status_update',
      'value preference signup',
      'value status captured',
      'value status played',
    ]),
  );
});

test('all payloads of a delivery together have the effects of each', () => {
  const { updates } = readOf(delivery(rows.map(({ change }) => change)));
  expect(updates.map(({ kind }) => kind)).toEqual(
    rows.flatMap(({ change }) => readChange(change).updates.map(({ kind }) => kind)),
  );
  expect(updates.map(({ kind }) => kind)).not.toContain('unreadable');
});

test('who wrote or was written to is known by all names, also where the message is nothing to us', () => {
  const people = rows
    .filter(({ file, name }) => file === 'messages' && /image|order|signup|unsupported/.test(name))
    .map(({ change }) => readChange(change).together);
  expect(people.length).toBeGreaterThan(3);
  for (const together of people) {
    expect(together.map(({ names }) => names)).toEqual([ADA]);
    // The time of the message, not of the delivery.
    expect(together[0]?.at.toISOString()).toMatch(/^2026-11-18T11/);
  }
});
