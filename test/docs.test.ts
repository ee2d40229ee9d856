import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { profileFor } from '../src/capabilities/apparmor.ts';
import { parseArguments } from '../src/cli/arguments.ts';
import { METADATA_RANGES, PRIVATE_RANGES } from '../src/plan/ranges.ts';
import { DEFAULT_POLICY } from '../src/policy/defaults.ts';
import { policyJsonSchema } from '../src/policy/json-schema.ts';
import { mergePolicies } from '../src/policy/merge.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import { jobReportJsonSchema, reportJsonSchema } from '../src/report/json-schema.ts';
import { learnedPolicy } from '../src/report/learned.ts';
import { reached, reportOf } from './fixtures/reached.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const filesIn = (dir: string): string[] =>
  readdirSync(join(ROOT, dir)).map((name) => join(dir, name));

const PAGES = ['README.md', 'CHANGELOG.md', 'SECURITY.md', ...filesIn('docs')];
const EXAMPLES = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('examples', name))
  .filter((path) => statSync(join(ROOT, path)).isFile());

interface Block {
  readonly where: string;
  readonly text: string;
}

function blocks(page: string, language: string): Block[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...read(page).matchAll(fence)].map(({ 1: text = '' }, index) => ({
    where: `${page}, ${language} block ${index + 1}`,
    text,
  }));
}

const policies = PAGES.flatMap((page) => blocks(page, 'yaml'));
const commands = PAGES.flatMap((page) => blocks(page, 'console')).flatMap(({ where, text }) =>
  [...text.matchAll(/^\$ glovebox (.*)$/gm)].map(({ 1: line = '' }): Block => ({
    where,
    text: line,
  })),
);

test('there are policies and commands to look at', () => {
  expect(policies.length).toBeGreaterThan(8);
  expect(commands.length).toBeGreaterThan(8);
});

test.each(policies)('$where is a policy', ({ text, where }) => {
  expect(parsePolicy(text, { name: where, sha256: null }).problems).toEqual([]);
});

test('the learned policy of docs/egress-allowlists.md is what such a run is told', () => {
  const made = reportOf([
    reached('203.0.113.10 80'),
    reached('registry.example.com 443 tcp npm', 14),
    reached('mirror.corp.example.com 443 tcp curl 10.0.0.9', 2),
    reached('git.example.com 22 tcp ssh'),
  ]);
  const shown = blocks('docs/egress-allowlists.md', 'yaml').map(({ text }) => text);
  expect(shown).toContain(learnedPolicy({ ...made, command: ['npm', 'ci'] }));
});

test('the policy of the example is one', () => {
  const name = 'examples/hello/policy.yml';
  expect(parsePolicy(read(name), { name, sha256: null }).problems).toEqual([]);
});

test.each(commands)('$where: `glovebox $text` is understood', ({ text }) => {
  expect(() => parseArguments(words(text))).not.toThrow();
});

