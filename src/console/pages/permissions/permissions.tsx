/** The permission book. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Permissions() {
  return <Page title={texts.nav.permissions}>{texts.comes}</Page>;
}
