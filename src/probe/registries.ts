import { isAbsolute, join } from 'node:path';
import type { Configured } from '../policy/groups.ts';
import {
  aptListUris,
  aptMirrorUris,
  aptStanzaUris,
  cargoUrls,
  goProxies,
  goSettings,
  goSumUrl,
  npmSettings,
  pipSettings,
  wordsOf,
} from '../policy/tool-configs.ts';
import type { GroupName } from '../policy/types.ts';
import type { Machine } from './machine.ts';
import { goDefaults, npmDefaults, pipDefaults } from './tool-defaults.ts';

interface Registry {
  /** What the machine says, the strongest first. */
  readonly find: (machine: Machine) => Configured[] | Promise<Configured[]>;
  /** What to write or install where it says nothing. */
  readonly expected: string;
}

export const REGISTRIES: Readonly<Record<GroupName, Registry>> = {
  apt: {
    find: aptRepositories,
    expected: 'an http or https source in /etc/apt/sources.list or /etc/apt/sources.list.d',
  },
  cargo: {
    find: cargoRegistries,
    expected:
      'a registry in ~/.cargo/config.toml, under `[registries]` or as the replacement of a `[source]`',
  },
  github: { find: github, expected: 'an http or https URL in $GITHUB_SERVER_URL' },
  go: { find: goRegistries, expected: 'go on PATH, or GOPROXY set with `go env -w`' },
  npm: { find: npmRegistries, expected: 'npm on PATH, or a `registry` in ~/.npmrc' },
  pip: {
    find: pipIndexes,
    expected: 'a Python that has pip on PATH, or an `index-url` in ~/.config/pip/pip.conf',
  },
};

/** npm itself tells the rest: its system-wide configuration, whose place only it knows, and its default. */
async function npmRegistries(machine: Machine): Promise<Configured[]> {
  const { environment, files, home } = machine;
  const variables = Object.entries(environment).flatMap(([name, value]) => {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1]?.toLowerCase();
    return key === undefined || value === '' ? [] : [{ key, url: value, from: `$${name}` }];
  });
  const [named] = variables.filter(({ key }) => key === 'userconfig');
  const user = named?.url ?? join(home, '.npmrc');
  const written = [...npmSettings(files.text(user) ?? '', environment)].map(([key, url]) => ({
    ...{ key, url },
    from: files.shown(user),
  }));
  const told = [...variables, ...written, ...(await npmDefaults(machine))];
  return [
    ...told.filter(({ key }) => key === 'registry').slice(0, 1),
    ...told.filter(({ key }) => /^@[^:]+:registry$/.test(key)),
  ];
}

/** Where pip's own index keeps its files elsewhere, both belong together. */
async function pipIndexes(machine: Machine): Promise<Configured[]> {
  const { environment, files } = machine;
  const variables = ['index-url', 'extra-index-url', 'find-links'].flatMap((key) => {
    const name = `PIP_${key.toUpperCase().replaceAll('-', '_')}`;
    const value = environment[name] ?? '';
    return value === '' ? [] : [{ key, value, from: `$${name}` }];
  });
  const written = pipFiles(machine).flatMap((path) => {
    const settings = pipSettings(files.text(path) ?? '');
    return ['install', 'download', 'global'].flatMap((section) =>
      settings
        .filter((one) => one.section === section)
        .map(({ key, value }) => ({ key, value, from: files.shown(path) })),
    );
  });
  const told = [...variables, ...written];
  const urlsOf = (key: string): Configured[] => {
    const strongest = told.find((one) => one.key === key);
    return strongest === undefined
      ? []
      : wordsOf(strongest.value).map((url) => ({ url, from: strongest.from }));
  };
  const indexes = urlsOf('index-url');
  const more = [...urlsOf('extra-index-url'), ...urlsOf('find-links')];
  const own = await pipDefaults(machine);
  const usesOwn =
    indexes.length === 0 || [...indexes, ...more].some(({ url }) => sameHost(url, own));
  return [...indexes, ...more, ...(usesOwn ? own : [])];
}

/** The strongest first. */
function pipFiles({ home, environment, etc }: Machine): string[] {
  const named = environment['PIP_CONFIG_FILE'] ?? '';
  // pip's own word for "no file at all".
  if (named === '/dev/null') return [];
  return [
    ...(isAbsolute(named) ? [named] : []),
    join(configHome(home, environment), 'pip/pip.conf'),
    join(home, '.pip/pip.conf'),
    join(etc, 'pip.conf'),
    join(etc, 'xdg/pip/pip.conf'),
  ];
}

