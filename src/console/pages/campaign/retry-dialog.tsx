/** Whom of a campaign to ask again. Those whose outcome is not known come with a warning: they may have been asked. */
import { Alert, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { mayRetry } from '../../campaigns/shown.ts';
import { asNumber } from '../../format.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';
import { type Retry, useRetry } from './use-retry.ts';

/** States in which people are of whom an operator may say that they are asked again. */
export const RETRIED = ['rejected', 'skipped', 'expired', 'uncertain'] as const;
type Who = (typeof RETRIED)[number];

/** The dialog. */
export function RetryDialog({
  campaign,
  isOpen,
  onClose,
}: {
  readonly campaign: LiveCampaign;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { id, counts } = campaign;
  const [chosen, setWho] = useState<Who>();
  const who = chosen ?? RETRIED.find((one) => counts[one] > 0) ?? 'rejected';
  const retrying = useRetry(id);
  const { campaign: text } = texts;
  const labels: Readonly<Record<Who, string>> = {
    rejected: text.retryRejected,
    skipped: text.retrySkipped,
    expired: text.retryExpired,
    uncertain: text.retryUncertain,
  };
  const close = () => {
    retrying.reset();
    onClose();
  };
  return (
    <Confirm
      isOpen={isOpen}
      title={text.retryTitle}
      action={text.retryAction}
      isDangerous={who === 'uncertain'}
      isBusy={retrying.isPending}
      error={retrying.error}
      late={isOpen && !mayRetry(campaign) ? text.retryLate : undefined}
      onConfirm={() => retrying.mutate(bodyOf(who))}
      onClose={close}
    >
      <Radio.Group label={text.retryWho} value={who} onChange={(value) => setWho(value as Who)}>
        <Stack gap="xs" mt="xs">
          {RETRIED.map((one) => (
            <Radio
              key={one}
              value={one}
              disabled={counts[one] === 0 && one !== who}
              label={`${labels[one]} (${asNumber(counts[one])})`}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Text c="dimmed">{text.retryMeans}</Text>
      {who === 'uncertain' && <Alert color="orange">{text.retryUncertainWarning}</Alert>}
      {retrying.data !== undefined && (
        <Alert color="green" role="status">
          {text.retried(retrying.data.retried, asNumber(retrying.data.retried))}
        </Alert>
      )}
    </Confirm>
  );
}

function bodyOf(who: Who): Retry {
  return who === 'uncertain' ? { uncertain: true } : { status: [who] };
}
