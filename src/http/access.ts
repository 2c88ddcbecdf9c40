/**
 * Who may call what. A route is closed unless it says otherwise, so a new one is never open by
 * forgetting. Keys and passwords are compared as SHA-256 digests in constant time, all of them
 * each time: neither length, nor place in the list, nor the first wrong character shows in the time.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config, Secret } from '../config/config.ts';
import { problem } from '../core/problem.ts';
import { sendProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open`: anybody; `password`: basic auth of the dashboard; absent: a bearer key. */
    readonly access?: 'open' | 'password';
  }
}

const NO_KEYS = problem('UNAUTHORIZED', 'This service has no API keys, so nobody can call it.', {
  where: 'API_KEYS',
  next: 'Set API_KEYS (one or more, separated by commas) and start the service again.',
});
const NO_KEY = problem('UNAUTHORIZED', 'The request carries no API key.', {
  where: 'header Authorization',
  next: 'Send the header `Authorization: Bearer <key>` with one of API_KEYS.',
});
const WRONG_KEY = problem('UNAUTHORIZED', 'The API key is not one of this service.', {
  where: 'header Authorization',
  next: 'Send one of API_KEYS as `Authorization: Bearer <key>`.',
});

/** Makes the look at whether a request carries one of the keys, for routes that tell more to those who do. */
export function keyHolder(keys: readonly Secret[]): (request: FastifyRequest) => boolean {
  const digests = keys.map((key) => digest(key.reveal()));
  return (request) => {
    const given = keyOf(request);
    return given !== undefined && isAmong(digests, given);
  };
}

/** Makes the hook that stands before every route. */
export function keyCheck(keys: readonly Secret[]) {
  const holdsKey = keyHolder(keys);
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    if (request.routeOptions.config?.access !== undefined) return undefined;
    if (holdsKey(request)) return undefined;
    reply.header('www-authenticate', 'Bearer realm="callpermit"');
    if (keys.length === 0) return sendProblem(reply, NO_KEYS);
    return sendProblem(reply, keyOf(request) === undefined ? NO_KEY : WRONG_KEY);
  };
}

function keyOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** Makes the check of `Authorization: Basic`; `undefined` where no password is set. */
export function passwordCheck(
  dashboard: Config['dashboard'],
): ((authorization: string | undefined) => boolean) | undefined {
  if (dashboard === undefined) return undefined;
  const expected = [digest(`${dashboard.user}:${dashboard.password.reveal()}`)];
  return (authorization) => {
    const given = /^Basic +([\w+/=-]+) *$/i.exec(authorization ?? '')?.[1];
    return given !== undefined && isAmong(expected, Buffer.from(given, 'base64').toString('utf8'));
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isAmong(digests: readonly Buffer[], given: string): boolean {
  const own = digest(given);
  return digests.reduce((found, each) => timingSafeEqual(each, own) || found, false);
}
