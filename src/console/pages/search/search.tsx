/** Who a number, a reference or a message id is, over all campaigns. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ApiError, api, dataOf, type Schema } from '../../api/client.ts';
import { nameOf } from '../../campaigns/name.tsx';
import { given } from '../../given.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { standingColumns } from '../../parts/person-columns.tsx';
import { texts } from '../../texts.ts';

type Found = Schema<'FoundRequest'>;
type By = 'number' | 'reference' | 'wamid';

interface FoundOnes {
  readonly requests: readonly Found[];
  /** There are no more. */
  readonly isAll: boolean;
}

const MOST = 100;

/** The page. */
export function Search() {
  const { q } = useSearch({ from: '/search' });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['search', q],
    enabled: q !== undefined,
    queryFn: ({ signal }) => find(q ?? '', signal),
  });
  const text = texts.searchPage;
  if (q === undefined)
    return (
      <Page title={text.title}>
        <Text>{text.none}</Text>
      </Page>
    );
  return (
    <Page title={text.results(q)}>
      {data?.isAll === false && <Text>{text.more}</Text>}
      <PagedTable
        what={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={text.empty}
        pages={{
          ...{ items: data?.requests ?? [], error, isFirstLoad: isPending, page: 1 },
          retry: () => void refetch(),
        }}
      />
    </Page>
  );
}

const COLUMNS: readonly Column<Found>[] = [
  {
    key: 'to',
    title: texts.line.to,
    // A person of a campaign is shown there.
    of: ({ to, id }) => (
      <PageLink to="/requests/$id" params={{ id }} search={{}}>
        {to}
      </PageLink>
    ),
  },
  {
    key: 'campaign',
    title: texts.searchPage.campaign,
    isName: true,
    of: ({ campaign, campaignName }) =>
      campaign === null ? (
        texts.campaigns.single
      ) : (
        <PageLink to="/campaigns/$id" params={{ id: campaign }} search={{}}>
          {nameOf({ id: campaign, name: campaignName, single: false })}
        </PageLink>
      ),
  },
  ...standingColumns({ isPaused: false }),
];

/** A phone number in any spelling, or Meta's id of a user: `US.1234`. */
const MAYBE_NUMBER = /^\+?[\d\s()./-]{4,}$|^[A-Z]{2}\./;

/** A message id tells itself; what else is typed is a reference, or a number that may be one, too. */
async function find(q: string, signal: AbortSignal): Promise<FoundOnes> {
  const ways: readonly By[] = q.startsWith('wamid.')
    ? ['wamid']
    : [...(MAYBE_NUMBER.test(q) ? (['number'] as const) : []), 'reference'];
  const found = await Promise.all(ways.map((by) => findBy(by, q, signal)));
  const requests = found.flatMap((one) => one.requests);
  return {
    requests: [...new Map(requests.map((one) => [one.id, one])).values()],
    isAll: found.every(({ isAll }) => isAll),
  };
}

async function findBy(by: By, q: string, signal: AbortSignal): Promise<FoundOnes> {
  const requests: Found[] = [];
  let after: string | null | undefined;
  try {
    // A page may hold fewer, or nobody, though more come behind it.
    while (after !== null && requests.length < MOST) {
      const query = { limit: MOST - requests.length, [by]: q, ...given({ after }) };
      const page = await dataOf(api.GET('/v1/requests', { params: { query }, signal }));
      requests.push(...page.requests);
      after = page.next;
    }
  } catch (error) {
    // A reference that is no number.
    const isNone = by === 'number' && error instanceof ApiError && error.problem.status === 400;
    if (!isNone) throw error;
    after = null;
  }
  return { requests, isAll: after === null };
}
