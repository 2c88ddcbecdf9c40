/**
 * Where the server lies for those who come through a proxy: behind a path of `PUBLIC_URL`, or of the
 * `X-Forwarded-Prefix` of a proxy that is believed. A proxy may leave that path on or take it off.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config/config.ts';

/** Only what a path is made of, and no second slash, which would make a host of it. */
const PREFIX = /^(?:\/[\w.~%-]+)+\/?$/;

/** What is known of those who come through proxies. */
export interface Proxies {
  /** Whether an address is one whose headers are believed; for fastify's `trustProxy`. */
  trusts(address: string): boolean;
  /** The path that others see before ours, without a slash at its end; empty: none. */
  prefixOf(request: IncomingMessage): string;
  /** The URL without that path. */
  withoutPrefix(request: IncomingMessage): string;
}

/** Makes the look at a request's proxies. */
export function proxies(config: Pick<Config, 'publicUrl' | 'trustProxy'>): Proxies {
  const trusts = trustOf(config.trustProxy);
  const own = config.publicUrl === undefined ? '' : new URL(config.publicUrl).pathname;
  const usual = own.replace(/\/+$/, '');

  function prefixOf(request: IncomingMessage): string {
    const given = request.headers['x-forwarded-prefix'];
    const first =
      String(given ?? '')
        .split(',')[0]
        ?.trim() ?? '';
    const isTold = PREFIX.test(first) && trusts(request.socket.remoteAddress ?? '');
    return isTold ? first.replace(/\/$/, '') : usual;
  }

  return {
    trusts,
    prefixOf,
    withoutPrefix(request) {
      const url = request.url ?? '/';
      const prefix = prefixOf(request);
      if (prefix === '' || !url.startsWith(prefix)) return url;
      const rest = url.slice(prefix.length);
      return rest === '' || rest.startsWith('?') ? `/${rest}` : rest.startsWith('/') ? rest : url;
    },
  };
}

function trustOf(names: readonly string[]): (address: string) => boolean {
  if (names.includes('*')) return () => true;
  const list = new BlockList();
  for (const name of names.flatMap((n) => (n === 'loopback' ? ['127.0.0.0/8', '::1'] : [n]))) {
    const [address = '', bits] = name.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  // IPv4 on a socket of both families: ::ffff:127.0.0.1, which a list of IPv4 covers.
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}
