/** What Meta's own count says about requests whose outcome is not known, over a whole run. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newNumbers, type OpenSystem, openSystem } from '../refusals/support.ts';
import { applyStatus } from '../support/apply-status.ts';
import { describeOnBothQueues } from '../support/queues.ts';

/** Longer than time-out and lease: from then on "not counted" says something. */
const OLD_ENOUGH_MS = 60_000;

/** Two people for each thing a server can do to a POST: half of them it has taken. */
const TAKEN = [
  { kind: 'accept-and-never-answer' },
  { kind: 'accept-and-reset' },
  { kind: 'html', accepted: true },
  { kind: 'truncated-json' },
] as const;
const LOST = [
  { kind: 'drop-and-never-answer' },
  { kind: 'drop-before-accept' },
  { kind: 'html', accepted: false },
  { kind: 'no-body', accepted: false },
] as const;

describeOnBothQueues(
  'invariant 2: nobody is asked twice, and evidence settles what is not known',
  (ground) => {
    describe.each(['hold', 'resend-after-check'] as const)('under %s', (policy) => {
      let system: OpenSystem;
      const [taken, lost] = [newNumbers(TAKEN.length), newNumbers(LOST.length)];

      beforeAll(async () => {
        system = await openSystem(ground, {
          env: {
            REQUEST_TIMEOUT_MS: '1000',
            UNCERTAIN_CHECK_AFTER_MS: '30000',
            UNCERTAIN_POLICY: policy,
          },
        });
        const once = { timesPerPerson: 1 };
        system.simulator.setFaults([
          ...TAKEN.map((effect, i) => ({ ...once, to: taken[i] ?? '', effect })),
          ...LOST.map((effect, i) => ({ ...once, to: lost[i] ?? '', effect })),
        ]);
      });
      afterAll(() => system.close());

      test('each is checked once it is old enough, and settled as the server knows it', async () => {
        const id = await system.ask([...taken, ...lost]);
        await system.until(id, (c) => c.counts.uncertain === taken.length + lost.length);
        expect(system.simulator.stats().posts).toBe(taken.length + lost.length);
        // Nothing is checked, and nobody asked again, before its time.
        expect((await system.get(id)).counts.accepted).toBe(0);

        await system.advance(OLD_ENOUGH_MS);
        const ended = await system.until(id, (c) => c.state === 'completed');

        const resent = policy === 'resend-after-check';
        expect(ended.counts).toMatchObject(
          resent
            ? { accepted: taken.length + lost.length, uncertain: 0 }
            : { accepted: taken.length, uncertain: lost.length },
        );
        for (const to of taken) expect(system.posts(to)).toBe(1);
        for (const to of lost) expect(system.posts(to)).toBe(resent ? 2 : 1);
        expect(system.simulator.stats().askedTwice).toMatchObject({ acceptedMoreThanOnce: 0 });
        for (const result of await system.results(id)) {
          const wasTaken = taken.includes(result.to);
          // Settled by usage there is no wamid yet: a webhook brings it.
          expect(result.wamid === null).toBe(wasTaken || !resent);
          if (result.status === 'uncertain') expect(result.advice).toContain('it did not go out');
        }
      });

      test('a status webhook that comes later brings the wamid, also in the completed campaign', async () => {
        const [row] = await system.rows<{ id: string; fence: number }>(
          'select id::text, fence from requests where to_number = $1',
          [taken[0]],
        );
        const wamid = `wamid.late.${row?.id}`;
        const applied = await applyStatus(system.app.ledger.evidence, {
          request: row?.id ?? '',
          fence: row?.fence ?? 0,
          wamid,
          status: 'delivered',
          at: new Date(),
        });
        expect(applied).toMatchObject({ applied: true, state: 'accepted' });
        const [shown] = await system.rows<{ wamid: string; delivery: string }>(
          'select wamid, delivery from requests where id = $1',
          [row?.id],
        );
        expect(shown).toEqual({ wamid, delivery: 'delivered' });
      });
    });
  },
);
