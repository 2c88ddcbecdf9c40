/** Spans of time as people write them on a command line. */
import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** `24h`, `90m`, `30s`, `7d`, or several of them in a row: `1d12h`; in ms. */
export function duration(text: string): number {
  const parts = [...text.trim().matchAll(/(\d{1,6})([dhms])/g)];
  const whole = parts.map((part) => part[0]).join('');
  const ms = parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS_MS[unit ?? ''] ?? 0), 0);
  if (whole === text.trim() && ms > 0) return ms;
  throw new InvalidArgumentError('Expected a span of time, like 24h, 90m or 1d12h');
}
