/** One's own password and sessions. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Account() {
  return <Page title={texts.nav.account}>{texts.comes}</Page>;
}
