/** What a diagnosis finds of Meta: the token, the number and its country, calling and, where one is named, a template. */
import { problemWhile } from '../campaign/graph-problem.ts';
import { preflight } from '../campaign/preflight.ts';
import type { GraphFailure } from '../core/graph.ts';
import { peopleOfTier } from '../core/pace/portfolio.ts';
import type { GraphPort } from '../core/ports/index.ts';
import { count } from '../telemetry/words.ts';
import { attempt } from './attempt.ts';
import { type Finding, failed } from './finding.ts';
import type { Ground } from './ground.ts';

/** Which sender, and which template. */
export interface MetaInput {
  readonly senderId?: string;
  readonly template?: string;
  readonly language?: string;
}

/** Of one sender: the one named, or else the first of the settings. */
export async function metaFindings(
  ground: Ground,
  { senderId, template, language = 'en' }: MetaInput = {},
): Promise<readonly Finding[]> {
  const look = (check: string, how: (graph: GraphPort) => Promise<readonly Finding[]>) =>
    attempt(ground, check, () => ground.withLine(senderId, how));
  const token = await look('token', checkToken);
  if (token.some(({ level }) => level === 'fail')) return token;
  const [number, calling, asked] = await Promise.all([
    look('number', checkNumber),
    look('calling', checkCalling),
    template === undefined
      ? []
      : look('template', (graph) => checkTemplate(graph, template, language)),
  ]);
  return [...token, ...number, ...calling, ...asked];
}

/** Of each sender of the settings, at once. */
export async function metaFindingsOfAll(ground: Ground): Promise<readonly Finding[]> {
  const ids = ground.config.senders.map(({ phoneNumberId }) => phoneNumberId);
  if (ids.length === 0) return metaFindings(ground);
  const found = await Promise.all(
    ids.map(async (senderId) =>
      (await metaFindings(ground, { senderId })).map((one) => ({ ...one, sender: senderId })),
    ),
  );
  return found.flat();
}

async function checkToken(graph: GraphPort): Promise<readonly Finding[]> {
  const info = await graph.tokenInfo();
  if (!info.ok) {
    // Not every server has this route; the number is read with the same token right after.
    const isMissing = info.error.kind === 'unreachable' && info.error.notFound === true;
    if (isMissing) {
      const message = 'The server cannot be asked about tokens; see number.';
      return [{ check: 'token', code: 'TOKEN_NOT_ASKED', level: 'warn', message }];
    }
    return [failed('token', problemWhile(info.error, 'look at the token'))];
  }
  const { isValid, expiresAt, scopes } = info.value;
  if (!isValid) {
    const next = 'Make a new system user token and set WHATSAPP_ACCESS_TOKEN.';
    return [
      {
        check: 'token',
        code: 'TOKEN_INVALID',
        level: 'fail',
        message: 'Meta says that the token is not valid.',
        next,
      },
    ];
  }
  const missing = ['whatsapp_business_messaging', 'whatsapp_business_management'].filter(
    (scope) => scopes.length > 0 && !scopes.includes(scope),
  );
  if (missing.length > 0) {
    return [
      {
        check: 'token',
        code: 'TOKEN_SCOPES',
        level: 'warn',
        message: `The token lacks ${missing.join(' and ')}.`,
        next: 'Give the system user these permissions and make a new token.',
      },
    ];
  }
  const until = expiresAt === undefined ? 'does not expire' : `until ${expiresAt.toISOString()}`;
  return [{ check: 'token', code: 'TOKEN_VALID', level: 'ok', message: `Valid, ${until}.` }];
}

