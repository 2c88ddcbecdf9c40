/** Senders. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Senders() {
  return <Page title={texts.nav.senders}>{texts.comes}</Page>;
}
