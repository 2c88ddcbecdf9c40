/** Why people wait, were refused or left out: each code with its meaning and advice, and the way to ask those people again. */
import { Button, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  funnelQuery,
  reasonsEveryMs,
  reasonsQuery,
  reasonsRestMs,
} from '../../api/campaign-queries.ts';
import type { Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useLookAgain } from '../../api/use-look-again.ts';
import { adviceOf } from '../../campaigns/advice.ts';
import { isOver, mayRetry, totalOf } from '../../campaigns/shown.ts';
import { asExactTime, asNearTime, asNumber } from '../../format.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { PageLink } from '../../parts/links.tsx';
import { NotThere } from '../../parts/not-there.tsx';
import tableClasses from '../../parts/paged-table.module.css';
import { RequestBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';
import classes from './overview.module.css';
import type { LiveCampaign } from './use-live-campaign.ts';
import { useRetry } from './use-retry.ts';

type Reason = Schema<'ReasonCount'>;
/** One with a code of Meta's. */
type Refusal = Reason & { readonly errorCode: number };

/** The part. */
export function Reasons({ campaign }: { readonly campaign: LiveCampaign }) {
  const { id } = campaign;
  const refetchInterval = reasonsEveryMs(isOver(campaign));
  const look = useQuery({ ...reasonsQuery(id), refetchInterval });
  const { data, error } = look;
  const isBehind = useLookAgain(look, useMoved(campaign), reasonsRestMs(totalOf(campaign.counts)));
  const mayAct = useMay('operator') && mayRetry(campaign);
  const [asked, setAsked] = useState<Refusal>();
  const text = texts.campaign;
  // Those who simply wait or went through are in the counts.
  const reasons = (data?.reasons ?? []).filter(
    ({ errorCode, reason, message, advice }) =>
      errorCode !== null || reason !== null || message !== null || advice !== null,
  );
  return (
    <section className={`card ${classes.wide}`}>
      <Title order={2} size="h4" mb="sm">
        {text.reasons}
      </Title>
      {data === undefined ? (
        <NotThere error={error} />
      ) : reasons.length === 0 ? (
        <Text c="dimmed">{isBehind ? text.reasonsBehind : text.noReasons}</Text>
      ) : (
        <Table className={tableClasses.table ?? ''} aria-label={text.reasons}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th data-number>{text.reasonCount}</Table.Th>
              <Table.Th>{text.reasonState}</Table.Th>
              <Table.Th>{text.reasonCode}</Table.Th>
              <Table.Th>{text.reasonWhy}</Table.Th>
              <Table.Th>{text.reasonNext}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {reasons.map((reason) => (
              <Line
                key={`${reason.state} ${reason.errorCode} ${reason.reason}`}
                id={id}
                isPaused={campaign.state === 'paused'}
                reason={reason}
                onAsk={mayAct ? setAsked : undefined}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {reasons.some(isNotReached) && (
        <Text size="sm" c="dimmed" mt="xs">
          {text.notDelivered}: {text.failedNext}
        </Text>
      )}
      {data !== undefined && (
        <Text size="sm" c="dimmed" mt="xs">
          {text.reasonsAt(asExactTime(data.countedAt))}
        </Text>
      )}
      {asked !== undefined && (
        <AskAgain id={id} reason={asked} onClose={() => setAsked(undefined)} />
      )}
    </section>
  );
}

/** The numbers beside it by which it can be seen that it is old: who ended so that there is something to say, and who was not reached. */
function useMoved({ id, state, counts }: LiveCampaign): string {
  // Looked at by the funnel.
  const { data } = useQuery({ ...funnelQuery(id), enabled: false });
  const failed = data?.failed.map(({ code, n }) => [code, n]);
  const { rejected, uncertain, skipped, expired, cancelled, 'already-granted': granted } = counts;
  const ended = [rejected, uncertain, skipped, expired, cancelled, granted];
  return JSON.stringify([state, ended, failed]);
}

/** Meta took the message, and told later that it reached nobody. */
function isNotReached({ state, errorCode }: Reason): boolean {
  return state === 'accepted' && errorCode !== null;
}

function Line({
  id,
  isPaused,
  reason: said,
  onAsk,
}: {
  readonly id: string;
  readonly isPaused: boolean;
  readonly reason: Reason;
  readonly onAsk: ((reason: Refusal) => void) | undefined;
}) {
  const { state, count, errorCode, reason, message, lasting, nextAt } = said;
  const advice = adviceOf(said, { isPaused });
  const text = texts.campaign;
  const isKnown = errorCode !== null || reason !== null;
  const search = {
    view: 'people',
    state,
    ...(errorCode !== null ? { code: String(errorCode) } : reason !== null && { reason }),
  };
  return (
    <Table.Tr>
      <Table.Td data-number data-title={text.reasonCount}>
        {asNumber(count)}
      </Table.Td>
      <Table.Td data-title={text.reasonState}>
        <RequestBadge state={state} isFailed={isNotReached(said)} />
      </Table.Td>
      <Table.Td data-title={text.reasonCode}>
        <code>{errorCode ?? reason ?? texts.app.none}</code>
      </Table.Td>
      <Table.Td data-title={text.reasonWhy}>
        <div>
          {message}
          {advice !== null && (
            <Text size="sm" c="dimmed">
              {advice}
            </Text>
          )}
        </div>
      </Table.Td>
      <Table.Td data-title={text.reasonNext}>
        <Group gap="xs">
          {nextAt !== null && !isPaused && <span>{asNearTime(nextAt)}</span>}
          <PageLink to="/campaigns/$id" params={{ id }} search={search}>
            {isKnown ? text.showThese : text.showAll(texts.requestStates[state])}
          </PageLink>
          {state === 'rejected' && errorCode !== null && !lasting && onAsk !== undefined && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onAsk({ ...said, errorCode })}
            >
              {text.askTheseAgain}
            </Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function AskAgain({
  id,
  reason: { errorCode, count, message, ...reason },
  onClose,
}: {
  readonly id: string;
  readonly reason: Refusal;
  readonly onClose: () => void;
}) {
  const retrying = useRetry(id);
  const text = texts.campaign;
  const advice = adviceOf(reason, { isPaused: false });
  return (
    <Confirm
      isOpen
      title={text.retryTitle}
      action={text.retryAction}
      isBusy={retrying.isPending}
      error={retrying.error}
      onConfirm={() => retrying.mutate({ code: errorCode }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text>{text.retryThese(count, asNumber(count), String(errorCode))}</Text>
      {message !== null && <Text>{message}</Text>}
      {advice !== null && <Text>{advice}</Text>}
      <Text c="dimmed">{text.retryMeans}</Text>
    </Confirm>
  );
}
