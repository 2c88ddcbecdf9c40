/** What doctor says. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function System() {
  return <Page title={texts.nav.system}>{texts.comes}</Page>;
}
