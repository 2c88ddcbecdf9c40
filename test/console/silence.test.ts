/** Whether somebody answers is known by what is late, and by nothing else. */
import { expect, it } from '@jest/globals';
import { createSilence } from '../../src/console/api/silence.ts';

/** A page under a clock of its own. */
function page(answers: { probe: boolean }) {
  let now = 0;
  const timers: { at: number; then: () => void }[] = [];
  const told: [number, boolean][] = [];
  let probes = 0;
  const silence = createSilence({
    now: () => now,
    after: (ms, then) => void timers.push({ at: now + ms, then }),
    probe: async () => {
      probes += 1;
      if (!answers.probe) throw new Error('No answer.');
    },
    onChange: (is) => void told.push([now, is]),
  });
  return {
    ...{ silence, told, probes: () => probes, timers: () => timers.length },
    async until(then: number) {
      for (;;) {
        const next = timers.filter(({ at }) => at <= then).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.splice(timers.indexOf(next), 1);
        now = Math.max(now, next.at);
        next.then();
        await new Promise(setImmediate);
      }
      now = then;
    },
  };
}

it('a call without an answer, and no sign of life: silent, until there is one', async () => {
  const answers = { probe: false };
  const { silence, told, until } = page(answers);
  silence.began('a');
  await until(3_400);
  expect(told).toEqual([]);
  await until(9_000);
  expect(told).toEqual([[3_500, true]]);
  answers.probe = true;
  await until(12_000);
  expect(told.slice(1)).toEqual([[9_500, false]]);
});

it('a call that takes long while there are signs of life is none', async () => {
  const { silence, told, probes, until } = page({ probe: true });
  silence.began('long');
  await until(20_000);
  expect([told, probes()]).toEqual([[], 5]);
});

it('nor is one while others are answered, or something comes by itself', async () => {
  const { silence, told, probes, until } = page({ probe: false });
  silence.began('long');
  for (let at = 0; at < 20_000; at += 3_000) {
    await until(at);
    silence.began(`${at}`);
    silence.ended(`${at}`, true);
    await until(at + 1_500);
    silence.heard();
  }
  expect([told, probes()]).toEqual([[], 0]);
});

it('what was broken off is no answer, and nobody is watched for whom nothing waits', async () => {
  const { silence, told, probes, timers, until } = page({ probe: false });
  silence.began('a');
  await until(1_000);
  silence.ended('a', false);
  await until(60_000);
  expect([told, probes(), timers()]).toEqual([[], 0, 0]);
});
