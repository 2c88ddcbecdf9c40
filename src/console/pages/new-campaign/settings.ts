/** When and how a campaign asks, as somebody chose it, and as the API is told. */
import { given } from '../../given.ts';
import type { Reading } from '../../list/reading.ts';

/** What is chosen; texts are empty where nothing was. */
export interface Settings extends Reading {
  readonly name: string;
  /** None: the first of the settings. */
  readonly senders: readonly string[];
  readonly start: 'now' | 'at' | 'draft';
  /** Local, as the browser's own box gives it: `2026-11-29T09:00`. */
  readonly startAt: string;
  readonly expireAt: string;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly onPairLimit: 'wait' | 'skip';
  readonly includeGranted: boolean;
  readonly includeDeclined: boolean;
  readonly maxErrors: string;
  readonly weight: string;
  /** The same list is asked once more. */
  readonly again: boolean;
}

/** Before anybody has chosen. */
export const USUAL: Settings = {
  ...{ name: '', senders: [], start: 'now', startAt: '', expireAt: '' },
  ...{ quietFrom: '', quietTo: '', defaultCountry: '', numbers: '', onPairLimit: 'wait' },
  ...{ includeGranted: false, includeDeclined: false, maxErrors: '', weight: '', again: false },
};

/** What is wrong with it; nothing is asked before it is put right. */
export interface WrongSettings {
  /** One end of the quiet hours without the other: people would be asked at night. */
  readonly quiet?: 'from' | 'to';
  /** It would start at once. */
  readonly startAt?: 'none' | 'past';
  /** Everybody would be too late: now, or when it starts. */
  readonly expireAt?: 'past' | 'early';
  /** No whole number from 1 to 100. */
  readonly weight?: 'none';
}

/** Looks at it. */
export function wrongIn(s: Settings, now = Date.now()): WrongSettings {
  const isPast = (local: string) => Date.parse(local) <= now;
  return given({
    quiet:
      (s.quietFrom === '') === (s.quietTo === '')
        ? undefined
        : s.quietFrom === ''
          ? ('from' as const)
          : ('to' as const),
    startAt:
      s.start !== 'at'
        ? undefined
        : s.startAt === ''
          ? ('none' as const)
          : isPast(s.startAt)
            ? ('past' as const)
            : undefined,
    expireAt: isPast(s.expireAt)
      ? ('past' as const)
      : s.start === 'at' && Date.parse(s.expireAt) <= Date.parse(s.startAt)
        ? ('early' as const)
        : undefined,
    weight: /^(?:[1-9]\d?|100)?$/.test(s.weight.trim()) ? undefined : ('none' as const),
  });
}

/** The query of an import. */
export function settingsQuery(s: Settings): Record<string, string> {
  const quiet = s.quietFrom !== '' && s.quietTo !== '';
  return given({
    name: orNone(s.name.trim()),
    sender: orNone(s.senders.join(',')),
    startAt: s.start === 'at' ? instant(s.startAt) : undefined,
    expireAt: instant(s.expireAt),
    quietHours: quiet ? `${s.quietFrom}-${s.quietTo}` : undefined,
    defaultCountry: orNone(s.defaultCountry.trim().toUpperCase()),
    numbers: orNone(s.numbers),
    onPairLimit: s.onPairLimit === 'wait' ? undefined : s.onPairLimit,
    includeGranted: s.includeGranted ? 'true' : undefined,
    includeDeclined: s.includeDeclined ? 'true' : undefined,
    maxErrors: orNone(s.maxErrors.trim()),
    // What is no weight is told beside its box; people are counted without it.
    weight: wrongIn(s).weight === undefined ? orNone(s.weight.trim()) : undefined,
    // The key of each try is fresh, and says nothing of the list.
    again: s.again ? 'true' : 'false',
  }) as Record<string, string>;
}

function orNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** A local time as an instant. */
function instant(local: string): string | undefined {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
