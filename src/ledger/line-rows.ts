/**
 * Lines of a list as rows of COPY, in its text format: what is written a million times is put together
 * here, a microsecond a line. Which column is what stands in `statements/copy_lines.sql`.
 */

import type { ListLine, Recipient, RefusedLine } from '../core/people/recipient.ts';
import type { ListTerms } from '../core/ports/index.ts';

/** What a batch's lines are written by. */
export interface RowRules {
  readonly campaignId: string;
  /** All of the campaign's; a line that names none goes to the first. */
  readonly senderIds: readonly string[];
  readonly language: string;
  readonly terms: ListTerms;
  /** Who asked a number before, of the campaign's senders; where there are several. */
  readonly askedBy?: ReadonlyMap<string, string>;
}

/** A batch, ready to be sent. */
export interface LineRows {
  readonly requests: readonly Buffer[];
  readonly refusedLines: readonly Buffer[];
  readonly added: number;
  readonly refused: number;
}

/** Puts the rows of a batch together. */
export function lineRows(lines: readonly ListLine[], rules: RowRules): LineRows {
  const requests = pieces();
  const refusedLines = pieces();
  const head = field(rules.campaignId);
  let refused = 0;
  for (const line of lines) {
    if (line.kind === 'refused') {
      refused += 1;
      refusedLines.add(refusedRow(head, line.refused));
      continue;
    }
    requests.add(requestRow(head, line.recipient, rules));
  }
  return {
    requests: requests.end(),
    refusedLines: refusedLines.end(),
    added: lines.length - refused,
    refused,
  };
}

function requestRow(
  campaignId: string,
  r: Recipient,
  { senderIds, language, terms, askedBy }: RowRules,
): string {
  const sender = askedBy?.get(r.to) ?? r.senderId ?? senderIds[0] ?? '';
  const reference = r.reference === undefined ? NULL : field(r.reference);
  return `${campaignId}\t${field(sender)}\t${r.row}\t${reference}\t${r.to}\t${field(r.language ?? language)}\t${parametersField(r.parameters)}\t${zonesField(r.zones)}\t${endOf(r.notAfter, terms.expireAt)}\t${beginOf(r.notBefore, terms.startAt)}\n`;
}

const NULL = '\\N';

function refusedRow(campaignId: string, r: RefusedLine): string {
  const column = r.column === undefined ? NULL : field(r.column);
  const value = r.value === undefined ? NULL : field(r.value);
  return `${campaignId}\t${r.row}\t${column}\t${value}\t${field(r.code)}\t${field(r.message)}\n`;
}

// Whichever is earlier of the line's end and the campaign's, whichever is later of their beginnings.
/** When a line ends at the latest, as Postgres reads it. */
export function endOf(line: Date | undefined, campaign: Date | null): string {
  if (line === undefined) return campaign === null ? 'infinity' : campaign.toISOString();
  return (campaign !== null && campaign < line ? campaign : line).toISOString();
}

/** When a line begins at the earliest, as Postgres reads it. */
export function beginOf(line: Date | undefined, campaign: Date | null): string {
  if (line === undefined) return campaign === null ? '-infinity' : campaign.toISOString();
  return (campaign !== null && campaign > line ? campaign : line).toISOString();
}

/** A text as it may stand in JSON and in COPY alike: nearly all are. */
const PLAIN = /^[^\p{Cc}\p{Cs}"\\]*$/u;

function parametersField(parameters: Readonly<Record<string, string>>): string {
  let json = '';
  for (const name in parameters) {
    const value = parameters[name] ?? '';
    if (!PLAIN.test(value) || !PLAIN.test(name)) return escaped(asJson(parameters));
    json += `${json === '' ? '{' : ','}"${name}":"${value}"`;
  }
  return json === '' ? '{}' : `${json}}`;
}

function asJson(parameters: Readonly<Record<string, string>>): string {
  const entries = Object.entries(parameters);
  return JSON.stringify(Object.fromEntries(entries.map(([k, v]) => [storable(k), storable(v)])));
}

function zonesField(zones: readonly string[] | undefined): string {
  if (zones === undefined) return NULL;
  const quoted = zones.map((zone) => `"${storable(zone).replace(/["\\]/g, '\\$&')}"`);
  return escaped(`{${quoted.join(',')}}`);
}

function field(text: string): string {
  return PLAIN.test(text) ? text : escaped(storable(text));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escaped(text: string): string {
  return text.replace(/[\\\n\r\t]/g, (c) => ESCAPES[c] ?? c);
}

// Postgres keeps neither U+0000 nor half a surrogate pair in text; nearly no text has one.
function storable(text: string): string {
  if (!/[\uD800-\uDFFF]/.test(text) && !text.includes('\u0000')) return text;
  return text
    .replaceAll('\u0000', '\uFFFD')
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

// As much as a stream takes at once; larger pieces leave larger buffers behind.
const PIECE_CHARACTERS = 32_768;

function pieces() {
  const done: Buffer[] = [];
  let text = '';
  return {
    add(row: string) {
      text += row;
      if (text.length < PIECE_CHARACTERS) return;
      done.push(Buffer.from(text));
      text = '';
    },
    end(): readonly Buffer[] {
      if (text !== '') done.push(Buffer.from(text));
      return done;
    },
  };
}
