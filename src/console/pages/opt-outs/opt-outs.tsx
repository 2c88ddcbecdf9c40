/** Who is never asked. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function OptOuts() {
  return <Page title={texts.nav.optOuts}>{texts.comes}</Page>;
}