async function checkNumber(graph: GraphPort): Promise<readonly Finding[]> {
  const info = await graph.numberInfo();
  if (!info.ok) return [asFailure('number', info.error, 'read the number')];
  const { displayPhoneNumber, verifiedName, qualityRating, messagingLimit, canSendMessage } =
    info.value;
  const facts = [
    displayPhoneNumber,
    verifiedName,
    qualityText(qualityRating),
    limitText(messagingLimit),
  ]
    .filter((fact) => fact !== undefined)
    .join(', ');
  const findings = info.value.healthErrors.map(({ code, description, solution }) => ({
    check: 'number',
    code: 'NUMBER_HEALTH' as const,
    level: 'warn' as const,
    message: `Meta reports ${code}: ${description}`,
    ...(solution === undefined ? {} : { next: solution }),
  }));
  if (canSendMessage === 'BLOCKED') {
    const next = 'See the WhatsApp Manager; nothing can be sent from this number now.';
    return [
      {
        check: 'number',
        code: 'NUMBER_BLOCKED',
        level: 'fail',
        message: `${facts}: blocked.`,
        next,
      },
      ...findings,
    ];
  }
  return [
    { check: 'number', code: 'NUMBER_READY', level: 'ok', message: `${facts || info.value.id}.` },
    ...findings,
    ...(await checkCountry(displayPhoneNumber)),
  ];
}

/** `GREEN` alone says not of what. */
function qualityText(rating: string | undefined): string | undefined {
  return rating === undefined ? undefined : `quality ${rating}`;
}

/** A tier in words; a name that is not understood is told as Meta wrote it. */
function limitText(tier: string | undefined): string | undefined {
  const people = peopleOfTier(tier);
  if (people === undefined) return tier;
  return people === null ? 'no daily limit' : `${count(people)} people a day`;
}

/** A line only where the country of the number forbids calls, or may. */
async function checkCountry(displayPhoneNumber: string | undefined): Promise<readonly Finding[]> {
  const { callingCountry } = await import('../core/people/calling-countries.ts');
  const found = callingCountry(displayPhoneNumber);
  if (found.may === 'yes') return [];
  if (found.may === 'doubtful') {
    const next = 'Ask one person first (`callpermit request`): code 138013 would be a no.';
    return [
      { check: 'country', code: 'COUNTRY_DOUBTFUL', level: 'warn', message: found.message, next },
    ];
  }
  const message = `${found.message.charAt(0).toUpperCase()}${found.message.slice(1)}`;
  const next = 'Ask from a business number of another country.';
  return [{ check: 'country', code: 'COUNTRY_REFUSED', level: 'fail', message, next }];
}

async function checkCalling(graph: GraphPort): Promise<readonly Finding[]> {
  const settings = await graph.callingSettings();
  if (!settings.ok) {
    // Some servers and older versions have no settings route: that alone stops no request.
    if (settings.error.kind === 'unreachable' && settings.error.notFound === true) {
      const message = 'The server cannot be asked whether calling is enabled.';
      return [{ check: 'calling', code: 'CALLING_NOT_ASKED', level: 'warn', message }];
    }
    return [asFailure('calling', settings.error, 'read the calling settings')];
  }
  const { status, restrictions } = settings.value;
  if (status !== 'ENABLED') {
    const next =
      'Enable calling for this number (POST /<PHONE_NUMBER_ID>/settings); else code 138000.';
    return [
      {
        check: 'calling',
        code: 'CALLING_OFF',
        level: 'fail',
        message: `Calling is ${status}.`,
        next,
      },
    ];
  }
  const limits = restrictions.map((r) => ({
    check: 'calling',
    code: 'CALLING_RESTRICTED' as const,
    level: 'warn' as const,
    message: `Restricted: ${r.type}${r.expiration ? ` until ${r.expiration.toISOString()}` : ''}.`,
    ...(r.reason === undefined ? {} : { next: r.reason }),
  }));
  return [
    { check: 'calling', code: 'CALLING_ENABLED', level: 'ok', message: 'Enabled.' },
    ...limits,
  ];
}

async function checkTemplate(
  graph: GraphPort,
  template: string,
  language: string,
): Promise<readonly Finding[]> {
  const fit = await preflight(graph, { template, language });
  if (fit.ok) {
    const message = `${template} (${language}) is approved and asks for permission to call.`;
    return [{ check: 'template', code: 'TEMPLATE_READY', level: 'ok', message }];
  }
  return [failed('template', fit.error)];
}

function asFailure(check: string, failure: GraphFailure, doing: string): Finding {
  return failed(check, problemWhile(failure, doing));
}
