/** The message templates of the account: which can be sent, and why others cannot. */
import { Button, Group, Modal, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { ButtonLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { PhonePreview } from '../../parts/phone-preview.tsx';
import { texts } from '../../texts.ts';
import { TemplateBadge } from './template-badge.tsx';
import { TemplateNews } from './template-news.tsx';
import { previewOf } from './template-texts.ts';

type Template = Schema<'Template'>;

const LIMIT = 50;
/** Each look is a call to Meta, of which an account has a number an hour. */
const LOOK_MS = 60_000;

/** The page. */
export function Templates() {
  const mayManage = useMay('admin');
  const mayAsk = useMay('operator');
  const pages = useCursorPages<Template>({
    key: ['templates'],
    everyMs: LOOK_MS,
    load: async (after, signal) => {
      const query = { limit: LIMIT, ...(after === undefined ? {} : { after }) };
      const found = await dataOf(api.GET('/v1/templates', { params: { query }, signal }));
      return { items: found.templates, next: found.next };
    },
  });
  const { templates } = texts;
  const action: Column<Template> = {
    key: 'action',
    title: templates.columns.action,
    of: (one) => (
      <Group gap="xs" wrap="nowrap">
        <Show template={one} mayAsk={mayAsk} />
        {mayManage && <Remove template={one} />}
      </Group>
    ),
  };
  return (
    <Page
      title={templates.title}
      {...(mayManage
        ? {
            actions: (
              <ButtonLink to="/templates/new" search={{}}>
                {templates.new}
              </ButtonLink>
            ),
          }
        : {})}
    >
      <Text c="dimmed">{templates.about}</Text>
      <PagedTable
        what={templates.what}
        pages={pages}
        columns={[...COLUMNS, action]}
        keyOf={({ id }) => id}
        empty={templates.empty}
      />
    </Page>
  );
}

const { columns } = texts.templates;
const COLUMNS: readonly Column<Template>[] = [
  { key: 'name', title: columns.name, of: ({ name }) => <code>{name}</code> },
  { key: 'language', title: columns.language, of: ({ language }) => language },
  { key: 'status', title: columns.status, of: ({ status }) => <TemplateBadge status={status} /> },
  { key: 'category', title: columns.category, of: ({ category }) => category },
  {
    key: 'asks',
    title: columns.asks,
    of: ({ asksForCalls }) => (asksForCalls ? texts.app.yes : texts.app.no),
  },
  { key: 'news', title: columns.news, of: (one) => <TemplateNews template={one} /> },
];

function Show({ template, mayAsk }: { readonly template: Template; readonly mayAsk: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  const { id, name, language, status, asksForCalls } = template;
  const { templates } = texts;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={templates.show(name, language)}
        onClick={() => setIsOpen(true)}
      >
        {templates.showShort}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={`${name} (${language})`}
        closeButtonProps={{ 'aria-label': texts.app.close }}
      >
        <PhonePreview preview={previewOf(template)} />
        {mayAsk && asksForCalls && status === 'APPROVED' && (
          <ButtonLink to="/campaigns/new" search={{ template: id }} mt="md">
            {templates.use}
          </ButtonLink>
        )}
      </Modal>
    </>
  );
}

function Remove({ template }: { readonly template: Template }) {
  const queries = useQueryClient();
  const [isSure, setIsSure] = useState(false);
  const { id, name, language } = template;
  const removing = useMutation({
    mutationFn: () =>
      api.DELETE('/v1/templates/{name}', { params: { path: { name }, query: { id } } }),
    // Meta may list it for a while yet.
    onSuccess: () => {
      setIsSure(false);
      return queries.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const { templates } = texts;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        aria-label={templates.remove(name, language)}
        onClick={() => setIsSure(true)}
      >
        {templates.removeShort}
      </Button>
      <Confirm
        isOpen={isSure}
        title={templates.remove(name, language)}
        action={templates.removeShort}
        isDangerous
        isBusy={removing.isPending}
        error={removing.error}
        onConfirm={() => removing.mutate()}
        onClose={() => setIsSure(false)}
      >
        <Text>{templates.removeSure}</Text>
      </Confirm>
    </>
  );
}
