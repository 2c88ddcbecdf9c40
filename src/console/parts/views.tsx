/** The views of a page, one of which is shown: links, so that each can be sent to somebody. */
import { Group } from '@mantine/core';
import type { PageSearch } from '../search-params.ts';
import { ButtonLink } from './links.tsx';

/** The links. @param p.label names them to screen readers @param p.search what else stands behind `?` */
export function Views<View extends string>({
  label,
  views,
  current,
  search,
}: {
  readonly label: string;
  readonly views: Readonly<Record<View, string>>;
  readonly current: View;
  readonly search: (view: View) => PageSearch;
}) {
  return (
    <nav aria-label={label}>
      <Group gap="xs">
        {(Object.entries(views) as [View, string][]).map(([view, text]) => (
          <ButtonLink
            key={view}
            to="."
            resetScroll={false}
            search={search(view)}
            size="sm"
            variant={view === current ? 'filled' : 'default'}
            aria-current={view === current ? 'true' : undefined}
          >
            {text}
          </ButtonLink>
        ))}
      </Group>
    </nav>
  );
}
