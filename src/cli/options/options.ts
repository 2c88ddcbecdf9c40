/** Readers of option values; what they refuse is reported as wrong use, in commander's format. */
import { InvalidArgumentError, Option } from 'commander';
import type { Read } from '../../core/campaign-options.ts';
import { readSpan } from '../../core/span.ts';

/** `--format`, where a list is read. */
export function formatOption(): Option {
  return new Option(
    '--format <format>',
    "format of the list (else by the file's name, else by its first character)",
  ).choices(['csv', 'ndjson', 'json']);
}

/** The value; what is expected instead is reported as wrong use, in commander's format. */
export function checked<T>(read: Read<T>): T {
  if (read.ok) return read.value;
  throw new InvalidArgumentError(read.error);
}

/** A whole number from 1. */
export function positive(text: string): number {
  return within(text, 1, Number.MAX_SAFE_INTEGER);
}

/** A TCP port; 0 takes a free one. */
export function port(text: string): number {
  return within(text, 0, 65_535);
}

/** One of Meta's error codes: a whole number, also below zero. */
export function errorCode(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected one of Meta's error codes, like 131026");
}

/** Collects an option that may be given several times. */
export function repeatable(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Collects values that may be given several times or with commas; each must be one of `choices`. */
export function someOf<T extends string>(
  choices: readonly T[],
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before) => [
    ...(before ?? []),
    ...text.split(',').map((part) => {
      const found = choices.find((choice) => choice === part.trim());
      if (found !== undefined) return found;
      throw new InvalidArgumentError(`Expected one of ${choices.join(', ')}`);
    }),
  ];
}

/** Seconds, fractions allowed, up to an hour. */
export function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 3_600) return value;
  throw new InvalidArgumentError('Expected seconds from 0 to 3600');
}

/** `24h`, `90m`, `30s`, `7d`, `1d12h`: a span of time in ms; the units from long to short. */
export function duration(text: string): number {
  return checked(readSpan(text));
}

function within(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const expected = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new InvalidArgumentError(`Expected a whole number ${expected}`);
}

/** `--refused`: a file. Standard output is for the result, and a file named `-` is nobody's wish. */
export function reportFile(path: string): string {
  if (path.trim() !== '' && path !== '-') return path;
  throw new InvalidArgumentError(
    'Expected a file, like refused.csv; standard output is for the result (--refused /dev/stderr shows the lines there)',
  );
}

/** `--spreadsheet` of exports: what a spreadsheet would run as a formula is text there. */
export function spreadsheetOption(): Option {
  return new Option(
    '--spreadsheet',
    'CSV for a spreadsheet: what it would run as a formula is text',
  );
}
