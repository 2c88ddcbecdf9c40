/** What `doctor` says of webhooks and of what Meta told by them: facts in, lines out. */
import type {
  AccountNews,
  TemplateNews,
  UnreadPart,
  WebhookStanding,
  WebhookTally,
} from '../core/ports/index.ts';
import { accountNewsText, templateNewsText } from '../replies/news-text.ts';
import { isTrouble, standingNews } from '../replies/standing-news.ts';
import { ago, count, counted, printable, span } from '../telemetry/words.ts';
import type { Finding, FindingCode } from './finding.ts';

/** What webhooks are judged by. */
export interface WebhookFacts {
  readonly standing: WebhookStanding;
  /** The newest parts that could not be read. */
  readonly unread: readonly (UnreadPart & { readonly at: Date })[];
  readonly now: Date;
  /** Meta took requests within the last day, so that statuses are due. */
  readonly hasAsked: boolean;
  readonly hasSecret: boolean;
  readonly hasVerifyToken: boolean;
  /** Deliveries come from our own simulator, which sends some that have to be refused. */
  readonly isSimulator: boolean;
}

const DAY_MS = 86_400_000;
/** A process that applies looks four times a second; what waits longer than this waits for a process. */
const STUCK_MS = 60_000;
const SHOWN_PARTS = 3;
const SHOWN_WORDS = 5;

/** Webhooks: what arrives, what was refused, what waits, what could not be read. */
export function webhookFindings(facts: WebhookFacts): readonly Finding[] {
  return [
    ...settingFindings(facts),
    arrivalFinding(facts),
    ...waitingFindings(facts),
    ...refusedFindings(facts),
    ...unreadFindings(facts),
    ...strangeFindings(facts),
  ];
}

function settingFindings(facts: WebhookFacts): readonly Finding[] {
  const { hasSecret, hasVerifyToken, standing } = facts;
  // Whoever sends them has been told where to: the word is for the next time.
  const isTold = standing.lastReceivedAt !== null && !isMissed(facts);
  return [
    ...(hasSecret
      ? []
      : [
          warn(
            'WEBHOOK_SECRET_MISSING',
            'WHATSAPP_APP_SECRET is not set: no delivery can be believed, and each is refused.',
            "Set it to the app's secret (App settings, Basic).",
          ),
        ]),
    ...(!hasVerifyToken && isTold
      ? [
          ok(
            'WEBHOOK_TOKEN_MISSING',
            'WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set: webhooks come all the same, it is needed to tell Meta another address.',
          ),
        ]
      : []),
    ...(hasVerifyToken || isTold
      ? []
      : [
          warn(
            'WEBHOOK_TOKEN_MISSING',
            'WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set: Meta cannot be told where to send.',
            'Set it to a word of your own, then: callpermit webhook setup --help',
          ),
        ]),
  ];
}

/** Statuses are due, and none came within a day. */
function isMissed({ standing: { lastReceivedAt }, now, hasAsked }: WebhookFacts): boolean {
  return hasAsked && (lastReceivedAt === null || now.getTime() - lastReceivedAt.getTime() > DAY_MS);
}

function arrivalFinding(facts: WebhookFacts): Finding {
  const { standing, now } = facts;
  const { lastReceivedAt } = standing;
  const last =
    lastReceivedAt === null
      ? 'None has arrived yet'
      : `The last one came ${ago((now.getTime() - lastReceivedAt.getTime()) / 1_000)}`;
  if (isMissed(facts))
    return warn(
      'WEBHOOKS_MISSED',
      `${last}, although Meta took requests within the last day.`,
      'Is the URL set (`callpermit webhook show`, `callpermit webhook setup --help`), is it reachable from outside, are the fields ticked in the app? Conversation Routing may send replies to another partner.',
    );
  const fields = byWord(standing.tallies, 'field').map(
    ({ what, n }) => `${printable(what, 60)} ${count(n)}`,
  );
  const seen = fields.length === 0 ? '' : ` Fields: ${fields.join(', ')}.`;
  return ok('WEBHOOKS_SEEN', `${last}.${seen}`);
}

function waitingFindings({ standing, now }: WebhookFacts): readonly Finding[] {
  const { waiting, oldestWaitingAt } = standing;
  if (waiting === 0) return [];
  const ageMs = oldestWaitingAt === null ? 0 : now.getTime() - oldestWaitingAt.getTime();
  const message = `${counted(waiting, 'delivery waits', 'deliveries wait')} to be applied, the oldest for ${span(ageMs / 1_000)}.`;
  return ageMs < STUCK_MS
    ? [ok('WEBHOOKS_WAIT', message)]
    : [
        warn(
          'WEBHOOKS_WAIT',
          message,
          'Start `callpermit sender` (or api, receiver, up): it applies them.',
        ),
      ];
}

