/** Who is on this machine, and nobody's proxy: decided by the socket, since headers are what a caller writes. */
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.ts';
import { isLoopback, isLoopbackHost } from '../config/loopback.ts';
import type { Proxies } from './prefix.ts';

/** What a proxy says of those it speaks for; none of them lets anybody in, and each keeps out. */
const OF_PROXIES = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Makes the look whether a request comes from this machine itself. Nobody does where a proxy is expected: one that is
 * trusted and stands at that address, or any where `PUBLIC_URL` says that others come through one.
 */
export function nearness(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  { trusts }: Pick<Proxies, 'trusts'>,
): (request: IncomingMessage) => boolean {
  const isBehind = publicUrl !== undefined && !isLoopback(publicUrl);
  return ({ socket, headers }) => {
    const address = withoutMapping(socket.remoteAddress ?? '');
    if (isBehind || !isLoopbackHost(address) || trusts(address)) return false;
    if (OF_PROXIES.some((name) => headers[name] !== undefined)) return false;
    // A proxy that says nothing of itself passes on the name it was called by, and so does a page of elsewhere.
    const named = `http://${headers.host ?? ''}/`;
    return URL.canParse(named) && isLoopback(named);
  };
}

/** IPv4 on a socket of both families: `::ffff:127.0.0.1`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
