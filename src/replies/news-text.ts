/** What Meta told of accounts and templates, in words. */
import type { AccountNews, TemplateNews } from '../core/ports/index.ts';
import { when } from '../telemetry/times.ts';
import { printable } from '../telemetry/words.ts';

const KINDS: Readonly<Record<string, string>> = {
  restriction: 'restricted',
  violation: 'warned of a violation',
  ban: 'ban',
  review: 'review of the account',
  alert: 'alert',
  'number-quality': 'quality of the number',
  throughput: 'throughput',
  'daily-limit': 'people a day',
  calling: 'calling',
  security: 'security',
  name: 'name of the number',
};

/** News of an account or number: `restricted: RESTRICTED_... until ... (28 Nov 2026 11:28 CET)`. */
export function accountNewsText({ what, value, detail, until, at }: AccountNews): string {
  const end = until === null ? '' : ` until ${when(until)}`;
  const kind = KINDS[what] ?? printable(what, 40);
  return `${kind}: ${printable(value, 80)}${end}${more(detail)} (told ${when(at)})`;
}

/** News of a template: `quality YELLOW, was GREEN (...)`. */
export function templateNewsText(news: TemplateNews): string {
  const { what, value, detail, effectiveAt, at } = news;
  const told = ` (told ${when(at)})`;
  const shown = printable(value, 80);
  if (what === 'quality') return `quality ${shown}${more(detail)}${told}`;
  if (what === 'category') {
    const before = detail === null ? '' : `, was ${printable(detail, 40)}`;
    return `category ${shown}${before}${told}`;
  }
  if (what === 'category-ahead') {
    const from = effectiveAt === null ? '' : ` from ${when(effectiveAt)} on`;
    return `its category will be ${shown}${from}${told}`;
  }
  if (what === 'components') return `somebody edited it: ${shown}${more(detail)}${told}`;
  return `${shown}${more(detail)}${told}`;
}

function more(detail: string | null): string {
  return detail === null ? '' : `: ${printable(detail, 300)}`;
}
