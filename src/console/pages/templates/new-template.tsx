/** A template is made. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function NewTemplate() {
  return <Page title={texts.nav.templates}>{texts.comes}</Page>;
}
