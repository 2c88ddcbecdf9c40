/** The message templates of the account: which can be sent, and why others cannot. */
import { Group, Text } from '@mantine/core';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
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
  const { id, name, language, status, asksForCalls } = template;
  const { templates } = texts;
  return (
    <DialogButton
      label={templates.showShort}
      name={templates.show(name, language)}
      title={`${name} (${language})`}
      button={{ size: 'xs', variant: 'default' }}
    >
      {() => (
        <>
          <PhonePreview preview={previewOf(template)} />
          {mayAsk && asksForCalls && status === 'APPROVED' && (
            <ButtonLink to="/campaigns/new" search={{ template: id }} mt="md">
              {templates.use}
            </ButtonLink>
          )}
        </>
      )}
    </DialogButton>
  );
}

function Remove({ template: { id, name, language } }: { readonly template: Template }) {
  const { templates } = texts;
  return (
    <ConfirmButton
      label={templates.removeShort}
      title={templates.remove(name, language)}
      sure={templates.removeSure}
      button={{ size: 'xs', variant: 'default' }}
      act={() => api.DELETE('/v1/templates/{name}', { params: { path: { name }, query: { id } } })}
      // Meta may list it for a while yet.
      renews={['templates']}
    />
  );
}
