/**
 * Adds to package-lock.json the optional packages for other platforms that its registry did not
 * have when it was written. npm leaves them out then, and `npm ci` refuses such a lock (npm 11:
 * "Missing: ... from lock file"), on every platform. With an entry that names its platform npm does
 * not even ask for a package it cannot use. Run after `npm install`; changes nothing where nothing
 * is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
const added = [];

for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isFound(path, name)) continue;
    if (!/^\d/.test(version)) throw new Error(`${path}: ${name}@${version} is no exact version`);
    packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} added${added.map((name) => `\n  ${name}`).join('')}`);

/** Whether a package is found from another, by the folders Node looks through. */
function isFound(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules') - 1))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

/** Such packages carry their platform in their name, as `os` and `cpu` of package.json have it. */
function platformOf(name) {
  const parts = name.split('/').at(-1).split(/[-.]/);
  const os = OS.filter((part) => parts.includes(part));
  const cpu = CPU.filter((part) => parts.includes(part));
  if (os.length + cpu.length === 0) throw new Error(`no platform in the name ${name}`);
  const musl = parts.some((part) => part.startsWith('musl'));
  const libc = os[0] !== 'linux' ? [] : [musl ? 'musl' : 'glibc'];
  return {
    ...(cpu[0] ? { cpu: [cpu[0]] } : {}),
    ...(os[0] ? { os: [os[0]] } : {}),
    ...(libc[0] ? { libc } : {}),
  };
}
