/** A campaign's name as a link to it. */
import { PageLink } from '../parts/links.tsx';
import { texts } from '../texts.ts';
import type { Campaign } from './shown.ts';

/** What a campaign is called. */
export function nameOf({ name, single, id }: Pick<Campaign, 'name' | 'single' | 'id'>): string {
  return name ?? `${single ? texts.campaigns.single : texts.campaigns.unnamed} ${id}`;
}

/** The link. */
export function CampaignLink({ campaign }: { readonly campaign: Campaign }) {
  return (
    <PageLink to="/campaigns/$id" params={{ id: campaign.id }} search={{}} fw={600}>
      {nameOf(campaign)}
    </PageLink>
  );
}
