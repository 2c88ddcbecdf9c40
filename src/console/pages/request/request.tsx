/** What became of one person. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function RequestPage() {
  return <Page title={texts.nav.campaigns}>{texts.comes}</Page>;
}
