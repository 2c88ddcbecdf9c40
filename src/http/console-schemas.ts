/** What goes in and out of `/v1/session`, `/v1/users`, `/v1/keys` and `/v1/audit`. */
import { z } from 'zod';
import { KEY_SCOPES } from '../core/api-key.ts';
import { ACTOR_KINDS, OUTCOMES } from '../core/ports/index.ts';
import { isUserName, ROLES } from '../core/user.ts';
import { next, page } from './pages.ts';
import { strictObject } from './strict-object.ts';

const time = z.string().describe('ISO 8601 in UTC.');
const maybeTime = z.string().nullable().describe('ISO 8601 in UTC.');
const role = z
  .enum(ROLES)
  .describe('`viewer` looks, `operator` asks and steers too, `admin` does everything.');
const userName = z.string().min(1).max(128).describe('Capitals do not matter.');
const password = z
  .string()
  .min(1)
  .max(1_000)
  .describe('At least 10 characters and at most 200 bytes; it is shown nowhere.');

/** Body of `POST /v1/session`. */
export const newSession = strictObject({ user: userName, password }).meta({ id: 'LogIn' });

/** Body of `PATCH /v1/session`. */
export const ownPassword = strictObject({
  password: z.string().min(1).max(1_000).describe('The one that is good now.'),
  newPassword: password,
}).meta({ id: 'OwnPassword' });

/** Answer of `POST`, `PATCH` and `GET /v1/session`. */
export const session = z
  .object({
    user: z.string(),
    role,
    by: z.enum(['session', 'proxy']).describe('Logged in here, or at a proxy that is believed.'),
    csrfToken: z
      .string()
      .describe('Header `X-CSRF-Token` of whatever this browser changes, while it is logged in.'),
    expiresAt: maybeTime.describe('If nothing is asked before; null: the proxy decides.'),
  })
  .meta({ id: 'Session' });

/** Answer of what ends several sessions. */
export const endedSessions = z
  .object({ ended: z.number().int().describe('How many sessions there were.') })
  .meta({ id: 'EndedSessions' });

const userFields = z.object({
  name: z.string(),
  role,
  disabled: z.boolean().describe('They cannot log in.'),
  createdAt: time,
  lastLogInAt: maybeTime,
});

/** A user as answers show them. */
export const user = userFields.meta({ id: 'User' });

const listedUser = userFields
  .extend({ sessions: z.number().int().describe('How many are in force.') })
  .meta({ id: 'ListedUser' });

/** Answer of `GET /v1/users`. */
export const users = z.object({ users: z.array(listedUser), next });

/** Body of `POST /v1/users`. */
export const newUser = strictObject({
  name: userName.describe('1 to 128 letters, digits and `._@+-`.'),
  role,
  password,
}).meta({ id: 'NewUser' });

/** Body of `PATCH /v1/users/{name}`. */
export const userChanges = strictObject({
  role: role.optional(),
  password: password.optional(),
  disabled: z.boolean().optional().describe('true: they cannot log in, and are logged out.'),
}).meta({ id: 'UserChanges' });

/** Path of one user. */
export const userPath = z.object({
  name: userName.refine(isUserName, 'no name of a user').describe('Capitals do not matter.'),
});

/** Answer of `GET /v1/users/{name}/sessions`. */
export const userSessions = z.object({
  sessions: z.array(
    z
      .object({
        id: z.string(),
        address: z.string().describe('From where it was begun.'),
        createdAt: time,
        lastSeenAt: time.describe('To the minute.'),
        expiresAt: time.describe('If nothing is asked before.'),
      })
      .meta({ id: 'UserSession' }),
  ),
  next,
});

const keyFields = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(KEY_SCOPES),
  createdAt: time,
  lastUsedAt: maybeTime.describe('To the minute.'),
  revokedAt: maybeTime,
});

/** Query of `GET /v1/keys`. */
export const keysQuery = strictObject({
  all: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Those that are revoked, too.'),
  ...page,
});

/** Query of lists of users and sessions. */
export const pageQuery = strictObject(page);

/** Answer of `GET /v1/keys`. */
export const keys = z.object({ keys: z.array(keyFields.meta({ id: 'ApiKey' })), next });

/** Body of `POST /v1/keys`. */
export const newKey = strictObject({
  name: z.string().min(1).max(64).describe('1 to 64 letters, digits and `._-`.'),
  scope: z
    .enum(KEY_SCOPES)
    .describe('`read` looks, `send` makes and steers too, `admin` does everything.'),
}).meta({ id: 'NewApiKey' });

/** Answer of `POST /v1/keys`. */
export const madeKey = keyFields
  .extend({ key: z.string().describe('Shown this once.') })
  .meta({ id: 'MadeApiKey' });

/** Answer of `DELETE /v1/keys/{id}`. */
export const revokedKey = keyFields
  .extend({ wasRevoked: z.boolean().describe('It had been revoked before.') })
  .meta({ id: 'RevokedApiKey' });

/** Path of one key. */
export const keyPath = z.object({
  id: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .describe('Its id, or its name.'),
});

// The database takes no NUL.
const word = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'no NUL');

/** Query of `GET /v1/audit`. */
export const auditQuery = strictObject({
  since: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .describe('Only what was done since then: ISO 8601 with a zone.'),
  who: word.optional().describe('Only by this user, key or command line.'),
  what: word.optional().describe('Only this operation or command.'),
  outcome: z.enum(OUTCOMES).optional().describe('Only what ended so.'),
  ...page,
});

/** What the cursor of that list holds. */
export const auditCursor = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const auditEntry = z
  .object({
    id: z.string(),
    at: time,
    kind: z
      .enum(ACTOR_KINDS)
      .describe(
        'What they are known by: a session (`user`), a proxy, a key, the password of the settings, the command line, or by nothing (`nobody`).',
      ),
    who: z.string(),
    role: z.string().nullable().describe('Role of a user, scope of a key.'),
    what: z.string().describe('The `operationId`, the method and path of a page, or the command.'),
    target: z.string().nullable(),
    campaignName: z
      .string()
      .nullable()
      .describe(
        'What the campaign is called whose id the target is; null: nothing, or it is none.',
      ),
    person: z.string().nullable().describe('To whom, where it is one person who can be forgotten.'),
    outcome: z.enum(OUTCOMES),
    status: z.number().int().nullable().describe("HTTP's; null of commands."),
    requestId: z.string().nullable(),
    times: z.number().int().describe('More than one: so often within the minute of `at`.'),
  })
  .meta({ id: 'AuditEntry' });

/** Answer of `GET /v1/audit`. */
export const audit = z.object({ entries: z.array(auditEntry), next });
