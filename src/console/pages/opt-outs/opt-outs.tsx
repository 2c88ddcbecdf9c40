/** The opt-out list: people who are asked by nobody. */
import { Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { ApiError, api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asTime } from '../../format.ts';
import { given } from '../../given.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { type OnePage, useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { texts } from '../../texts.ts';
import { AddOptOut } from './add-opt-out.tsx';
import { FindOptOut } from './find-opt-out.tsx';
import { ImportOptOuts } from './import-opt-outs.tsx';

type Suppression = Schema<'Suppression'>;

const LIMIT = 50;

/** The page. */
export function OptOuts() {
  const mayAct = useMay('operator');
  const { q } = useSearch({ strict: false });
  const pages = useCursorPages<Suppression>({
    key: ['opt-outs', q],
    load: (after, signal) =>
      q !== undefined && isWhole(q) ? lookUp(q, signal) : list(q, after, signal),
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
      <FindOptOut q={q} />
      <PagedTable
        what={optOuts.what}
        pages={pages}
        columns={mayAct ? [...COLUMNS, REMOVE] : COLUMNS}
        keyOf={({ to, addedAt }) => `${to} ${addedAt}`}
        empty={q === undefined ? optOuts.empty : optOuts.notFound(q)}
      />
    </Page>
  );
}

/** With a plus, or a letter as in Meta's ids of users: nobody means the end of a number. */
function isWhole(q: string): boolean {
  return /^\+|[a-z]/i.test(q);
}

/** One person, under whatever name they stand there. */
async function lookUp(to: string, signal: AbortSignal): Promise<OnePage<Suppression>> {
  try {
    const params = { path: { to } };
    return {
      items: [await dataOf(api.GET('/v1/suppressions/{to}', { params, signal }))],
      next: null,
    };
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return { items: [], next: null };
    throw error;
  }
}

async function list(
  q: string | undefined,
  after: string | undefined,
  signal: AbortSignal,
): Promise<OnePage<Suppression>> {
  // A zero before a whole number stands for its country, and is no part of it.
  const ends = q?.replace(/\D/g, '').replace(/^0+(?=\d{6})/, '');
  const query = { limit: LIMIT, ...given({ after, ends }) };
  const found = await dataOf(api.GET('/v1/suppressions', { params: { query }, signal }));
  return { items: found.suppressions, next: found.next };
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
  { key: 'at', title: columns.at, isShort: true, of: ({ addedAt }) => asTime(addedAt) },
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
