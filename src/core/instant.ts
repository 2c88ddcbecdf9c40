/**
 * `not_before` and `not_after`: ISO 8601 with a zone. A time without one is refused, since it
 * would mean another hour on the server than at the desk where the list was written.
 */
import { err, ok, type Result } from './result.ts';

/** Why a text is no point in time: a fixed code, and a text for people. */
export interface InstantFailure {
  readonly code: 'TIME_WITHOUT_ZONE' | 'TIME_INVALID';
  readonly message: string;
}

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(?:(z)|([+-])(\d{2}):?(\d{2})?)$/i;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?$/i;

/** Reads `2026-03-01T09:00:00+01:00`, `2026-03-01 08:00Z` and the like. */
export function parseInstant(text: string): Result<Date, InstantFailure> {
  const trimmed = text.trim();
  const m = INSTANT.exec(trimmed);
  if (m === null) {
    return WITHOUT_ZONE.test(trimmed)
      ? err({
          code: 'TIME_WITHOUT_ZONE',
          message: 'the time has no zone; add Z (UTC) or an offset, like 2026-03-01T09:00:00+01:00',
        })
      : err(invalid());
  }
  const n = (group: number) => Number(m[group] ?? 0);
  const milliseconds = Number((m[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const local = new Date(Date.UTC(n(1), n(2) - 1, n(3), n(4), n(5), n(6), milliseconds));
  // Date.UTC carries the 30th of February over to March: such a day is a slip, not a wish.
  const meant = [n(1), n(2), n(3), n(4), n(5), n(6)].join();
  const got = [
    local.getUTCFullYear(),
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ].join();
  if (meant !== got || n(10) > 23 || n(11) > 59) return err(invalid());
  const offset = (n(10) * 60 + n(11)) * 60_000 * (m[9] === '-' ? -1 : 1);
  return ok(new Date(local.getTime() - offset));
}

function invalid(): InstantFailure {
  return {
    code: 'TIME_INVALID',
    message: 'this is not a time; write it as 2026-03-01T09:00:00Z or 2026-03-01T09:00:00+01:00',
  };
}
