/** The question that a callback URL has to answer before it is saved. */
import { randomInt } from 'node:crypto';

/** Meta waits about so long. */
const TIMEOUT_MS = 5000;

/** Whether `url` answers `hub.challenge` with 200 and the bare challenge. */
export async function isCallbackVerified(url: string, verifyToken: string): Promise<boolean> {
  const challenge = String(randomInt(1_000_000_000));
  try {
    const asked = new URL(url);
    asked.searchParams.set('hub.mode', 'subscribe');
    asked.searchParams.set('hub.challenge', challenge);
    asked.searchParams.set('hub.verify_token', verifyToken);
    const response = await fetch(asked, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await response.text()) === challenge && response.status === 200;
  } catch {
    // Not a URL, nobody there, or too slow: the same to Meta.
    return false;
  }
}