function refusedFindings(facts: WebhookFacts): readonly Finding[] {
  const { standing, now } = facts;
  const refused = byWord(standing.tallies, 'refused');
  if (refused.length === 0) return [];
  const n = refused.reduce((sum, one) => sum + one.n, 0);
  const lastAt = Math.max(...refused.map((one) => one.lastAt.getTime()));
  const kinds = refused.map((one) => `${printable(one.what, 60)} ${count(one.n)}`).join(', ');
  const message = `${counted(n, 'delivery was', 'deliveries were')} refused (${kinds}), the last ${ago((now.getTime() - lastAt) / 1_000)}.`;
  // Where none of its good ones is taken either, the secret is wrong.
  if (facts.isSimulator && standing.lastReceivedAt !== null && !isMissed(facts))
    return [
      ok(
        'WEBHOOKS_REFUSED',
        `${message} The simulator sends such ones on purpose: they have to be refused.`,
      ),
    ];
  return now.getTime() - lastAt > DAY_MS
    ? [ok('WEBHOOKS_REFUSED', message)]
    : [
        warn(
          'WEBHOOKS_REFUSED',
          message,
          "Compare WHATSAPP_APP_SECRET with the app's secret; where it fits, somebody else sends to this address.",
        ),
      ];
}

function unreadFindings({ standing, unread }: WebhookFacts): readonly Finding[] {
  if (standing.unread === 0 && unread.length === 0) return [];
  const newest = unread
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, SHOWN_PARTS)
    .map(({ where, why }) => `${printable(where, 120)} (${printable(why, 200)})`);
  const parts = newest.length === 0 ? '' : ` The newest: ${newest.join('; ')}.`;
  const n = Math.max(standing.unread, unread.length);
  return [
    warn(
      'WEBHOOKS_UNREAD',
      `${counted(n, 'part', 'parts')} of deliveries could not be read.${parts}`,
      'All else of them was applied. They are kept as they came; look for a newer version of callpermit.',
    ),
  ];
}

/** What is of somebody else, and words that Meta did not use before. */
function strangeFindings({ standing }: WebhookFacts): readonly Finding[] {
  const foreign = standing.tallies.filter((one) => one.about === 'foreign');
  const of = [...new Set(foreign.map((one) => one.senderId).filter((id) => id !== ''))];
  const unknown = byWord(standing.tallies, 'unknown');
  const words = unknown
    .slice(0, SHOWN_WORDS)
    .map((one) => `${printable(one.what, 80)} ${count(one.n)}`);
  const isMore = unknown.length > SHOWN_WORDS ? ', ...' : '';
  return [
    ...(foreign.length === 0
      ? []
      : [
          ok(
            'WEBHOOKS_OF_OTHERS',
            `${counted(
              foreign.reduce((sum, one) => sum + one.n, 0),
              'part was',
              'parts were',
            )} of numbers or accounts that are not ours${of.length === 0 ? '' : ` (${of.slice(0, SHOWN_WORDS).join(', ')})`}.`,
          ),
        ]),
    ...(words.length === 0
      ? []
      : [
          ok(
            'WEBHOOK_WORDS_UNKNOWN',
            `Words that are not known, and were passed over: ${words.join(', ')}${isMore}.`,
          ),
        ]),
  ];
}

/** What Meta told that stops or threatens senders and templates; nothing where all is well. */
export function newsFindings(p: {
  readonly account: readonly AccountNews[];
  readonly templates: readonly TemplateNews[];
  readonly senders: readonly { readonly senderId: string; readonly account: string }[];
  readonly now: Date;
}): readonly Finding[] {
  const ofSenders = p.senders.flatMap((sender) =>
    standingNews(p.account, sender, p.now)
      .filter(isTrouble)
      .map((news) => ({
        ...{ check: 'news', code: 'SENDER_NEWS' as const, level: 'warn' as const },
        message: `Sender ${sender.senderId}: ${accountNewsText(news)}.`,
      })),
  );
  const ofTemplates = p.templates.filter(isTemplateTrouble).map((news) => ({
    ...{ check: 'news', code: 'TEMPLATE_NEWS' as const, level: 'warn' as const },
    message: `Template ${printable(news.name ?? news.templateId, 80)}${news.language === null ? '' : ` (${news.language})`}: ${templateNewsText(news)}.`,
  }));
  return [...ofSenders, ...ofTemplates];
}

function isTemplateTrouble({ what, value }: TemplateNews): boolean {
  if (what === 'category-ahead') return true;
  if (what === 'quality') return value === 'RED' || value === 'YELLOW';
  return what === 'status' && /^(PAUSED|REJECTED|DISABLED|LIMIT_EXCEEDED|LOCKED)$/.test(value);
}

/** Counts by their word, over all senders: the most first. */
function byWord(
  tallies: readonly WebhookTally[],
  about: string,
): readonly { readonly what: string; readonly n: number; readonly lastAt: Date }[] {
  const sums = new Map<string, { what: string; n: number; lastAt: Date }>();
  for (const { about: kind, what, n, lastAt } of tallies) {
    if (kind !== about) continue;
    const sum = sums.get(what) ?? { what, n: 0, lastAt };
    sums.set(what, { what, n: sum.n + n, lastAt: new Date(Math.max(+lastAt, +sum.lastAt)) });
  }
  return [...sums.values()].toSorted((a, b) => b.n - a.n);
}

function ok(code: FindingCode, message: string): Finding {
  return { check: 'webhooks', code, level: 'ok', message };
}

function warn(code: FindingCode, message: string, next: string): Finding {
  return { check: 'webhooks', code, level: 'warn', message, next };
}
