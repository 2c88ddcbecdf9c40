/** Templates. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Templates() {
  return <Page title={texts.nav.templates}>{texts.comes}</Page>;
}
