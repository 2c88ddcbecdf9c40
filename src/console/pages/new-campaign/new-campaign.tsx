/** A campaign is made. */
import { Page } from '../../parts/page.tsx';
import { texts } from '../../texts.ts';

/** The page. */
export function NewCampaign() {
  return <Page title={texts.nav.newCampaign}>{texts.comes}</Page>;
}
