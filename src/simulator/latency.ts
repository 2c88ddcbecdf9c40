/** How long an answer takes. A real server's times are skewed, which is what `lognormal` is for. */
import { z } from 'zod';
import type { Random } from './prng.ts';

const latencyUpTo = (mostMs: number) => {
  const ms = z.number().min(0).max(mostMs);
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), ms }),
    z.strictObject({ kind: z.literal('uniform'), minMs: ms, maxMs: ms }),
    z.strictObject({
      kind: z.literal('lognormal'),
      medianMs: ms,
      /** Standard deviation of the logarithm: at 0.5, 5 % take longer than 2.3 medians. */
      sigma: z.number().min(0).max(3).default(0.5),
      /** Longer draws are cut to this. */
      maxMs: ms.default(10_000),
    }),
  ]);
};

/** Latency of every Graph route, in milliseconds. */
export const latencySchema = latencyUpTo(600_000);

/** How long something takes that people or queues do: a number of milliseconds, or a distribution. */
export const delaySchema = z.union([
  z
    .number()
    .min(0)
    .transform((ms) => ({ kind: 'constant' as const, ms })),
  latencyUpTo(30 * 86_400_000),
]);

/** A distribution of answer times. */
export type Latency = z.output<typeof latencySchema>;

/** Draws one answer time in milliseconds. */
export function drawLatency(latency: Latency, random: Random): number {
  switch (latency.kind) {
    case 'constant':
      return latency.ms;
    case 'uniform':
      return latency.minMs + random() * Math.max(0, latency.maxMs - latency.minMs);
    case 'lognormal': {
      // Box-Muller; 1 - u keeps the logarithm away from zero.
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return Math.min(latency.maxMs, latency.medianMs * Math.exp(latency.sigma * normal));
    }
  }
}
