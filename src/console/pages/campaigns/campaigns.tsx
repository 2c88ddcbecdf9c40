/** All campaigns. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Campaigns() {
  return <Page title={texts.nav.campaigns}>{texts.comes}</Page>;
}
