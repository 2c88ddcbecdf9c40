/** The documents as a test looks at them: what is shown to be typed, and what is named in a sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** The documents by name; the changelog tells of what was. */
export const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
];

/** The text of a document. */
export function textOf(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

/** The blocks of a document in that language; '' is none. */
export function blocksOf(name: string, language: string): readonly string[] {
  return [...textOf(name).matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, kind, text = '']) =>
    kind === language ? [text] : [],
  );
}

/** The command lines that a document shows, as words. */
export function commandsShown(name: string): readonly (readonly string[])[] {
  const text = [...blocksOf(name, 'sh'), ...blocksOf(name, '')].join('\n');
  return text
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/)
    .map(wordsOf)
    .filter((words) => words.length > 0);
}

/** What stands in backticks in the sentences of a document, as words. */
export function mentionedIn(name: string): readonly (readonly string[])[] {
  const sentences = textOf(name).replace(/^```[\s\S]*?^```/gm, '');
  return [...sentences.matchAll(/`([^`]+)`/g)].map(([, text = '']) => wordsOf(text));
}

/** Words as a shell parts them; nothing of them is replaced, and a comment is left out. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [part] of line.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/g)) {
    if (part.startsWith('#')) break;
    words.push(
      part.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double, single) => double ?? single),
    );
  }
  return words;
}
