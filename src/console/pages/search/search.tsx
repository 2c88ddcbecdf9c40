/** People by number, reference or message id. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Search() {
  return <Page title={texts.nav.campaigns}>{texts.comes}</Page>;
}
