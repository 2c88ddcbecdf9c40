/** `--param` of `callpermit request`: texts in order, or by the names of the template's variables. */
import { type Problem, problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** `name=text`, where the name is one that Meta takes, or a position. */
const NAMED = /^([a-z][a-z0-9_]*|[1-9]\d?)=([\s\S]*)$/;

/** `Ann` fills the next of `1`, `2`, ...; `name=Ann`, `2=Ann` and `header=Ann` fill what they name. */
export function readParameters(
  given: readonly string[],
): Result<Readonly<Record<string, string>>, Problem> {
  const parameters = new Map<string, string>();
  let position = 0;
  for (const text of given) {
    const [, named, value] = NAMED.exec(text) ?? [];
    const name = named ?? String(++position);
    if (parameters.has(name)) {
      const next = 'Give each variable once, like --param Ann, or --param name=Ann.';
      const message = `The parameter "${name}" is given twice.`;
      return err(problem('USAGE', message, { where: '--param', next }));
    }
    parameters.set(name, value ?? text);
  }
  return ok(Object.fromEntries(parameters));
}