test('no example is written in a language that nothing here looks at', () => {
  const fences = PAGES.flatMap((page) => [...read(page).matchAll(/^( *```\S+)/gm)]);
  expect(fences.length).toBeGreaterThan(30);
  const languages = new Set(fences.map(({ 1: fence = '' }) => fence.replace('```', '')));
  // `text` and `ini` are no input of Glovebox; those that could go stale have a test of their own.
  expect([...languages].sort()).toEqual(['console', 'ini', 'text', 'yaml', 'yml']);
});

test('every `npm` command of a page is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  // `npm cit` is `npm ci` and `npm test`.
  const known = ['ci', 'cit', ...Object.keys(scripts)];
  const used = PAGES.flatMap((page) => blocks(page, 'console')).flatMap(({ text }) =>
    [...text.matchAll(/^\$ npm (?:run )?(\S+)/gm)].map(({ 1: name = '' }) => name),
  );
  expect(used).toContain('start');
  expect(used.filter((name) => !known.includes(name))).toEqual([]);
});

test('the AppArmor profile of docs/hosts.md is the one that Glovebox loads', () => {
  const shown = blocks('docs/hosts.md', 'text').map(({ text }) => text);
  expect(shown).toContain(profileFor('/usr/bin/unshare'));
});

/** As a shell splits a line that has nothing but words and quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

/** Workflows; `yaml` blocks are policies. */
const workflows = PAGES.flatMap((page) => blocks(page, 'yml'));
const examples = EXAMPLES.filter((path) => path.endsWith('/workflow.yml'));

test('there are workflows to look at', () => {
  expect(workflows.length).toBeGreaterThan(5);
  expect(examples.length).toBeGreaterThan(3);
});

test.each(workflows)('$where is a part of a tested example, to the letter', ({ text }) => {
  expect(examples.filter((path) => partsOf(path, text).includes(text))).not.toEqual([]);
});

/** Every stretch of the file with as many lines as the text, moved to the left margin. */
function partsOf(path: string, text: string): string[] {
  const { length } = text.trimEnd().split('\n');
  const lines = read(path).trimEnd().split('\n');
  return lines.map((_, index) => dedented(lines.slice(index, index + length)));
}

function dedented(lines: readonly string[]): string {
  const margin = /^ */.exec(lines[0] ?? '')?.[0] ?? '';
  return lines
    .map((line) => `${line.startsWith(margin) ? line.slice(margin.length) : line}\n`)
    .join('');
}

const policyOfTheExample = 'examples/untrusted-pull-request/repository/.github/glovebox.yml';

test('the policy of the untrusted pull request is in its page, to the letter', () => {
  const shown = blocks('docs/untrusted-pull-requests.md', 'yaml').map(({ text }) => text);
  expect(shown).toContain(read(policyOfTheExample));
});

const action = parse(read('action.yml')) as Record<'inputs' | 'outputs', Record<string, object>>;

test.each([...Object.keys(action.inputs), ...Object.keys(action.outputs)])(
  'docs/action.md explains %s',
  (name) => expect(tables('docs/action.md')).toContain(`\`${name}\``),
);

test('docs/action.md explains what may be in a step', () => {
  const source = read('src/workflow/steps.ts');
  const keys = [...(/OWN_KEYS = \[([^;]*)\];/.exec(source)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)];
  expect(keys.length).toBeGreaterThan(8);
  const explained = tables('docs/action.md');
  expect(keys.filter(({ 1: key = '' }) => !explained.includes(`\`${key}\``))).toEqual([]);
});

test('the policy on one screen has every key, with its default', () => {
  const screens = blocks('README.md', 'yaml').map(({ text }) =>
    parsePolicy(text, { name: 'README.md', sha256: null }),
  );
  const screen = screens.find(({ layer }) => layer?.values.onUnavailable !== undefined)?.layer;
  if (screen === null || screen === undefined) throw new Error('README.md has no such block');
  expect(valuesOf(mergePolicies([screen]))).toEqual(valuesOf(DEFAULT_POLICY));
  // uid, gid, the resolver and the addresses of a macvlan have no default that could be written, and what
  // floors add is not written at all.
  const written = Object.entries(screen.values).flatMap(([section, values]) =>
    section === 'onUnavailable' ? [section] : Object.keys(values).map((key) => `${section}.${key}`),
  );
  const all = Object.entries(DEFAULT_POLICY).flatMap(([section, values]) =>
    section === 'onUnavailable' ? [section] : Object.keys(values).map((key) => `${section}.${key}`),
  );
  const network = ['resolver', 'interface', 'address', 'netmask', 'gateway'].map(
    (key) => `network.${key}`,
  );
  const unwritten = ['privilege.uid', 'privilege.gid', 'syscalls.further', ...network];
  expect([...written, ...unwritten].sort()).toEqual(all.sort());
});

/** The policy without its sources. */
function valuesOf(policy: object): unknown {
  return JSON.parse(
    JSON.stringify(policy, (key, value: unknown) => (key === 'source' ? undefined : value)),
  );
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
}

function keysOf({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...keysOf(value, `${prefix}${key}.`),
  ]);
}

test.each(keysOf(policyJsonSchema()))('docs/policy.md explains %s', (key) => {
  expect(read('docs/policy.md')).toContain(`\`${key}\``);
});

test('docs/policy.md shows every key of the long form of an entry', () => {
  const allow = policyJsonSchema() as Schema;
  const { items } = allow.properties?.['network']?.properties?.['allow'] ?? {};
  const keys = (items?.anyOf ?? []).flatMap(({ properties = {} }) => Object.keys(properties));
  const entries = policies.flatMap(({ text }) => [...text.matchAll(/\{(host: [^}]*)\}/g)]);
  const written = entries.flatMap(({ 1: entry = '' }) =>
    entry.split(', ').map((pair) => pair.replace(/:.*/, '')),
  );
  // Of protocols a name has tcp alone, which goes without saying.
  expect([...new Set(written), 'protocol'].sort()).toEqual(keys.sort());
});

test.each([...METADATA_RANGES, ...PRIVATE_RANGES])('docs/policy.md names $text', ({ text }) => {
  expect(read('docs/policy.md')).toContain(`\`${text.replace('/32', '')}\``);
});

const report = reportJsonSchema() as Schema;

test.each(Object.keys(report.properties ?? {}))('docs/report.md explains %s', (key) => {
  expect(read('docs/report.md')).toMatch(new RegExp(`^\\| \`${key}(?:\\.\\w+)?\` \\|`, 'm'));
});

test('docs/report.md explains every field of the report of the action', () => {
  const [, part = ''] = read('docs/report.md').split('## Report of the action');
  const whole = jobReportJsonSchema() as Schema & {
    readonly properties: { readonly steps: { readonly items: Schema } };
  };
  const fields = [whole, whole.properties.steps.items].flatMap(({ properties = {} }) =>
    Object.keys(properties),
  );
  expect(fields.length).toBeGreaterThan(10);
  const cells = [...part.matchAll(/^\| (.*?) \|/gm)].map(({ 1: cell = '' }) => cell).join(' ');
  expect(fields.filter((field) => !cells.includes(`\`${field}\``))).toEqual([]);
});

test('docs/report.md explains every field of egress', () => {
  const { properties = {} } = report.properties?.['egress'] ?? {};
  const egress = report.properties?.['egress']?.anyOf?.[0]?.properties ?? properties;
  const rows = Object.values(egress).flatMap(({ items }) => Object.keys(items?.properties ?? {}));
  expect(rows.length).toBeGreaterThan(12);
  const fields = [...new Set([...Object.keys(egress), ...rows])];
  expect(fields.filter((field) => !read('docs/report.md').includes(`\`${field}\``))).toEqual([]);
});

test('docs/report.md explains every kind of outcome', () => {
  const kinds = report.properties?.['outcome']?.properties?.['kind']?.enum ?? [];
  expect(kinds.length).toBeGreaterThan(5);
  for (const kind of kinds) expect(read('docs/report.md')).toContain(`| \`${kind}\` |`);
});

test('every code of a finding, downgrade or note is explained', () => {
  const sources = ['src/plan', 'src/capabilities', 'src/report'].flatMap(filesIn).map(read);
  const codes = sources.flatMap((source) =>
    [...source.matchAll(/\b(?:code: |lack\(\s*)'([a-z0-9-]+)'/g)].map(({ 1: code = '' }) => code),
  );
  const explained = read('docs/hosts.md') + read('docs/report.md');
  expect(codes.length).toBeGreaterThan(15);
  expect(codes.filter((code) => !explained.includes(`\`${code}\``))).toEqual([]);
});

test('docs/cli.md has every option', () => {
  const source = read('src/cli/arguments.ts');
  const options = [...source.matchAll(/^\s*'?([a-z-]+)'?: \{ type: '/gm)].map(
    ({ 1: name = '' }) => `--${name}`,
  );
  // `help` stands on a line with its constant.
  expect(options.length).toBeGreaterThan(10);
  expect(
    [...options, '--help'].filter((option) => !tables('docs/cli.md').includes(option)),
  ).toEqual([]);
});

/** The first cells of all tables: there an option is explained, and not only used. */
function tables(page: string): string {
  return [...read(page).matchAll(/^\| (.*?) \|/gm)].map(({ 1: cell = '' }) => cell).join('\n');
}

const links = PAGES.flatMap((page) =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(({ 1: target = '' }) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target)),
);

test.each(links)('$page: the link to $target leads somewhere', ({ page, target }) => {
  const [path = '', anchor = ''] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(['', ...anchorsOf(file)]).toContain(anchor);
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  if (!file.endsWith('.md')) return [];
  return [...read(file).matchAll(/^#+ (.*)$/gm)].map(({ 1: heading = '' }) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

const REGISTRIES =
  /\b(?:npmjs|yarnpkg|pypi|pythonhosted|crates|rubygems|packagist|nuget|maven|debian|ubuntu|docker|ghcr)\.(?:org|com|io|net)\b|\bregistry\.(?!example\.com)\w/i;

test.each([...PAGES, ...EXAMPLES])('%s names no package registry', (file) => {
  expect(read(file)).not.toMatch(REGISTRIES);
});

test.each([...PAGES, ...EXAMPLES])('%s names no address that is somebody’s', (file) => {
  const ranges = [...METADATA_RANGES, ...PRIVATE_RANGES].map(({ text }) => text.split('/')[0]);
  const known = ['0.0.0.0', '255.255.255.0', '10.0.2.0', '198.18.0.0', ...ranges];
  const addresses = [...read(file).matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g)].map(([text]) => text);
  const documentation = /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./;
  const others = addresses.filter((text) => !documentation.test(text));
  expect(others.filter((text) => !known.includes(text))).toEqual([]);
});
