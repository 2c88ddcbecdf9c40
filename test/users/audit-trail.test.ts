/** What is written down at once, what is counted, and what is lost. */
import { expect, test } from '@jest/globals';
import type { Action } from '../../src/core/ports/index.ts';
import { auditTrail } from '../../src/users/audit-trail.ts';

const ACTION = {
  actor: { kind: 'user', name: 'ann', role: 'viewer' },
  what: 'logIn',
  outcome: 'refused',
  status: 401,
} as const;

function bench(record: (action: Action) => Promise<void> = async () => {}) {
  const written: [string, number | undefined][] = [];
  const lost: string[] = [];
  let due: (() => void) | undefined;
  const trail = auditTrail({
    store: {
      async record(action, times) {
        await record(action);
        written.push([action.actor.name, times]);
      },
    },
    clock: {
      after(_ms, run) {
        due = run;
        return () => {
          due = undefined;
        };
      },
    },
    onLost: ({ what }) => lost.push(what),
  });
  return { trail, written, lost, tick: () => due?.(), isDue: () => due !== undefined };
}

const named = (name: string) => ({ ...ACTION, actor: { ...ACTION.actor, name } });

test('an action is written before `record` resolves', async () => {
  const { trail, written } = bench();
  await trail.record(ACTION);
  expect(written).toEqual([['ann', undefined]]);
});

test('a thousand of one kind are one write, a second later', async () => {
  const { trail, written, tick } = bench();
  for (let i = 0; i < 999; i += 1) trail.count(ACTION);
  trail.count(named('bob'));
  expect(written).toEqual([]);
  tick();
  await trail.close();
  expect(written).toEqual([
    ['ann', 999],
    ['bob', 1],
  ]);
});

test('what is counted is written as it closes, and nothing is due then', async () => {
  const { trail, written, isDue } = bench();
  trail.count(ACTION);
  expect(isDue()).toBe(true);
  await trail.close();
  expect(written).toEqual([['ann', 1]]);
  expect(isDue()).toBe(false);
});

test('ever new names are not held without end', async () => {
  const { trail, written } = bench();
  for (let i = 0; i < 2_500; i += 1) trail.count(named(`n${i}`));
  await new Promise((resolve) => setImmediate(resolve));
  expect(written.length).toBeGreaterThanOrEqual(2_000);
});

test('what cannot be written is told, and is no failure', async () => {
  const { trail, lost } = bench(() => Promise.reject(new Error('away')));
  await trail.record(ACTION);
  trail.count({ ...ACTION, what: 'pauseCampaign' });
  await trail.close();
  expect(lost).toEqual(['logIn', 'pauseCampaign']);
});
