/** How far a new operator is. */
import { useQuery } from '@tanstack/react-query';
import { ApiError, api, dataOf, type Schema } from '../../api/client.ts';

/** What there is of each step. */
export interface Standing {
  readonly setup: Schema<'Setup'>;
  readonly number: {
    /** What is wrong with token and number. */
    readonly wrong: readonly Schema<'Finding'>[];
    /** What Meta says of it: the number as people write it, and its name. */
    readonly facts: string;
  };
  readonly lastWebhookAt: string | null;
  /** What is wrong with how they come, as the page "Health" says it. */
  readonly webhooks: readonly Schema<'Finding'>[];
  /** Names of those that can be sent, and of those that Meta still reviews. */
  readonly template: { readonly approved: readonly string[]; readonly waiting: readonly string[] };
  /** So many, or more. */
  readonly campaigns: number;
}

/** More campaigns than these are not counted. */
export const MOST_COUNTED = 10;
const LOOK_MS = 10_000;
/** Each look is a call to Meta, of which an account has a number an hour. */
const LOOK_AT_META_MS = 60_000;
/** What keeps webhooks from coming. */
const OF_WEBHOOKS = new Set(['WEBHOOK_SECRET_MISSING', 'WEBHOOK_TOKEN_MISSING', 'WEBHOOKS_MISSED']);
/** What a number that is not reachable shows in. */
const OF_NUMBERS = new Set(['token', 'number', 'calling']);

/** Looks at it now and then. */
export function useStanding(): { readonly standing?: Standing; readonly error: Error | null } {
  const here = useQuery({
    queryKey: ['first-steps'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: LOOK_MS,
  });
  const atMeta = useQuery({
    queryKey: ['templates', 'first steps'],
    queryFn: ({ signal }) => lookAtTemplates(signal),
    refetchInterval: LOOK_AT_META_MS,
    staleTime: LOOK_AT_META_MS,
  });
  const error = here.error ?? atMeta.error;
  if (here.data === undefined || atMeta.data === undefined) return { error };
  return { standing: { ...here.data, template: atMeta.data }, error };
}

async function look(signal: AbortSignal): Promise<Omit<Standing, 'template'>> {
  const [setup, health, senders, found] = await Promise.all([
    dataOf(api.GET('/v1/setup', { signal })),
    dataOf(api.GET('/v1/health', { signal })),
    dataOf(api.GET('/v1/senders', { params: { query: { limit: 100 } }, signal })),
    dataOf(api.GET('/v1/campaigns', { params: { query: { limit: MOST_COUNTED } }, signal })),
  ]);
  return {
    setup,
    number: {
      wrong: health.findings.filter(
        ({ check, level }) => OF_NUMBERS.has(check) && level === 'fail',
      ),
      facts: health.findings
        .filter(({ code }) => code === 'NUMBER_READY')
        .map(({ message }) => message)
        .join(' '),
    },
    lastWebhookAt: senders.lastWebhookAt,
    webhooks: health.findings.filter(({ code, level }) => OF_WEBHOOKS.has(code) && level !== 'ok'),
    campaigns: found.campaigns.length,
  };
}

async function lookAtTemplates(signal: AbortSignal): Promise<Standing['template']> {
  const templates = await templatesOrNone(signal);
  const namesOf = (status: string) => [
    ...new Set(
      templates.filter((one) => one.asksForCalls && one.status === status).map(({ name }) => name),
    ),
  ];
  return { approved: namesOf('APPROVED'), waiting: namesOf('PENDING') };
}

/** Without token or account Meta cannot be asked: the steps before say so. */
async function templatesOrNone(signal: AbortSignal): Promise<readonly Schema<'Template'>[]> {
  try {
    const query = { limit: 1_000 };
    return (await dataOf(api.GET('/v1/templates', { params: { query }, signal }))).templates;
  } catch (error) {
    if (error instanceof ApiError && error.problem.status !== 401) return [];
    throw error;
  }
}
