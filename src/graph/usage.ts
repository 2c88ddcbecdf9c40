/**
 * Meta's usage headers: percent of an allowance, and minutes until it is free again.
 * They come only after enough calls and their shape is half documented, so anything unreadable
 * counts as absent; of several figures the highest is the one that slows us down.
 */

import { outsideWaitMs } from '../core/outside-text.ts';
import type { Usage } from '../core/verdicts/outcome.ts';
import { asNumber, asRecord } from './json.ts';

const FIGURES = ['call_count', 'total_cputime', 'total_time'] as const;

/** The highest figures of both headers, or nothing when neither is readable. */
export function readUsage(headers: Readonly<Record<string, unknown>>): Usage | undefined {
  const business = headers['x-business-use-case-usage'];
  const app = headers['x-app-usage'];
  if (business === undefined && app === undefined) return undefined;
  const entries = [...businessUseCases(parse(business)), parse(app)];
  let percent: number | undefined;
  let minutes = 0;
  for (const entry of entries.map(asRecord)) {
    if (entry === undefined) continue;
    for (const figure of FIGURES) {
      const value = asNumber(entry[figure]);
      if (value !== undefined && value >= 0) percent = Math.max(percent ?? 0, value);
    }
    minutes = Math.max(minutes, asNumber(entry.estimated_time_to_regain_access) ?? 0);
  }
  if (percent === undefined && minutes === 0) return undefined;
  const regain = minutes > 0 ? { regainAccessMs: outsideWaitMs(minutes * 60_000) } : {};
  return { percent: percent ?? 100, ...regain };
}

/** `{"<WABA id>": [{...}, ...]}`; a bare object in place of the list is taken too. */
function businessUseCases(value: unknown): unknown[] {
  return Object.values(asRecord(value) ?? {}).flat();
}

function parse(header: unknown): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    return JSON.parse(header);
  } catch {
    return undefined;
  }
}
