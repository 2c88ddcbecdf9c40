/** Who may log in. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function Users() {
  return <Page title={texts.nav.users}>{texts.comes}</Page>;
}
