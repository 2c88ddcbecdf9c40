/** `GET /v1/setup`: what a new operator has to see first: which settings are there, and which are missing. */
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { SETTINGS } from '../config/settings.ts';
import { isSimulator } from '../diagnosis/is-simulator.ts';
import type { App } from '../wiring.ts';
import type { HttpServer } from './typed-server.ts';

const setup = z
  .object({
    settings: z.array(
      z
        .object({
          name: z.string(),
          text: z.string().describe('What it does.'),
          isSet: z.boolean().describe('Here or by another setting that does the same.'),
          isNeeded: z.boolean().describe('Without it nobody can be asked.'),
        })
        .meta({ id: 'SettingStanding' }),
    ),
    simulator: z
      .boolean()
      .describe(
        'The Graph API is on this machine and says that it is the simulator: nobody is really asked.',
      ),
    graphBaseUrl: z.string(),
    webhookUrl: z.string().nullable().describe('What Meta is to be told; null without PUBLIC_URL.'),
    defaultCountry: z.string().nullable(),
    database: z.enum(['embedded', 'given']),
    queue: z.enum(['redis', 'postgres']),
    dashboardActions: z.boolean().describe('Jobs and queues may be changed in the dashboard.'),
  })
  .meta({ id: 'Setup' });

/** The settings of the first five minutes: whether each is there, never what it is. */
const LOOKED_AT = {
  WHATSAPP_ACCESS_TOKEN: ({ account, senders }) =>
    account.token.kind !== 'none' || senders.some(({ token }) => token.kind !== 'none'),
  WHATSAPP_PHONE_NUMBER_ID: ({ senders }) => senders.length > 0,
  WHATSAPP_BUSINESS_ACCOUNT_ID: ({ account, senders }) =>
    account.businessAccountId !== undefined ||
    senders.some(({ businessAccountId }) => businessAccountId !== undefined),
  WHATSAPP_APP_SECRET: ({ appSecrets }) => appSecrets.length > 0,
  WHATSAPP_WEBHOOK_VERIFY_TOKEN: ({ webhookVerifyToken }) => webhookVerifyToken !== undefined,
  PUBLIC_URL: ({ publicUrl }) => publicUrl !== undefined,
  DEFAULT_COUNTRY: ({ defaultCountry }) => defaultCountry !== undefined,
  DATABASE_URL: ({ databaseUrl }) => databaseUrl !== undefined,
  REDIS_URL: ({ redisUrl }) => redisUrl !== undefined,
} as const satisfies Partial<Record<keyof typeof SETTINGS, (config: Config) => boolean>>;

const NEEDED: ReadonlySet<string> = new Set([
  'WHATSAPP_ACCESS_TOKEN',
  'WHATSAPP_PHONE_NUMBER_ID',
  'WHATSAPP_BUSINESS_ACCOUNT_ID',
]);

/** Adds the route. */
export function setupRoutes(server: HttpServer, { config }: Pick<App, 'config'>): void {
  server.get(
    '/v1/setup',
    {
      schema: {
        operationId: 'getSetup',
        tags: ['health'],
        summary:
          'Which settings are there and which are missing; none of their values that are secret',
        response: { 200: setup },
      },
    },
    async () => ({
      settings: Object.entries(LOOKED_AT).map(([name, isSet]) => ({
        name,
        text: SETTINGS[name as keyof typeof LOOKED_AT].text,
        isSet: isSet(config),
        isNeeded: NEEDED.has(name),
      })),
      simulator: await isSimulator(config.graphBaseUrl),
      graphBaseUrl: config.graphBaseUrl,
      webhookUrl: config.publicUrl === undefined ? null : `${config.publicUrl}/webhooks/whatsapp`,
      defaultCountry: config.defaultCountry ?? null,
      database: config.databaseUrl === undefined ? ('embedded' as const) : ('given' as const),
      queue: config.redisUrl === undefined ? ('postgres' as const) : ('redis' as const),
      dashboardActions: config.dashboardActions,
    }),
  );
}
