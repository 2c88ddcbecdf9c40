/**
 * What no operation can take, told before any is begun: a text that Postgres cannot hold, JSON nested deeper than
 * what is called for each of its levels may be, more values than checks should look at. Lists of people are looked at for
 * their depth alone: a line that cannot be asked is told beside those that can.
 */
import { isTextDeeper } from '../core/json-keys.ts';
import { type Problem, ProblemError, problem } from '../core/problem.ts';
import { isStorable } from '../core/template/parameter-text.ts';
import type { HttpServer } from './typed-server.ts';

/** Levels of a body's JSON; a person's parameters stand in the fourth. */
const MOST_LEVELS = 100;

/** Values of a body outside its list. */
const MOST_VALUES = 10_000;

/** People of `people`: each that is wrong is an issue of its own, and longer lists come as a stream. */
const MOST_PEOPLE = 100_000;

/** A NUL or half a surrogate pair can be in JSON by its escape alone. */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;

/** Refuses addresses with a text that cannot be held. */
export function refuseUnfitAddresses(server: HttpServer): void {
  server.addHook('preValidation', async ({ params, query }) => {
    for (const [place, fields] of Object.entries({ params, querystring: query })) {
      const found = Object.entries(fields ?? {}).find(
        ([name, value]) =>
          !isStorable(name) || ![value].flat().every((one) => isStorable(String(one))),
      );
      if (found === undefined) continue;
      throw new ProblemError(unstorable(isStorable(found[0]) ? `${place}/${found[0]}` : place));
    }
  });
}

/** Why a body is not parsed at all. */
export function tooDeep(text: string): Problem | undefined {
  if (!isTextDeeper(text, MOST_LEVELS)) return undefined;
  return problem('USAGE', `body: the JSON is nested deeper than ${MOST_LEVELS} levels.`, {
    where: 'body',
    next: 'GET /openapi.json describes each request.',
  });
}

/** What is unfit in a body that was parsed. */
export function unfitIn(text: string, body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { recipients, people, ...others } = body as Readonly<Record<string, unknown>>;
  if (Array.isArray(people) && people.length > MOST_PEOPLE) {
    return problem('USAGE', 'body/people: there are more than 100,000.', {
      where: 'body/people',
      next: 'Send a long list as a stream: POST /v1/suppressions/import.',
    });
  }
  const lists = [recipients, people].filter((list) => !Array.isArray(list));
  return unfitValue([others, ...lists], SUSPECT.test(text));
}

function unfitValue(value: object, isSuspect: boolean): Problem | undefined {
  let seen = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === 'string' && isSuspect && !isStorable(one)) return unstorable('body');
    if (typeof one !== 'object' || one === null) continue;
    for (const [name, part] of Object.entries(one)) {
      seen += 1;
      if (seen > MOST_VALUES) return tooMany();
      if (isSuspect && !isStorable(name)) return unstorable('body');
      left.push(part);
    }
  }
  return undefined;
}

function tooMany(): Problem {
  return problem('USAGE', 'body: there are more than 10,000 values in it.', {
    where: 'body',
    next: 'GET /openapi.json describes each request.',
  });
}

function unstorable(where: string): Problem {
  return problem('USAGE', `${where}: there is a NUL or half a surrogate pair in a text.`, {
    where,
    next: 'Take it out: it is no character.',
  });
}
