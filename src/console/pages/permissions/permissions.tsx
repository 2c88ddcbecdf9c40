/** The permission book: whom each number may call, until when, and why; and one person of it. */
import { Button, Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { campaignQuery } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { nameOf } from '../../campaigns/name.tsx';
import { asTime } from '../../format.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { DownloadLink } from '../../parts/download-link.tsx';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { Views } from '../../parts/views.tsx';
import { texts } from '../../texts.ts';
import { BookBadge, sourceText } from './book-badge.tsx';
import { PersonPage } from './person-page.tsx';

type Permission = Schema<'Permission'>;
type View = keyof typeof texts.book.views;

const LIMIT = 50;
/** Answers come in by the minute, and somebody who calls looks again anyway. */
const LOOK_MS = 30_000;

const FILTERS: Readonly<
  Record<View, { readonly state?: string; readonly expiringWithin?: string }>
> = {
  callable: { state: 'callable' },
  expiring: { state: 'temporary', expiringWithin: '24h' },
  requested: { state: 'requested' },
  declined: { state: 'declined' },
  revoked: { state: 'revoked' },
  expired: { state: 'expired' },
  all: {},
};

/** The page; `?q=` is one person. */
export function Permissions() {
  const { q } = useSearch({ strict: false });
  return q === undefined ? <Book /> : <PersonPage key={q} to={q} />;
}

function Book() {
  const { view = 'callable', campaign } = useSearch({ strict: false });
  const current: View = view in FILTERS ? (view as View) : 'callable';
  const filter = {
    ...FILTERS[current],
    ...(campaign === undefined ? {} : { campaign }),
  };
  const pages = useCursorPages<Permission>({
    key: ['permissions', filter],
    everyMs: LOOK_MS,
    load: async (after, signal) => {
      const query = { limit: LIMIT, ...filter, ...(after === undefined ? {} : { after }) };
      const found = await dataOf(api.GET('/v1/permissions', { params: { query }, signal }));
      return { items: found.permissions, next: found.next };
    },
  });
  const { book } = texts;
  const exported = new URLSearchParams({ ...filter, format: 'csv', spreadsheet: 'true' });
  return (
    <Page
      title={book.title}
      actions={
        <DownloadLink
          path={`/v1/permissions/export?${exported}`}
          name={`${current}.csv`}
          text={book.export}
        />
      }
    >
      <Text c="dimmed">{book.about}</Text>
      <Finder />
      <Views
        label={book.filters}
        views={book.views}
        current={current}
        search={(one) => ({ view: one, ...(campaign === undefined ? {} : { campaign }) })}
      />
      {campaign !== undefined && (
        <Group gap="sm">
          <OfCampaign id={campaign} />
          <PageLink to="/permissions" search={{ view: current }}>
            {book.wholeBook}
          </PageLink>
        </Group>
      )}
      <PagedTable
        what={book.what}
        pages={pages}
        columns={COLUMNS}
        keyOf={({ sender, to }) => `${sender} ${to}`}
        isDense
        empty={pages.toNext === undefined ? book.empty : book.goesOn}
      />
    </Page>
  );
}

/** By its name, once that is known. */
function OfCampaign({ id }: { readonly id: string }) {
  const { data } = useQuery(campaignQuery(id));
  return <Text>{texts.book.ofCampaign(data === undefined ? id : nameOf(data))}</Text>;
}

function Finder() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const q = text.trim();
    if (q !== '') void navigate({ to: '/permissions', search: { q } });
  };
  return (
    <form onSubmit={submit}>
      <Group className="boxes" gap="xs" align="flex-end">
        <TextInput
          label={texts.book.findLabel}
          type="tel"
          autoComplete="off"
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {texts.book.find}
        </Button>
      </Group>
    </form>
  );
}

const { columns } = texts.book;
const COLUMNS: readonly Column<Permission>[] = [
  {
    key: 'to',
    title: columns.person,
    of: ({ to }) => (
      <PageLink to="/permissions" search={{ q: to }} className="numbers">
        {to}
      </PageLink>
    ),
  },
  { key: 'state', title: columns.state, of: ({ state }) => <BookBadge state={state} /> },
  {
    key: 'until',
    title: columns.until,
    isShort: true,
    of: ({ state, until }) => (state === 'permanent' ? texts.book.forGood : asTime(until)),
  },
  { key: 'since', title: columns.since, isShort: true, of: ({ since }) => asTime(since) },
  { key: 'how', title: columns.how, of: ({ source }) => sourceText(source) },
  {
    key: 'reference',
    title: columns.reference,
    of: ({ reference }) => reference ?? texts.app.none,
  },
  {
    key: 'campaign',
    title: columns.campaign,
    isName: true,
    of: ({ campaign, campaignName }) =>
      campaign === null ? (
        texts.app.none
      ) : (
        <PageLink to="/campaigns/$id" params={{ id: campaign }} search={{}}>
          {campaignName ?? campaign}
        </PageLink>
      ),
  },
  {
    key: 'sender',
    title: columns.sender,
    of: ({ sender }) => <code className="numbers">{sender}</code>,
  },
];
