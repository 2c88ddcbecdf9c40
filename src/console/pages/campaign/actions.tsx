/** What an operator can do with a campaign as it stands; a viewer has none of it. */
import { Alert, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf } from '../../api/client.ts';
import { useIsAway } from '../../api/presence.ts';
import { useMay } from '../../api/session.ts';
import { AskMany, isMany } from '../../campaigns/ask-many.tsx';
import { isOver, mayRetry } from '../../campaigns/shown.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { RETRIED, RetryDialog } from './retry-dialog.tsx';
import type { LiveCampaign } from './use-live-campaign.ts';

type Step = 'start' | 'pause' | 'resume' | 'cancel';

/** The buttons. */
export function Actions({ campaign }: { readonly campaign: LiveCampaign }) {
  const { id, state } = campaign;
  const mayAct = useMay('operator');
  const queries = useQueryClient();
  const isAway = useIsAway();
  const [isCancelling, setIsCancelling] = useState(false);
  const [isStarting, setIsStarting] = useState(false);
  const [isRetrying, setIsRetrying] = useState(false);
  const stepping = useMutation({
    mutationFn: (step: Step) => take(id, step),
    onSuccess: () => {
      setIsCancelling(false);
      setIsStarting(false);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: allOf(id) }),
  });
  if (!mayAct) return null;
  const waiting = campaign.counts.pending;
  const begin = (step: Step) => {
    if (step === 'start' && isMany(waiting)) setIsStarting(true);
    else stepping.mutate(step);
  };
  const button = (step: Step, variant: string) => (
    <Button
      variant={variant}
      loading={stepping.isPending && stepping.variables === step}
      disabled={stepping.isPending || isAway}
      onClick={() => begin(step)}
    >
      {texts.campaign[step]}
    </Button>
  );
  // While the step itself is under way, it is what ended the campaign.
  const isLate = isCancelling && isOver(campaign) && !stepping.isPending;
  const stuck = stepping.data?.stuckQueues ?? [];
  return (
    <>
      {state === 'draft' && button('start', 'filled')}
      {state === 'running' && button('pause', 'default')}
      {state === 'paused' && button('resume', 'filled')}
      {mayRetry(campaign) && RETRIED.some((one) => campaign.counts[one] > 0) && (
        <Button variant="default" disabled={isAway} onClick={() => setIsRetrying(true)}>
          {texts.campaign.retry}
        </Button>
      )}
      {!isOver(campaign) && (
        <Button
          variant="outline"
          color="red"
          disabled={isAway}
          onClick={() => setIsCancelling(true)}
        >
          {texts.campaign.cancel}
        </Button>
      )}
      {stepping.error !== null && !isCancelling && !isStarting && (
        <ProblemAlert error={stepping.error} />
      )}
      {stuck.length > 0 && (
        <Alert color="orange" role="alert">
          {texts.campaign.stuckQueues(stuck.join(', '))}
        </Alert>
      )}
      <Confirm
        isOpen={isCancelling}
        title={texts.campaign.cancelTitle}
        action={texts.campaign.cancel}
        isDangerous
        isBusy={stepping.isPending}
        error={stepping.error}
        late={isLate ? texts.campaign.cancelLate : undefined}
        onConfirm={() => stepping.mutate('cancel')}
        onClose={() => setIsCancelling(false)}
      >
        {texts.campaign.cancelText}
      </Confirm>
      <AskMany
        {...{ people: waiting, action: texts.campaign.start, isOpen: isStarting }}
        isBusy={stepping.isPending}
        error={stepping.error}
        onConfirm={() => stepping.mutate('start')}
        onClose={() => setIsStarting(false)}
      />
      <RetryDialog campaign={campaign} isOpen={isRetrying} onClose={() => setIsRetrying(false)} />
    </>
  );
}

async function take(id: string, step: Step): Promise<{ readonly stuckQueues?: readonly string[] }> {
  const at = { params: { path: { id } } };
  switch (step) {
    case 'start':
      return dataOf(api.POST('/v1/campaigns/{id}/start', at)).then(() => ({}));
    case 'pause':
      return dataOf(api.POST('/v1/campaigns/{id}/pause', at)).then(() => ({}));
    case 'cancel':
      return dataOf(api.POST('/v1/campaigns/{id}/cancel', at)).then(() => ({}));
    case 'resume':
      return dataOf(api.POST('/v1/campaigns/{id}/resume', at));
  }
}
