/**
 * Which addresses events may go to. It is looked at where a socket is opened, by the address that the name led to at that
 * moment: a name that leads elsewhere a moment after it was looked up opens nothing.
 */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';

type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** As `dns.lookup`; tests have their own. */
export type Lookup = (host: string, options: LookupOptions, done: Found) => void;

/** The code of the error where an address may not be told. */
const PRIVATE_CODE = 'EPRIVATE';

/** Whether an address is one of the public internet: neither private, loopback, link-local nor of any other special use. */
export function isPublic(address: string): boolean {
  // A zone (`fe80::1%eth0`) names a link of this machine.
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  // `::ffff:10.0.0.1` is 10.0.0.1.
  const plain = ipaddr.process(address);
  return plain.range() === 'unicast' && !isEmbedded(plain);
}

/** An IPv4-compatible address (`::127.0.0.1`), which is of no range that the library knows. */
function isEmbedded(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return (
    address.kind() === 'ipv6' &&
    address
      .toByteArray()
      .slice(0, 12)
      .every((byte) => byte === 0)
  );
}

/** A host of a URL that is an address itself: no name is looked up then. */
export function isPrivateLiteral(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) && !isPublic(bare);
}

/** `lookup` for sockets that finds public addresses only. */
export function publicLookup(lookup: Lookup = dnsLookup as Lookup): Lookup {
  return (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const all = Array.isArray(found) ? found : [];
      const allowed = all.filter(({ address }) => isPublic(address));
      const [first] = allowed;
      if (first === undefined) return done(notPublic(host), []);
      if (options.all) done(null, allowed);
      else done(null, first.address, first.family);
    });
}

/** What is thrown where a host leads to no public address. */
export function notPublic(host: string): NodeJS.ErrnoException {
  const message = `${host} leads to no public address; EVENTS_ALLOW_PRIVATE=1 allows others`;
  return Object.assign(new Error(message), { code: PRIVATE_CODE });
}
