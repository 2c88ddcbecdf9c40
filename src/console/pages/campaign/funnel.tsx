/** From the list to a permission: how many came how far. */
import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { funnelQuery, reasonsQuery } from '../../api/campaign-queries.ts';
import { isAway } from '../../api/client.ts';
import { askedOf } from '../../campaigns/asked-of.ts';
import { totalOf } from '../../campaigns/shown.ts';
import { asExactTime, asNumber, asShare, asSpan } from '../../format.ts';
import { NotThere } from '../../parts/not-there.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import classes from './overview.module.css';
import type { LiveCampaign } from './use-live-campaign.ts';

const LOOK_MS = 5_000;

/** The funnel, and what became of those who are not in its last step. */
export function Funnel({ campaign: { id, counts } }: { readonly campaign: LiveCampaign }) {
  // Answers move none of the counts that the stream tells.
  const { data, error } = useQuery({
    ...funnelQuery(id),
    refetchInterval: LOOK_MS,
  });
  // Looked at by the table of reasons.
  const { data: why } = useQuery(reasonsQuery(id));
  const { campaign } = texts;
  // They were not asked by this campaign, or said nothing to it: whoever is phoned is more than who said yes here.
  const before =
    counts['already-granted'] +
    (why?.reasons ?? [])
      .filter(({ state, reason }) => state === 'skipped' && reason === 'already-granted')
      .reduce((sum, { count }) => sum + count, 0);
  const title = (
    <Title order={2} size="h4" mb="sm">
      {campaign.funnel}
    </Title>
  );
  if (data === undefined)
    return (
      <section className="card">
        {title}
        <NotThere error={error} />
      </section>
    );
  const granted = data.granted.temporary + data.granted.permanent;
  const list = totalOf(counts);
  // The first three are the numbers above, and as new as these; what people did was counted a moment ago.
  const asked = why === undefined ? data.asked : askedOf(counts, why.reasons);
  const { accepted } = counts;
  const failed = data.failed.reduce((sum, { n }) => sum + n, 0);
  // Whom a message did not reach cannot answer it.
  const noAnswer = Math.max(0, accepted - granted - data.declined - failed);
  const steps = [
    ['list', list],
    ['asked', Math.max(asked, accepted)],
    ['accepted', accepted],
    ['delivered', data.delivered],
    ['read', data.read],
    ['answered', granted + data.declined],
    ['granted', granted],
  ] as const;
  return (
    <section className="card">
      {title}
      {error !== null && !isAway(error) && <ProblemAlert error={error} />}
      <ol className={classes.steps}>
        {steps.map(([step, n]) => (
          <li key={step} className={classes.step} data-step={step}>
            <span>{campaign.funnelSteps[step]}</span>
            <div className={classes.bar} aria-hidden>
              <div
                className={classes.fill}
                style={{ width: `${list === 0 ? 0 : Math.min(100, (n / list) * 100)}%` }}
              />
            </div>
            <span className={classes.n}>
              {asNumber(n)}{' '}
              <Text span size="sm" c="dimmed">
                {asShare(n, list)}
              </Text>
            </span>
          </li>
        ))}
      </ol>
      <ul className={classes.beside}>
        <li>{campaign.temporary(asNumber(data.granted.temporary))}</li>
        <li>{campaign.permanent(asNumber(data.granted.permanent))}</li>
        <li>{campaign.declined(asNumber(data.declined))}</li>
        <li>{campaign.noAnswer(asNumber(noAnswer))}</li>
        {before > 0 && <li>{campaign.before(asNumber(before))}</li>}
        {failed > 0 && <li>{campaign.failed(asNumber(failed))}</li>}
        {data.held > 0 && <li>{campaign.heldBack(asNumber(data.held))}</li>}
        {data.medianAnswerS !== null && <li>{campaign.median(asSpan(data.medianAnswerS))}</li>}
      </ul>
      <Text size="sm" c="dimmed" mt="xs">
        {campaign.shares} {campaign.countedAt(asExactTime(data.countedAt))}
      </Text>
    </section>
  );
}
