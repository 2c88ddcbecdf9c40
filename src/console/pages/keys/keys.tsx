/** Keys of programs. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Keys() {
  return <Page title={texts.nav.keys}>{texts.comes}</Page>;
}
