import { expect, test } from '@jest/globals';
import { InfrastructureError } from '../../src/core/problem.ts';
import { outages } from '../../src/sending/outages.ts';
import { keptLog } from '../campaign/support.ts';

test.each([
  ['database', 'database out of reach: waiting', 'database back'],
  ['queue', 'queue out of reach: waiting', 'queue back'],
  ['graph', 'Graph API out of reach: waiting', 'Graph API back'],
] as const)(
  'an outage of the %s is one line, and its end another, over all loops',
  (service, down, up) => {
    const { log, messages } = keptLog();
    const report = outages(log);
    const [one, other] = [report([service]), report([service])];
    one(undefined);
    expect(messages()).toEqual([]);
    one(new InfrastructureError(service, 'away'));
    other(new InfrastructureError(service, 'away'));
    expect(messages()).toEqual([down]);
    other(undefined);
    one(undefined);
    expect(messages()).toEqual([down, up]);
  },
);

test('a loop that went well says nothing of a service that it does not use', () => {
  const { log, messages } = keptLog();
  const report = outages(log);
  report(['database', 'queue'])(new InfrastructureError('queue', 'away'));
  report(['database'])(undefined);
  expect(messages()).toEqual(['queue out of reach: waiting']);
});

test('what is no outage is told each time', () => {
  const { log, messages, fields } = keptLog();
  const report = outages(log)(['database']);
  report(new TypeError('a bug'));
  report(new TypeError('a bug'));
  expect(messages()).toEqual(['unexpected error', 'unexpected error']);
  expect(fields()[0]).toMatchObject({ err: { message: 'a bug' } });
});
