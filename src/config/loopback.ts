/** This machine, as a URL can name it: where plain HTTP crosses no wire. */
import { isIPv4, isIPv6 } from 'node:net';

/** Whether a URL leads to this machine: 127.0.0.0/8, `::1` or `localhost`. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

/** Whether an address to listen on is reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}/`;
  return URL.canParse(url) && isLoopback(url);
}
