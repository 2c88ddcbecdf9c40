/** What a campaign was made with. */
import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { asNumber, asTime } from '../../format.ts';
import { texts } from '../../texts.ts';
import classes from './overview.module.css';
import type { LiveCampaign } from './use-live-campaign.ts';

/** The part. */
export function Facts({ campaign: c }: { readonly campaign: LiveCampaign }) {
  const text = texts.campaign;
  const also = [
    ...(c.includeGranted ? [text.includesGranted] : []),
    ...(c.includeDeclined ? [text.includesDeclined] : []),
  ];
  const facts: readonly (readonly [string, ReactNode] | false)[] = [
    [texts.campaigns.template, <code key="template">{c.template}</code>],
    [text.language, c.language],
    [texts.campaigns.sender, c.senders.join(', ')],
    c.scheduledFor !== null && [text.scheduledFor, asTime(c.scheduledFor)],
    [texts.campaigns.madeAt, asTime(c.createdAt)],
    // What was only told to start has not begun.
    c.startedAt !== null && c.scheduledFor === null && [text.startedAt, asTime(c.startedAt)],
    c.endedAt !== null && [text.endedAt, asTime(c.endedAt)],
    c.expireAt !== null && [text.expireAt, asTime(c.expireAt)],
    c.quietHours !== null && [text.quietHours, text.quiet(c.quietHours.from, c.quietHours.to)],
    [text.pairLimit, text.pairLimits[c.onPairLimit]],
    also.length > 0 && [text.includes, also.join(', ')],
    [text.weight, asNumber(c.weight)],
    [text.id, <code key="id">{c.id}</code>],
  ];
  return (
    <section className="card">
      <Title order={2} size="h4" mb="sm">
        {text.facts}
      </Title>
      <dl className={classes.facts}>
        {facts.map(
          (fact) =>
            fact !== false && (
              <div key={fact[0]} className={classes.fact}>
                <dt>{fact[0]}</dt>
                <dd>{fact[1]}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}
