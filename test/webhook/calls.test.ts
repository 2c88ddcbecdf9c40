import { describe, expect, test } from '@jest/globals';
import { ADA, only, readValue } from './support.ts';

const OWN = '15550100001';
const OVER = {
  id: 'wacid.CALL1==',
  event: 'terminate',
  direction: 'BUSINESS_INITIATED',
  from: OWN,
  to: ADA.waId,
  timestamp: '1795000200',
};

function call(fields: Record<string, unknown>) {
  return readValue({ calls: [{ ...OVER, ...fields }] }, 'calls');
}

describe('they spoke', () => {
  test.each([
    [{ duration: 45 }, true, 45],
    [{ duration: '45' }, true, 45],
    [{ duration: 0.4 }, true, 1],
    [{ duration: 0 }, false, 0],
    [{ duration: '0' }, false, 0],
    [{ duration: 0, start_time: '1795000150' }, false, 0],
    [{ start_time: '1795000150' }, true, undefined],
    [{ start_time: 1795000150 }, true, undefined],
    [{ start_time: null }, false, undefined],
    [{ start_time: '' }, false, undefined],
    [{ duration: -1 }, false, undefined],
    [{ duration: 'long' }, false, undefined],
    [{ duration: 2 ** 31 }, false, undefined],
    [{ status: 'COMPLETED' }, false, undefined],
    [{}, false, undefined],
  ])('%j: %j', (fields, isConnected, durationS) => {
    const update = only(call(fields), 'call');
    expect(update).toMatchObject({ isConnected, isOver: true });
    expect(update.durationS).toBe(durationS);
  });

  test('only where the call is over', () => {
    const read = call({ event: 'connect', duration: 45, start_time: '1795000150' });
    expect(only(read, 'call')).toMatchObject({ isConnected: false, isOver: false });
  });
});

describe('the person is the side that is not the business', () => {
  const user = { direction: 'USER_INITIATED', from: ADA.waId, to: OWN };
  test.each([
    ['called by us', {}, { waId: ADA.waId }],
    ['called by us, with the plus', { to: `+${ADA.waId}` }, { waId: ADA.waId }],
    ['called by us, a number', { to: Number(ADA.waId) }, { waId: ADA.waId }],
    ['their side withheld', { to: undefined, to_user_id: 'US.7' }, { userId: 'US.7' }],
    ['calling us', user, { waId: ADA.waId }],
    [
      'calling us with all ids',
      { ...user, from_user_id: 'US.7', from_parent_user_id: 'US.ENT.7' },
      { waId: ADA.waId, userId: 'US.7', parentUserId: 'US.ENT.7' },
    ],
    ['with sides changed', { from: ADA.waId, to: OWN }, { waId: ADA.waId }],
    ['with a user id in the number', { to: 'US.7' }, { userId: 'US.7' }],
  ])('%s', (_, fields, who) => {
    expect(only(call(fields), 'call').who).toEqual(who);
  });

  test('a call of nobody is counted only', () => {
    expect(only(call({ to: undefined }), 'ignored').why).toBe('call without a person');
    expect(only(call({ to: OWN, from: undefined }), 'ignored').why).toBe('call without a person');
  });

  test('the number as it is shown may have signs in it', () => {
    const metadata = { display_phone_number: '+1 555-010-0001', phone_number_id: '8' };
    const calls = [{ ...OVER, to: OWN, from: ADA.waId }];
    expect(only(readValue({ metadata, calls }, 'calls'), 'call').who).toEqual({ waId: ADA.waId });
  });
});

test.each([
  [{ direction: undefined }, 'business'],
  [{ direction: undefined, from: ADA.waId, to: OWN }, 'user'],
  [{ direction: undefined, from: undefined, to: undefined, to_user_id: 'US.7' }, 'business'],
  [{ direction: undefined, from: undefined, to: undefined, from_user_id: 'US.7' }, 'user'],
  [{ direction: 'SIDEWAYS' }, 'business'],
])('a call with %j was begun by the %s', (fields, direction) => {
  expect(only(call(fields), 'call').direction).toBe(direction);
});

test.each([
  ['id', { id: undefined }],
  ['event', { event: undefined }],
  ['direction', { direction: undefined, from: undefined, to: undefined }],
])('a call without its %s is kept raw', (what, fields) => {
  expect(only(call(fields), 'unreadable').why).toContain(what);
});

test('an event or a status of a call that is not known is read and counted', () => {
  const event = call({ event: 'call_moved' });
  expect(only(event, 'call')).toMatchObject({ event: 'call_moved', isOver: false });
  expect([...event.unknown]).toEqual([['value event call_moved', 1]]);
  const statuses = [{ id: 'wacid.1', status: 'BUSY', recipient_user_id: 'US.7' }];
  const status = readValue({ statuses }, 'calls');
  expect(only(status, 'call')).toMatchObject({ event: 'BUSY', who: { userId: 'US.7' } });
  expect([...status.unknown]).toEqual([['value call status BUSY', 1]]);
});

test('the status of a call is one in whichever field it comes', () => {
  const statuses = [{ id: 'a', type: 'call', status: 'RINGING', recipient_id: ADA.waId }];
  expect(only(readValue({ statuses }), 'call')).toMatchObject({ id: 'a', event: 'RINGING' });
});
