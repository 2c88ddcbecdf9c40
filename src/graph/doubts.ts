/**
 * Whose is an answer? HTTP/1.1 says it by nothing but order: the first answer on a connection is the
 * first request's. A server or proxy that answers once too often shifts every answer after it to the
 * next request. The rule:
 *
 * - An acceptance names who was asked (`contacts[0].input`). One that names somebody else is `mismatched`:
 *   nothing of it is believed, and its socket is closed at once.
 * - A byte that comes while nothing is asked closes the socket too. undici 7.30.2 does that by itself:
 *   the parser fails with "bad response" where no request runs (`onMessageBegin` in client-h1.js), and
 *   a used socket is read for one turn of the event loop before the next request is written.
 * - A refusal names nobody. Where a socket is closed for one of these two reasons, the refusals read on
 *   it within the last time-out are doubted: the answer to such a request was a later one, and it is
 *   that which has just been seen.
 *
 * What stays assumed: a server that shifts answers shows it within a time-out, by one that names
 * somebody or by one that nobody asked for. A shift among refusals only, that ends with the connection,
 * cannot be seen. Calls whose answers name nobody and are evidence anyway (`call.ts`) have a
 * connection each.
 */
import { type Client, errors } from './undici.ts';

/** Whose a whole answer is: it names who was asked, names somebody else, or nobody. */
export type Belonging = 'own' | 'mismatched' | 'nameless';

/** The answers that name nobody, by the socket they were read on. */
export interface Doubts {
  /** An answer was read that names nobody. */
  add(client: Client, onDoubt: (() => void) | undefined): void;
  /** The client's socket gave an answer to somebody else. */
  spoilt(client: Client): void;
  /** The client's socket closed; `error` as undici gives it says why. */
  closed(client: Client, error: Error): void;
}

interface Nameless {
  /** On the clock of `performance.now()`, in ms. */
  readonly until: number;
  readonly onDoubt: () => void;
}

/** Makes the book; an answer can be doubted for `withinMs`. */
export function createDoubts(withinMs: number): Doubts {
  const read = new WeakMap<Client, readonly Nameless[]>();
  const living = (client: Client): readonly Nameless[] => {
    const now = performance.now();
    return (read.get(client) ?? []).filter(({ until }) => until > now);
  };

  function spoilt(client: Client): void {
    const doubted = living(client);
    read.delete(client);
    for (const { onDoubt } of doubted) onDoubt();
  }

  return {
    add(client, onDoubt) {
      if (onDoubt === undefined) return;
      read.set(client, [...living(client), { until: performance.now() + withinMs, onDoubt }]);
    },
    spoilt,
    closed(client, error) {
      if (isUnasked(error)) spoilt(client);
      // The client's next socket is another one, which these answers say nothing of.
      else read.delete(client);
    },
  };
}

/** Bytes that no request was waiting for, or that are no answer at all. */
function isUnasked(error: Error): boolean {
  return (
    error instanceof errors.HTTPParserError ||
    (error instanceof errors.SocketError && error.message === 'bad response')
  );
}
