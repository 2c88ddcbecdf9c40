/** The opt-out list: people who are asked by nobody. */
import { Text } from '@mantine/core';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asTime } from '../../format.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { texts } from '../../texts.ts';
import { AddOptOut } from './add-opt-out.tsx';
import { ImportOptOuts } from './import-opt-outs.tsx';

type Suppression = Schema<'Suppression'>;

const LIMIT = 50;

/** The page. */
export function OptOuts() {
  const mayAct = useMay('operator');
  const pages = useCursorPages<Suppression>({
    key: ['opt-outs'],
    load: async (after, signal) => {
      const query = { limit: LIMIT, ...(after === undefined ? {} : { after }) };
      const found = await dataOf(api.GET('/v1/suppressions', { params: { query }, signal }));
      return { items: found.suppressions, next: found.next };
    },
  });
  const { optOuts } = texts;
  return (
    <Page
      title={optOuts.title}
      {...(mayAct
        ? {
            actions: (
              <>
                <AddOptOut />
                <ImportOptOuts />
              </>
            ),
          }
        : {})}
    >
      <Text c="dimmed">{optOuts.about}</Text>
      <PagedTable
        what={optOuts.what}
        pages={pages}
        columns={mayAct ? [...COLUMNS, REMOVE] : COLUMNS}
        keyOf={({ to, addedAt }) => `${to} ${addedAt}`}
      />
    </Page>
  );
}

const { columns } = texts.optOuts;
const COLUMNS: readonly Column<Suppression>[] = [
  {
    key: 'to',
    title: columns.person,
    of: ({ to }) => (
      <PageLink to="/permissions" search={{ q: to }} className="numbers">
        {to}
      </PageLink>
    ),
  },
  { key: 'by', title: columns.by, of: ({ source }) => texts.optOuts.sources[source] },
  { key: 'reason', title: columns.reason, of: ({ reason }) => reason ?? texts.app.none },
  { key: 'at', title: columns.at, of: ({ addedAt }) => asTime(addedAt) },
];
const REMOVE: Column<Suppression> = {
  key: 'remove',
  title: columns.action,
  of: ({ to }) => <Remove to={to} />,
};

function Remove({ to }: { readonly to: string }) {
  const { optOuts } = texts;
  return (
    <ConfirmButton
      label={optOuts.removeShort}
      title={optOuts.remove(to)}
      sure={texts.person.optInSure}
      button={{ size: 'xs', variant: 'default' }}
      act={() => api.DELETE('/v1/suppressions/{to}', { params: { path: { to } } })}
      renews={['opt-outs']}
    />
  );
}
