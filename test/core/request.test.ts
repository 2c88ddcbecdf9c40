import { expect, test } from '@jest/globals';
import { EXPORT_COLUMNS, noCounts, openCount, REQUEST_STATES } from '../../src/core/request.ts';

test('programs and the ledger know the states by these names, in the order of a request', () => {
  expect(REQUEST_STATES).toEqual([
    ...['pending', 'queued', 'sending', 'accepted', 'already-granted', 'rejected', 'uncertain'],
    ...['skipped', 'expired', 'cancelled'],
  ]);
});

test('an export has these columns, in an order that programs may rely on', () => {
  expect(EXPORT_COLUMNS.join()).toBe(
    'row,reference,to,wa_id,user_id,status,message_status,wamid,attempts,due_at,error_code,error_message,advice,accepted_at,' +
      'delivery,delivered_at,read_at,answer,answered_at,permission_expires_at',
  );
});

test('counts begin with each state at none', () => {
  expect(Object.entries(noCounts())).toEqual(REQUEST_STATES.map((state) => [state, 0]));
});

test('open are those that wait, have a job, or are being sent; the others are not', () => {
  const counts = Object.fromEntries(REQUEST_STATES.map((state, i) => [state, 10 ** i]));
  expect(openCount({ ...noCounts(), ...counts })).toBe(111);
});
