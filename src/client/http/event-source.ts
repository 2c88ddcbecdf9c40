/** Events over HTTP: `GET /v1/events/stream`, read as server-sent events. */
import type { ToldEvent } from '../../core/events/event-data.ts';
import { isEventType } from '../../core/events/event-types.ts';
import { InfrastructureError } from '../../core/problem.ts';
import type { EventSource, Told } from '../listen.ts';
import type { Line } from './line.ts';

/** A stream has a sign of life every 15 s: a line without any for so long is dead, in ms. */
const SILENT_MS = 45_000;

/** Opens streams behind the last event that was had. */
export function eventSource(line: Line, headMs: number): EventSource {
  return async function* read({ after, signal }) {
    const silence = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
    };
    try {
      const response = await line.open({
        ...{ method: 'GET', path: '/v1/events/stream', headMs },
        headers: {
          accept: 'text/event-stream',
          ...(after === undefined ? {} : { 'last-event-id': after }),
        },
        signal: AbortSignal.any([signal, silence.signal]),
      });
      alive();
      yield* toldIn(piecesOf(response, alive));
    } catch (error) {
      if (error instanceof Error && (error instanceof InfrastructureError || 'problem' in error))
        throw error;
      throw new InfrastructureError('api', 'The stream of events broke off', { cause: error });
    } finally {
      clearTimeout(timer);
    }
  };
}

async function* piecesOf(response: Response, onPiece: () => void): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    onPiece();
    yield decoder.decode(piece as Uint8Array, { stream: true });
  }
}

/** What the messages in a text say: ids, which are places, and events. */
async function* toldIn(pieces: AsyncIterable<string>): AsyncGenerator<Told, void> {
  let rest = '';
  for await (const piece of pieces) {
    const messages = (rest + piece).split(/\r?\n\r?\n/);
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const told = toldBy(message);
      if (told !== undefined) yield told;
    }
  }
}

function toldBy(message: string): Told | undefined {
  const fields = new Map<string, string>();
  for (const line of message.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    const before = fields.get(name);
    fields.set(name, name === 'data' && before !== undefined ? `${before}\n${value}` : value);
  }
  const id = fields.get('id');
  const data = fields.get('data');
  if (id === undefined || id === '') return undefined;
  // One of a newer service, of a type that this program does not know, is a place and no more.
  if (data === undefined || !isEventType(fields.get('event') ?? '')) return { id };
  return { id, event: JSON.parse(data) as ToldEvent };
}
