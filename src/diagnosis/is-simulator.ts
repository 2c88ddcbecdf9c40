/** Whether what stands in Meta's place is our simulator: nobody is really asked there, and it sends some bad webhooks on purpose. */
import { isLoopback } from '../config/loopback.ts';

const ANSWER_MS = 1_000;

/** Whether it says so itself: what leads to Meta (a proxy) may be on this machine, too. Whoever does not answer is none. */
export async function isSimulator(graphBaseUrl: string): Promise<boolean> {
  if (!isLoopback(graphBaseUrl)) return false;
  try {
    const answer = await fetch(new URL('/_sim/about', graphBaseUrl), {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const about: unknown = answer.ok ? await answer.json() : undefined;
    return (
      typeof about === 'object' &&
      about !== null &&
      'simulator' in about &&
      about.simulator === 'callpermit'
    );
  } catch {
    return false;
  }
}
