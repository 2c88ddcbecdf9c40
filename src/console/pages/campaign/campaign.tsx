/** A campaign. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Campaign() {
  return <Page title={texts.nav.campaigns}>{texts.comes}</Page>;
}
