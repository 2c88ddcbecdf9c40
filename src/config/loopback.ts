/** This machine, as a URL can name it: where plain HTTP crosses no wire. */
import { isIPv4 } from 'node:net';

/** Whether a URL leads to this machine: 127.0.0.0/8, `::1` or `localhost`. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}
