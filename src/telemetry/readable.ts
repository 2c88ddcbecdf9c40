/** Log lines for a person at a terminal; machines get the JSON as it is. */
import { visibleLine } from './visible.ts';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

const HIDDEN = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']);

/** One JSON line of pino as `12:00:01 warn  queue: the message  key=value`. */
export function readable(line: string): string {
  const { level, time, name, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const at = new Date(Number(time)).toTimeString().slice(0, 8);
  const word = (LEVELS[Number(level)] ?? String(level)).padEnd(5);
  const fields = Object.entries(rest)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `  ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const cause = err === undefined ? '' : `  (${messageOf(err)})`;
  const text = `${at} ${word} ${name === undefined ? '' : `${String(name)}: `}${String(msg ?? '')}${cause}${fields.join('')}`;
  return `${visibleLine(text)}\n`;
}

function messageOf(err: unknown): string {
  return typeof err === 'object' && err !== null && 'message' in err
    ? String(err.message)
    : JSON.stringify(err);
}
