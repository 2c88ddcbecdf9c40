/** The first five minutes. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function FirstSteps() {
  return <Page title={texts.nav.firstSteps}>{texts.comes}</Page>;
}
