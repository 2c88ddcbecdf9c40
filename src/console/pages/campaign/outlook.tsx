/** What is waiting, for what and until when, in the reader's own time. */
import { Alert, List, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { forecastEveryMs, forecastQuery } from '../../api/campaign-queries.ts';
import type { Schema } from '../../api/client.ts';
import { BudgetItems } from '../../campaigns/budget-items.tsx';
import { isOver, openOf } from '../../campaigns/shown.ts';
import { asNearTime, asNumber, asSpan } from '../../format.ts';
import { NotThere } from '../../parts/not-there.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

/** The part. */
export function Outlook({ campaign }: { readonly campaign: LiveCampaign }) {
  const isDone =
    isOver(campaign) || (campaign.state !== 'loading' && openOf(campaign.counts) === 0);
  const { data, error } = useQuery({
    ...forecastQuery(campaign.id),
    refetchInterval: forecastEveryMs(campaign.counts),
    enabled: !isDone,
  });
  return (
    <section className="card">
      <Title order={2} size="h4" mb="sm">
        {texts.campaign.outlook}
      </Title>
      {isDone ? (
        <Text>{texts.campaign.outlookDone}</Text>
      ) : data === undefined ? (
        <NotThere error={error} />
      ) : (
        <Waiting campaign={campaign} forecast={data} />
      )}
    </section>
  );
}

function Waiting({
  campaign,
  forecast,
}: {
  readonly campaign: LiveCampaign;
  readonly forecast: Schema<'CampaignForecast'>;
}) {
  const text = texts.campaign;
  const { state, scheduledFor } = campaign;
  const { willAsk, withinADay, doneAt, seconds, secondsLeft, later, nextDueAt } = forecast;
  const { budgetWait, processes, skipped } = forecast;
  const skips = Object.entries(skipped).filter(([, n]) => n > 0);
  return (
    <Stack gap="sm">
      {(state === 'draft' || state === 'loading') && <Text>{text.outlookNone}</Text>}
      {scheduledFor !== null && (
        <Text>
          {text.scheduledFor}: {asNearTime(scheduledFor)}
        </Text>
      )}
      {processes === 0 && <Alert color="red">{text.noProcess}</Alert>}
      <List>
        <List.Item>{text.willAsk(asNumber(willAsk))}</List.Item>
        {withinADay < willAsk && <List.Item>{text.withinADay(asNumber(withinADay))}</List.Item>}
        {doneAt !== null && (
          <List.Item>{text.doneAt(asNearTime(doneAt), asSpan(secondsLeft ?? seconds))}</List.Item>
        )}
        {later > 0 && (
          <List.Item>{text.later(later, asNumber(later), asNearTime(nextDueAt))}</List.Item>
        )}
        <BudgetItems forecast={forecast} />
        {processes !== null && processes > 0 && (
          <List.Item>{text.processes(asNumber(processes))}</List.Item>
        )}
      </List>
      {budgetWait !== null && (
        <Alert color="orange">
          {text.budget(asNumber(budgetWait.limit), asNearTime(budgetWait.freesAt))}
        </Alert>
      )}
      {skips.length > 0 && (
        <>
          <Title order={3} size="h5">
            {text.willSkip}
          </Title>
          <List>
            {skips.map(([reason, n]) => (
              <List.Item key={reason}>
                {asNumber(n)} {texts.skipReasons[reason] ?? reason}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Stack>
  );
}
