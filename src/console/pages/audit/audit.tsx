/** Who did what. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Audit() {
  return <Page title={texts.nav.audit}>{texts.comes}</Page>;
}
