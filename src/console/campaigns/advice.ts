/** What to do about people who wait or ended, in the words of the page, as it is true of a campaign that stands, too. */
import type { RequestState } from '../parts/state-badge.tsx';
import { texts } from '../texts.ts';
import { wordsOfPage } from '../words-of-page.ts';

const WAITS: ReadonlySet<RequestState> = new Set(['pending', 'queued']);

/** Nothing of it happens while its campaign is paused. @param p.isPaused of a campaign that is not known, nothing is said of it */
export function adviceOf(
  { advice, state }: { readonly advice: string | null; readonly state: RequestState },
  { isPaused }: { readonly isPaused: boolean },
): string | null {
  if (advice === null) return null;
  const said = wordsOfPage(advice);
  if (!isPaused || !WAITS.has(state)) return said;
  const { onceResumed, notWhilePaused } = texts.campaign;
  return said.startsWith('Nothing to do') ? onceResumed : `${said} ${notWhilePaused}`;
}
