/**
 * What goes back over the wire, as a value: the rules decide, `server.ts` alone touches sockets.
 * The odd kinds are what networks and proxies do to an answer.
 */
import { given } from '../core/given.ts';
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status: number; readonly body: string }
  | { readonly kind: 'empty'; readonly status: number }
  /** Half of `body`; `cut`: the connection dies in it, otherwise the HTTP answer is whole. */
  | {
      readonly kind: 'truncated';
      readonly status: number;
      readonly body: string;
      readonly cut: boolean;
    }
  | { readonly kind: 'stream'; readonly contentType: string; readonly chunks: Iterable<string> }
  /** The socket stays open and silent. */
  | { readonly kind: 'none' }
  /** TCP reset. */
  | { readonly kind: 'reset' };

/** A JSON answer. */
export function json(
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    kind: 'json',
    status,
    body: JSON.stringify(body),
    ...given({ headers }),
  };
}

/** The page a proxy in front of a dead backend sends. */
export function htmlPage(status: number): Answer {
  return {
    kind: 'html',
    status,
    body: `<!DOCTYPE html><html><head><title>Error ${status}</title></head><body><h1>Sorry, something went wrong.</h1></body></html>`,
  };
}
