import { describe, expect, test } from '@jest/globals';
import { ADA, only, readValue } from './support.ts';

const AT = new Date(1795000001_000);
const CONTACT = { wa_id: ADA.waId, user_id: ADA.userId, parent_user_id: ADA.parentUserId };
const sent = (fields: Record<string, unknown>) => ({
  id: 'wamid.A',
  status: 'sent',
  timestamp: '1795000001',
  ...fields,
});
const who = (fields: Record<string, unknown>, contacts?: unknown) =>
  only(readValue({ statuses: [sent(fields)], contacts }), 'status').who;
const together = (parts: Record<string, unknown>) =>
  readValue(parts).together.map(({ names }) => names);

describe('names', () => {
  const longest = `US.${'a'.repeat(128)}`;
  test.each([
    [{ recipient_id: '15550100777' }, { waId: '15550100777' }],
    [{ recipient_id: 15550100777 }, { waId: '15550100777' }],
    [{ recipient_id: '+15550100777' }, { waId: '15550100777' }],
    [{ recipient_id: '12345' }, { waId: '12345' }],
    [{ recipient_id: '1'.repeat(20) }, { waId: '1'.repeat(20) }],
    [{ recipient_id: '1234' }, {}],
    [{ recipient_id: '1'.repeat(21) }, {}],
    [{ recipient_id: '1555 0100777' }, {}],
    [{ recipient_id: 'US.7' }, { userId: 'US.7' }],
    [{ recipient_id: 'US.ENT.7' }, { parentUserId: 'US.ENT.7' }],
    [{ recipient_id: 'US.7', recipient_user_id: 'US.8' }, { userId: 'US.8' }],
    [{ recipient_user_id: 'US.7' }, { userId: 'US.7' }],
    [{ recipient_user_id: longest }, { userId: longest }],
    [{ recipient_user_id: `${longest}a` }, {}],
    [{ recipient_user_id: 'us.7' }, {}],
    [{ recipient_user_id: 'USA.7' }, {}],
    [{ recipient_user_id: 'US.' }, {}],
    [{ recipient_user_id: 'US.7-8' }, {}],
    [{ recipient_user_id: 'US.ENT.7' }, { parentUserId: 'US.ENT.7' }],
    [{ recipient_user_id: '15550100777' }, {}],
    [{ recipient_parent_user_id: 'US.ENT.7' }, { parentUserId: 'US.ENT.7' }],
    [{ parent_recipient_user_id: 'US.ENT.7' }, { parentUserId: 'US.ENT.7' }],
    [{ recipient_id: '15550100001' }, {}],
    [{ recipient_id: {}, recipient_user_id: ['US.7'] }, {}],
  ])('%j are %j', (fields, expected) => {
    expect(who(fields)).toEqual(expected);
  });
});

describe('a contact is found', () => {
  const others = [{ wa_id: '15550100999', user_id: 'US.9' }, CONTACT];
  test.each([
    ['by the number', { recipient_id: ADA.waId }, others, ADA],
    ['by the user id', { recipient_user_id: ADA.userId }, others, ADA],
    ['by the parent', { recipient_parent_user_id: ADA.parentUserId }, others, ADA],
    ['by being alone', {}, [CONTACT], ADA],
    [
      'by being alone, with another kind of name',
      { recipient_id: '15550100777' },
      [{ user_id: 'US.7' }],
      { waId: '15550100777', userId: 'US.7' },
    ],
    [
      'by a number with its plus',
      { recipient_id: '15550100777' },
      [{ wa_id: '+15550100777', user_id: 'US.7' }],
      { waId: '15550100777', userId: 'US.7' },
    ],
    ['not by its place', {}, others, {}],
    [
      'not where it is another person',
      { recipient_id: '15550100999' },
      [{ wa_id: '15550100888', user_id: 'US.8' }],
      { waId: '15550100999' },
    ],
    ['not where there is none', { recipient_id: ADA.waId }, {}, { waId: ADA.waId }],
    ['not among what is none', { recipient_id: ADA.waId }, [7, null, [], 'x'], { waId: ADA.waId }],
  ])('%s', (_, fields, contacts, expected) => {
    expect(who(fields, contacts)).toEqual(expected);
  });

  test('and what the status itself says goes before it', () => {
    const names = who({ recipient_id: ADA.waId, recipient_user_id: 'US.8' }, [CONTACT]);
    expect(names).toEqual({ ...ADA, userId: 'US.8' });
  });

  test.each([0, 1])('where a number is of two of them, by what is of one alone (%i)', (first) => {
    const passedOn = { ...CONTACT, user_id: 'US.9', parent_user_id: 'US.ENT.9' };
    const contacts = [CONTACT, passedOn];
    const { updates } = readValue({
      contacts: [contacts[first], contacts[1 - first]],
      statuses: [
        sent({ recipient_id: ADA.waId }),
        sent({ recipient_id: ADA.waId, recipient_user_id: ADA.userId }),
        sent({ recipient_user_id: 'US.9' }),
      ],
    });
    expect(updates.map((update) => 'who' in update && update.who)).toEqual([
      { waId: ADA.waId },
      ADA,
      { waId: ADA.waId, userId: 'US.9', parentUserId: 'US.ENT.9' },
    ]);
  });

  test('for no message of two by being alone', () => {
    const { updates } = readValue({
      contacts: [CONTACT],
      statuses: [sent({ recipient_id: ADA.waId }), sent({})],
    });
    expect(updates).toMatchObject([{ who: ADA }, { who: {} }]);
    expect(updates[1]).toHaveProperty('who', {});
  });
});

describe('names stand together', () => {
  test('in a contact that no message is about', () => {
    const other = { wa_id: '15550100999', user_id: 'US.9' };
    const read = readValue({
      contacts: [other, CONTACT],
      statuses: [sent({ recipient_id: ADA.waId })],
    });
    expect(read.together).toEqual([
      { senderId: '800000000000001', names: ADA, at: AT },
      // At the time of what stands beside it.
      { senderId: '800000000000001', names: { waId: '15550100999', userId: 'US.9' }, at: AT },
    ]);
  });

  test('in a message without contacts', () => {
    expect(
      together({ statuses: [sent({ recipient_id: '15550100777', recipient_user_id: 'US.7' })] }),
    ).toEqual([{ waId: '15550100777', userId: 'US.7' }]);
  });

  test('not where there is one of them', () => {
    expect(together({ contacts: [{ wa_id: ADA.waId }], statuses: [sent({})] })).toEqual([]);
  });

  test('once, at the first time', () => {
    const read = readValue({
      contacts: [CONTACT],
      statuses: [
        sent({ recipient_id: ADA.waId, timestamp: 1795000002 }),
        sent({ recipient_id: ADA.waId, timestamp: 1795000003 }),
        sent({ recipient_id: ADA.waId, timestamp: 1795000001 }),
      ],
    });
    expect(read.together).toEqual([{ senderId: '800000000000001', names: ADA, at: AT }]);
  });

  test('in a contact and in a message that say it in two ways, each as it says it', () => {
    const fields = { recipient_id: ADA.waId, recipient_user_id: 'US.8' };
    expect(together({ contacts: [CONTACT], statuses: [sent(fields)] })).toEqual([
      { ...ADA, userId: 'US.8' },
      ADA,
    ]);
  });
});
