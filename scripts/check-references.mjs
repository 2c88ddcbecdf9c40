/**
 * Part of `npm run check`: whatever file or heading a comment or a document names is there. Looked at are links of
 * Markdown, paths in backticks that begin with a folder of ours or of `src`, and `docs/x.md, "heading"`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && existsSync(join(root, name)));
const READ = /\.(ts|mjs|cjs|md|sql|ya?ml)$|^\.ci\/run$|^Dockerfile$/;
/** The changelog tells of what was. */
const PAST = new Set(['CHANGELOG.md', 'scripts/check-references.mjs']);
const FOLDERS = ['src', 'test', 'scripts', 'docs', 'workers', 'examples', '.github'].join('|');

/** Folders of `src`: a path that begins with one may leave `src/` out. */
const IN_SRC = [...new Set(tracked.flatMap((name) => /^src\/([\w-]+)\//.exec(name)?.[1] ?? []))];

const LINK = /\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)/g;
const IN_BACKTICKS = new RegExp(
  `\`((?:${FOLDERS}|${IN_SRC.join('|')})/[\\w./{},*-]+|[A-Z]+\\.md)\`|\\b(docs/[\\w-]+\\.md)\\b`,
  'g',
);
const HEADING =
  /(?:`?((?:docs\/)?[\w-]+\.md)`?),\s(?:\*\s|\/\/\s|--\s)?(?:"([^"\n]+)"|“([^”\n]+)”)/g;

const problems = tracked
  .filter((name) => READ.test(name) && !PAST.has(name))
  .flatMap((name) => wrongIn(name, readFileSync(join(root, name), 'utf8')));
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function wrongIn(name, text) {
  const at = (index) => `${name}:${text.slice(0, index).split('\n').length}`;
  const wrong = [];
  if (name.endsWith('.md'))
    for (const { index, 1: path, 2: anchor } of text.matchAll(LINK)) {
      const target = path === '' ? name : normalize(join(dirname(name), path));
      if (!isThere(target)) wrong.push(`${at(index)}: there is no ${target}`);
      else if (anchor !== undefined && !headings(target).map(slug).includes(anchor))
        wrong.push(`${at(index)}: ${target} has no heading #${anchor}`);
    }
  for (const { index, 1: quoted, 2: document } of text.matchAll(IN_BACKTICKS))
    if (!isThere(quoted ?? document) && !isThere(`src/${quoted}`))
      wrong.push(`${at(index)}: there is no ${quoted ?? document}`);
  for (const { index, 1: file, 2: plain, 3: curly } of text.matchAll(HEADING)) {
    if (!isThere(file)) wrong.push(`${at(index)}: there is no ${file}`);
    else if (!headings(file).includes(plain ?? curly))
      wrong.push(`${at(index)}: ${file} has no heading "${plain ?? curly}"`);
  }
  return wrong;
}

/** A file or folder of the repository; `{a,b}` and `*` stand for any text. */
function isThere(path) {
  const bare = path.replace(/[.,/]+$/, '');
  const form = bare
    .replace(/[.]/g, '\\.')
    .replace(/\{([^}]*)\}/g, (_, names) => `(${names.replaceAll(',', '|')})`)
    .replace(/\*+/g, '.*');
  const whole = new RegExp(`^${form}(/|$)`);
  return tracked.some((name) => whole.test(name));
}

function headings(path) {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title.replaceAll('`', '').trim());
}

/** As GitHub makes anchors of headings. */
function slug(title) {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
