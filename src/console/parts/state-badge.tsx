/** How far a campaign or a request is, in a word; the colour only says it again. */
import { Badge } from '@mantine/core';
import { texts } from '../texts.ts';

/** A state of a campaign. */
export type CampaignState = keyof typeof texts.campaignStates;
/** A state of a request. */
export type RequestState = keyof typeof texts.requestStates;

const CAMPAIGN_COLOURS: Readonly<Record<CampaignState, string>> = {
  loading: 'violet',
  draft: 'gray',
  scheduled: 'violet',
  running: 'blue',
  paused: 'orange',
  completed: 'green',
  cancelled: 'gray',
};
const REQUEST_COLOURS: Readonly<Record<RequestState, string>> = {
  pending: 'gray',
  queued: 'gray',
  sending: 'blue',
  accepted: 'green',
  'already-granted': 'teal',
  rejected: 'red',
  uncertain: 'orange',
  skipped: 'violet',
  expired: 'violet',
  cancelled: 'gray',
};

/** Of a campaign. */
export function CampaignBadge({ state }: { readonly state: CampaignState }) {
  return <StateBadge color={CAMPAIGN_COLOURS[state]} text={texts.campaignStates[state]} />;
}

/** Of a request. @param p.isFailed Meta took it, and it reached nobody: that is no success */
export function RequestBadge({
  state,
  isFailed = false,
}: {
  readonly state: RequestState;
  readonly isFailed?: boolean;
}) {
  if (isFailed) return <StateBadge color="red" text={texts.campaign.notDelivered} />;
  return <StateBadge color={REQUEST_COLOURS[state]} text={texts.requestStates[state]} />;
}

/** Any other; it is never cut off. */
export function StateBadge({ color, text }: { readonly color: string; readonly text: string }) {
  return (
    <Badge color={color} miw="max-content">
      {text}
    </Badge>
  );
}