function sameHost(url: string, [index]: readonly Configured[]): boolean {
  if (index === undefined || !URL.canParse(url)) return false;
  return new URL(url).host === new URL(index.url).host;
}

/** GOPROXY and GOSUMDB, each from the first that says something. */
async function goRegistries(machine: Machine): Promise<Configured[]> {
  const { home, environment, files } = machine;
  const file = environment['GOENV'] ?? join(configHome(home, environment), 'go/env');
  const written = file === 'off' ? new Map<string, string>() : goSettings(files.text(file) ?? '');
  const setting = (name: string): { value: string; from: string } | null => {
    const variable = environment[name] ?? '';
    if (variable !== '') return { value: variable, from: `$${name}` };
    const value = written.get(name) ?? '';
    return value === '' ? null : { value, from: files.shown(file) };
  };
  const proxy = setting('GOPROXY');
  const sums = setting('GOSUMDB');
  const defaults = proxy === null || sums === null ? await goDefaults(machine) : null;
  const proxies = proxy ?? defaults?.proxy ?? null;
  const sumUrl = sums ?? defaults?.sums ?? null;
  return [
    ...goProxies(proxies?.value ?? '').map((url) => ({ url, from: proxies?.from ?? '' })),
    ...[goSumUrl(sumUrl?.value ?? '')].flatMap((url) =>
      url === null ? [] : [{ url, from: sumUrl?.from ?? '' }],
    ),
  ];
}

function cargoRegistries({ home, environment, files }: Machine): Configured[] {
  const cargoHome = environment['CARGO_HOME'] ?? join(home, '.cargo');
  // Where both are, cargo reads the one without an ending.
  const path = [join(cargoHome, 'config'), join(cargoHome, 'config.toml')].find(
    (name) => files.text(name) !== null,
  );
  const written = path === undefined ? [] : cargoUrls(files.text(path) ?? '');
  return [
    ...Object.entries(environment).flatMap(([name, url]) =>
      /^CARGO_REGISTRIES_\w+_INDEX$/.test(name) ? [{ url, from: `$${name}` }] : [],
    ),
    ...written.map((url) => ({ url, from: files.shown(path ?? '') })),
  ];
}

function aptRepositories({ etc, files }: Machine): Configured[] {
  const parts = join(etc, 'apt/sources.list.d');
  const lists = [join(etc, 'apt/sources.list'), ...files.list(parts, '.list')];
  const uris = [
    ...lists.flatMap((path) => located(aptListUris(files.text(path) ?? ''), path)),
    ...files
      .list(parts, '.sources')
      .flatMap((path) => located(aptStanzaUris(files.text(path) ?? ''), path)),
  ];
  return uris.flatMap(({ url, from }) => {
    const mirrors = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(url)?.[1];
    return mirrors === undefined
      ? [{ url: url.replace(/^mirror\+/, ''), from }]
      : located(aptMirrorUris(files.text(mirrors) ?? ''), mirrors);
  });
}

function located(urls: readonly string[], from: string): Configured[] {
  return urls.map((url) => ({ url, from }));
}

/** What github.com serves git, archives, releases, raw files and large files from. */
const GITHUB_HOSTS = [
  ...['github.com', 'api.github.com', 'codeload.github.com'],
  ...['raw', 'objects', 'release-assets', 'github-releases', 'media', 'gist', 'github-cloud'].map(
    (name) => `${name}.githubusercontent.com`,
  ),
  'github-cloud.s3.amazonaws.com',
];

/** An Enterprise server says where it is; without a word it is github.com. */
function github({ environment }: Machine): Configured[] {
  const variables = ['GITHUB_SERVER_URL', 'GITHUB_API_URL', 'GITHUB_GRAPHQL_URL'].flatMap(
    (name) => {
      const url = environment[name] ?? '';
      return url === '' ? [] : [{ url, from: `$${name}` }];
    },
  );
  const [server] = variables.filter(({ from }) => from === '$GITHUB_SERVER_URL');
  const elsewhere = server !== undefined && !/^https:\/\/github\.com\/?$/i.test(server.url);
  return [
    ...variables,
    ...(elsewhere
      ? []
      : GITHUB_HOSTS.map((host) => ({
          url: `https://${host}`,
          from: 'what github.com is known for',
        }))),
  ];
}

function configHome(home: string, environment: Readonly<Record<string, string>>): string {
  const named = environment['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(named) ? named : join(home, '.config');
}
