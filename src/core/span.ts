/** Spans of time as people and programs write them. */
import type { Read } from './campaign-options.ts';
import { err, ok } from './result.ts';

const SPAN = /^(?=.)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/i;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000];
/** Ten years: beyond it is a slip of the finger, and some day beyond what Postgres can tell. */
const LONGEST_MS = 3_650 * 86_400_000;

/** `24h`, `90m`, `30s`, `7d`, `1d12h`: a span of time in ms; the units from long to short. */
export function readSpan(text: string): Read<number> {
  const [, ...parts] = SPAN.exec(text.trim()) ?? [];
  const ms = UNITS_MS.reduce((sum, unit, i) => sum + unit * Number(parts[i] ?? 0), 0);
  if (ms > 0 && ms <= LONGEST_MS) return ok(ms);
  return err('Expected a span of time, like 24h, 90m, 30s, 7d or 1d12h');
}
