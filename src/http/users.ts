/** `/v1/users`: who may log in, and as what. */
import type { User } from '../core/ports/index.ts';
import { ProblemError } from '../core/problem.ts';
import {
  addUser,
  changeUser,
  noUser,
  removeUser,
  type UsersTarget,
} from '../users/manage-users.ts';
import {
  endedSessions,
  newUser,
  pageQuery,
  user,
  userChanges,
  users as userList,
  userPath,
  userSessions,
} from './console-schemas.ts';
import { unwrap } from './find-campaign.ts';
import { pageOfAll, placeOf } from './pages.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the routes of users. */
export function userRoutes(server: HttpServer, target: UsersTarget): void {
  const tags = ['console'];
  const config = { scope: 'admin' } as const;
  const { users } = target;

  server.get(
    '/v1/users',
    {
      config,
      schema: {
        ...{ tags, operationId: 'listUsers', summary: 'Who may log in, by name' },
        querystring: pageQuery,
        response: { 200: userList },
      },
    },
    async ({ query }) => {
      const all = await users.list();
      const { items, next } = pageOfAll(all, query, ({ name }) => name.toLowerCase());
      return { users: items.map((one) => ({ ...shown(one), sessions: one.sessions })), next };
    },
  );

  server.post(
    '/v1/users',
    {
      config,
      schema: {
        ...{ tags, operationId: 'addUser', summary: 'Let somebody log in' },
        body: newUser,
        response: { 201: user },
      },
    },
    async (request, reply) => {
      const made = unwrap(await addUser(target, request.body));
      return reply.code(201).send(shown(made));
    },
  );

  server.patch(
    '/v1/users/:name',
    {
      config,
      schema: {
        ...{ tags, operationId: 'changeUser', summary: 'Another role or password, or none' },
        description:
          'Another role holds from the next request on. Who is disabled, or has another password, is logged out everywhere. Nobody takes away their own rights.',
        params: userPath,
        body: userChanges,
        response: { 200: user },
      },
    },
    async ({ params, body, caller }) =>
      shown(unwrap(await changeUser(target, params.name, body, caller?.person && caller.name))),
  );

  server.delete(
    '/v1/users/:name',
    {
      config,
      schema: {
        ...{ tags, operationId: 'removeUser', summary: 'Remove a user, and log them out' },
        params: userPath,
        response: { 200: user },
      },
    },
    async ({ params, caller }) =>
      shown(unwrap(await removeUser(target, params.name, caller?.person && caller.name))),
  );

  server.get(
    '/v1/users/:name/sessions',
    {
      config,
      schema: {
        ...{ tags, operationId: 'listUserSessions', summary: "A user's sessions in force" },
        params: userPath,
        querystring: pageQuery,
        response: { 200: userSessions },
      },
    },
    async ({ params: { name }, query }) => {
      await need(target, name);
      const { items, next } = pageOfAll(await users.sessions(name), query, placeOf, 'down');
      return {
        sessions: items.map(({ id, address, createdAt, lastSeenAt, endsAt }) => ({
          ...{ id, address, createdAt: createdAt.toISOString() },
          ...{ lastSeenAt: lastSeenAt.toISOString(), expiresAt: endsAt.toISOString() },
        })),
        next,
      };
    },
  );

  server.delete(
    '/v1/users/:name/sessions',
    {
      config,
      schema: {
        ...{ tags, operationId: 'endUserSessions', summary: 'Log somebody out everywhere' },
        params: userPath,
        response: { 200: endedSessions },
      },
    },
    async ({ params: { name } }) => {
      await need(target, name);
      return { ended: await users.end({ name }) };
    },
  );
}

async function need({ users }: UsersTarget, name: string): Promise<void> {
  if ((await users.find(name, '')) === undefined) throw new ProblemError(noUser());
}

function shown({ name, role, disabledAt, createdAt, lastLogInAt }: User) {
  return {
    ...{ name, role, disabled: disabledAt !== null, createdAt: createdAt.toISOString() },
    lastLogInAt: lastLogInAt?.toISOString() ?? null,
  };
}
