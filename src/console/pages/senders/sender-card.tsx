/** One number: its rate, what stops it and what to do, its budget, its quality. */
import { Alert, List, Text } from '@mantine/core';
import type { Schema } from '../../api/client.ts';
import { asAgo, asDecimal, asNumber, asTime } from '../../format.ts';
import { Facts } from '../../parts/facts.tsx';
import { Section } from '../../parts/section.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { useTicks } from '../../parts/use-ticks.ts';
import { texts } from '../../texts.ts';

type Sender = Schema<'Sender'>;

/** The card. @param p.number what Meta says of it; absent where it was not asked, or has not answered */
export function SenderCard({
  sender,
  number,
}: {
  readonly sender: Sender;
  readonly number: Schema<'Finding'> | undefined;
}) {
  useTicks();
  const { senders } = texts;
  const { state, rateNow, rateAllowed, rateReason, processes, inFlight, queuePaused } = sender;
  const isOpen = state === 'sending';
  return (
    <Section
      title={sender.sender}
      beside={
        <StateBadge
          color={isOpen ? 'green' : 'red'}
          text={isOpen ? senders.sending : senders.stopped}
        />
      }
    >
      <Stops sender={sender} />
      {queuePaused && <Alert color="orange" title={senders.queuePaused} />}
      <Facts
        facts={[
          [senders.number, number?.message ?? senders.numberUnknown],
          [
            senders.rate,
            <>
              {senders.rateOf(asDecimal(rateNow), asDecimal(rateAllowed))}
              {rateReason !== null && <Text size="sm">{senders.rateHeld(rateReason)}</Text>}
            </>,
          ],
          [senders.processes, processes === 0 ? senders.noProcess : asNumber(processes)],
          [senders.inFlight, asNumber(inFlight)],
          [senders.budget, <Budget key="budget" budget={sender.budget} />],
          [senders.quality, qualityOf(sender) ?? senders.noNews],
          [
            senders.webhook,
            sender.lastWebhookAt === null ? senders.noWebhook : asAgo(sender.lastWebhookAt),
          ],
        ]}
      />
      {sender.news.length > 0 && (
        <div>
          <Text size="sm" c="dimmed">
            {senders.news}
          </Text>
          <List size="sm">
            {sender.news.map(({ what, value, detail, at }) => (
              <List.Item key={`${what} ${value} ${at}`}>
                {[`${what}: ${value}`, detail, asTime(at)].filter((one) => one !== null).join(', ')}
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Section>
  );
}

function Stops({ sender }: { readonly sender: Sender }) {
  const { senders } = texts;
  const { breaker, breakerSince, nextLookAt, silence, why, state } = sender;
  if (breaker !== null)
    return (
      <Alert color="red" title={senders.breaker}>
        <Text>
          {breaker.message}
          {breaker.code !== undefined && ` (${breaker.code})`}
        </Text>
        {breakerSince !== null && <Text size="sm">{senders.since(asTime(breakerSince))}</Text>}
        <Text size="sm">
          {nextLookAt === null ? senders.byPerson : senders.nextLook(asAgo(nextLookAt))}
        </Text>
      </Alert>
    );
  if (silence !== null)
    return (
      <Alert color="orange" title={senders.silence}>
        <Text>{silence.why}</Text>
        <Text size="sm">{senders.since(asTime(silence.since))}</Text>
      </Alert>
    );
  if (state === 'stopped' && why !== '') return <Alert color="orange" title={why} />;
  return null;
}

function Budget({ budget }: { readonly budget: Sender['budget'] }) {
  const { senders } = texts;
  if (budget === null) return senders.noBudget;
  return (
    <>
      {senders.budgetOf(asNumber(budget.remaining), asNumber(budget.limit))}
      {budget.freesAt !== null && (
        <Text size="sm">{senders.budgetFrees(asAgo(budget.freesAt))}</Text>
      )}
    </>
  );
}

function qualityOf({ news }: Sender): string | undefined {
  return news.find(({ what }) => what === 'number-quality')?.value;
}
