/** What can be taken away of a campaign, as files. */
import { Group, Text, Title } from '@mantine/core';
import { DownloadLink } from '../../parts/download-link.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

/** The part. */
export function Files({ campaign: { id, refusedLines } }: { readonly campaign: LiveCampaign }) {
  const text = texts.campaign;
  const of = (query: string) =>
    `/v1/campaigns/${encodeURIComponent(id)}/export?format=csv&spreadsheet=true${query}`;
  const callable = `/v1/permissions/export?format=csv&spreadsheet=true&state=callable&campaign=${encodeURIComponent(id)}`;
  return (
    <section className="card">
      <Title order={2} size="h4" mb="sm">
        {text.exports}
      </Title>
      <Group gap="sm">
        <DownloadLink path={callable} name={`callable-${id}.csv`} text={text.exportCallable} />
        <DownloadLink path={of('')} name={`campaign-${id}.csv`} text={text.export} />
        {refusedLines > 0 && (
          <DownloadLink
            path={of('&refused=true')}
            name={`refused-${id}.csv`}
            text={text.exportRefused}
          />
        )}
      </Group>
      <Text size="sm" c="dimmed" mt="sm">
        {text.formulas}
      </Text>
    </section>
  );
}
