/** Where the console begins. */
import './styles.ts';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './api/queries.ts';
import { createConsoleRouter, loadPages } from './router.tsx';
import { Gate } from './shell/gate.tsx';
import { language } from './texts.ts';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('Expected an element #root, got none.');
document.documentElement.lang = language;
const queries = createQueries();
const router = createConsoleRouter();
/** By then the first page is there, also on a slow machine. */
const LOAD_PAGES_AFTER_MS = 2_000;

// No styles are written into the page: the policy takes those of files alone (theme.css has our own variables).
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <Gate>
          <RouterProvider router={router} />
        </Gate>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

// A file that is dropped beside a place for files would else be opened in place of the page, and take along what was typed.
for (const kind of ['dragover', 'drop'] as const)
  window.addEventListener(kind, (event) => {
    const { dataTransfer: data, target } = event;
    const isTaken = target instanceof HTMLInputElement && target.type === 'file';
    if (event.defaultPrevented || isTaken || !data?.types.includes('Files')) return;
    event.preventDefault();
    data.dropEffect = 'none';
  });

setTimeout(loadPages, LOAD_PAGES_AFTER_MS);
