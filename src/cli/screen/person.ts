/** One person for people: what each sender may do, and what happened so far, in words. */
import type { BookEntry, CallStanding, HistoryEntry } from '../../core/ports/index.ts';
import { verdictFor } from '../../core/verdicts/verdicts.ts';
import { when } from '../../telemetry/times.ts';
import { count, printable } from '../../telemetry/words.ts';

/** Connected calls that Meta allows a pair in 24 hours (docs/meta.md, "Call permission requests"). */
const CALLS_A_DAY = 100;

/** How a word came to be known; sources that are not here are shown as they are. */
const SOURCES: Readonly<Record<string, string>> = {
  answer: 'they answered a request',
  profile: 'they set it in the profile',
  callback: 'they called',
  automatic: 'Meta did, after calls that nobody took',
  person: 'they did so themselves',
  query: 'Meta was asked',
  webhook: 'they answered a request',
  refusal: 'Meta said so as it refused a request',
  operator: 'an operator said so',
  request: 'a request',
  'number-change': 'the number belongs to somebody else, or they have another',
};

/** The state of a person with a sender: `may be called until ...`. */
export function stateText({ state, since, until, source }: BookEntry): string {
  const end = until === null ? '' : when(until);
  const how = source === null ? '' : `; ${SOURCES[source] ?? printable(source, 40)}`;
  const from = since === null ? '' : ` (since ${when(since)}${how})`;
  switch (state) {
    case 'requested':
      return `was asked ${since === null ? '' : when(since)}; can answer until ${end}`;
    case 'temporary':
      return `may be called until ${end}${from}`;
    case 'permanent':
      return `may be called, without an end${from}`;
    case 'declined':
      return `declined${from}${end === '' ? '' : `; not asked again before ${end}`}`;
    case 'revoked':
      return `took the permission back${from}; ${end === '' ? 'not asked again by itself' : `not asked again before ${end}`}`;
    case 'expired':
      return `may not be called any more: it ended ${end}${from}`;
    case 'none':
      return `may not be called${from}`;
  }
}

/** A person's calls with a sender. */
export function callsText({ connectedDay, unanswered }: CallStanding): string {
  const row =
    unanswered === 0
      ? ''
      : `; ${count(unanswered)} not answered in a row (the fourth takes the permission back)`;
  return `${count(connectedDay)} of ${CALLS_A_DAY} connected calls in 24 hours${row}`;
}

/** One thing that happened. */
export function eventText({ kind, what, source, until, code }: HistoryEntry): string {
  if (kind === 'request') return requestText(what, source, code);
  if (kind === 'call') return callText(what, source);
  if (source === 'number-change') return 'number changed';
  const how = source === null ? '' : ` (${SOURCES[source] ?? printable(source, 40)})`;
  return `${wordText(what, source, until)}${how}`;
}

function wordText(what: string, source: string | null, until: Date | null): string {
  const said = source === 'query' ? 'allowed' : 'said yes';
  if (what === 'temporary') return until === null ? said : `${said}, until ${when(until)}`;
  if (what === 'permanent') return `${said}, without an end`;
  if (what === 'declined') return 'said no';
  if (what === 'revoked') return 'permission taken back';
  return what === 'none' ? 'nothing allowed' : printable(what, 40);
}

const DELIVERIES: Readonly<Record<string, string>> = {
  accepted: 'accepted by Meta',
  failed: 'not delivered',
};

function requestText(what: string, campaign: string | null, code: number | null): string {
  const of = campaign === null ? '' : ` by ${printable(campaign, 64)}`;
  const why = code === null ? '' : ` (${code}: ${verdictFor({ code, message: '' }).meaning})`;
  return `asked${of}: ${DELIVERIES[what] ?? printable(what, 40)}${why}`;
}

function callText(what: string, by: string | null): string {
  return by === 'person' ? `they called: ${printable(what, 40)}` : `called: ${printable(what, 40)}`;
}
