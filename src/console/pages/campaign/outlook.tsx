/** What is waiting, for what and until when, in the reader's own time. */
import { Alert, List, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { forecastEveryMs, forecastQuery, forecastRestMs } from '../../api/campaign-queries.ts';
import type { Schema } from '../../api/client.ts';
import { useLookAgain } from '../../api/use-look-again.ts';
import { BudgetItems } from '../../campaigns/budget-items.tsx';
import { isOver, openOf } from '../../campaigns/shown.ts';
import { asExactTime, asNearTime, asNumber, asSpan } from '../../format.ts';
import { NotThere } from '../../parts/not-there.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

/** The part. */
export function Outlook({ campaign }: { readonly campaign: LiveCampaign }) {
  const isDone =
    isOver(campaign) || (campaign.state !== 'loading' && openOf(campaign.counts) === 0);
  const { state, counts } = campaign;
  const look = useQuery({
    ...forecastQuery(campaign.id),
    refetchInterval: forecastEveryMs(counts),
    enabled: !isDone,
  });
  const { data, error } = look;
  // Those in the queue are about to be asked, or come back where it was paused.
  const waiting = `${state} ${counts.pending} ${counts.queued}`;
  useLookAgain(look, waiting, isDone ? false : forecastRestMs(counts));
  return (
    <section className="card">
      <Title order={2} size="h4" mb="sm">
        {texts.campaign.outlook}
      </Title>
      {isDone ? (
        <Text>
          {state === 'cancelled' ? texts.campaign.outlookCancelled : texts.campaign.outlookDone}
        </Text>
      ) : data === undefined ? (
        <NotThere error={error} />
      ) : (
        <>
          <Waiting campaign={campaign} forecast={data} />
          <Text size="sm" c="dimmed" mt="xs">
            {texts.campaign.reasonsAt(asExactTime(data.countedAt))}
          </Text>
        </>
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
  const { willAsk, withinADay, later, nextDueAt } = forecast;
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
        <End campaign={campaign} forecast={forecast} />
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

/** When everybody is asked: of one that asks nobody now only how long it takes once it does. */
function End({ campaign, forecast }: Parameters<typeof Waiting>[0]) {
  const text = texts.campaign;
  const { doneAt, seconds, secondsLeft, pausedQueues, processes } = forecast;
  if (doneAt === null) return null;
  const isHeld = campaign.state !== 'running' || pausedQueues.length > 0 || processes === 0;
  return (
    <List.Item>
      {isHeld
        ? text.noEnd(asSpan(seconds))
        : text.doneAt(asNearTime(doneAt), asSpan(secondsLeft ?? seconds))}
    </List.Item>
  );
}
