import { forbiddenReason } from '../policy/forbidden.ts';
import type { Policy } from '../policy/types.ts';
import { reachesNothing } from './reach.ts';
import type { EnvironmentPlan, StepIdentity } from './types.ts';

/** Handed on without being asked for: what a build needs and nobody keeps a secret in. */
const PASSED_BY_DEFAULT: readonly string[] = [
  ...['PATH', 'LANG', 'LANGUAGE', 'LC_*', 'TZ', 'TERM', 'COLORTERM', 'SHELL'],
  ...['NO_COLOR', 'FORCE_COLOR', 'CLICOLOR', 'CLICOLOR_FORCE', 'SOURCE_DATE_EPOCH'],
  ...['CI', 'GITLAB_CI', 'BUILDKITE', 'GITHUB_ACTIONS', 'RUNNER_OS', 'RUNNER_ARCH'],
  ...['GITHUB_WORKFLOW', 'GITHUB_JOB', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_RUN_ATTEMPT'],
  ...[
    'GITHUB_REPOSITORY',
    'GITHUB_REPOSITORY_OWNER',
    'GITHUB_WORKSPACE',
    'GITHUB_SHA',
    'GITHUB_REF',
  ],
  ...['GITHUB_REF_NAME', 'GITHUB_REF_TYPE', 'GITHUB_HEAD_REF', 'GITHUB_BASE_REF', 'GITHUB_ACTOR'],
  ...['GITHUB_EVENT_NAME', 'GITHUB_SERVER_URL', 'GITHUB_API_URL', 'GITHUB_GRAPHQL_URL'],
  ...['JAVA_HOME', 'JAVA_HOME_*', 'GOROOT', 'ANDROID_HOME', 'ANDROID_SDK_ROOT', 'DOTNET_ROOT'],
  ...['RUSTUP_HOME', 'RUSTUP_TOOLCHAIN', 'PYENV_ROOT', 'PYENV_VERSION', 'NVM_DIR', 'RBENV_ROOT'],
  ...['VOLTA_HOME', 'SDKMAN_DIR', 'CONDA_PREFIX', 'VIRTUAL_ENV'],
];

/**
 * Where nothing can be reached, waiting and trying again only hides the first refusal: npm alone
 * would wait over a minute for each request. And a tool that looks for a newer self tries to leave
 * unasked, which would fail a step that did nothing wrong. Names in the tools' own documentation.
 */
const WITHOUT_NETWORK: ReadonlyMap<string, string> = new Map([
  ['npm_config_fetch_retries', '0'],
  ['YARN_HTTP_RETRY', '0'],
  ['PIP_RETRIES', '0'],
  ['UV_HTTP_RETRIES', '0'],
  ['CARGO_NET_RETRY', '0'],
  ['BUNDLE_RETRY', '0'],
  ['npm_config_update_notifier', 'false'],
  ['PIP_DISABLE_PIP_VERSION_CHECK', '1'],
]);

/** Decides which variables the step gets; what was not handed on is told by name. */
export function planEnvironment(
  policy: Policy,
  host: Readonly<Record<string, string>>,
  identity: StepIdentity,
  /** The directory that the step starts in, as it sees it. */
  cwd: string,
  /** The sandbox's own, over everything else. */
  own: ReadonlyMap<string, string>,
): EnvironmentPlan {
  const patterns = [...PASSED_BY_DEFAULT, ...policy.environment.pass.map(({ value }) => value)];
  const wanted = anyOf(patterns);
  const names = Object.keys(host).sort();
  const passed = names.filter((name) => wanted(name) && forbiddenReason(name) === null);
  const set = [...policy.environment.set.keys()].sort();

  const variables = new Map(reachesNothing(policy.network) ? WITHOUT_NETWORK : []);
  for (const name of passed) variables.set(name, host[name] ?? '');
  variables.set('HOME', identity.home);
  variables.set('USER', identity.name);
  variables.set('LOGNAME', identity.name);
  variables.set('PWD', cwd);
  for (const [name, { value }] of policy.environment.set) variables.set(name, value);
  for (const [name, value] of own) variables.set(name, value);
  if (variables.has('PATH')) variables.set('PATH', absoluteOnly(variables.get('PATH') ?? ''));

  const kept = new Set(variables.keys());
  return {
    variables,
    passed: passed.filter((name) => !policy.environment.set.has(name)),
    set,
    dropped: names.filter((name) => !kept.has(name)),
  };
}

/** A relative entry would let the workspace put its own `git` or `node` first. */
function absoluteOnly(path: string): string {
  return path
    .split(':')
    .filter((entry) => entry.startsWith('/'))
    .join(':');
}

function anyOf(globs: readonly string[]): (name: string) => boolean {
  const source = globs.map((glob) =>
    glob.replaceAll('*', '[A-Za-z0-9_]*').replaceAll('?', '[A-Za-z0-9_]'),
  );
  const pattern = new RegExp(`^(?:${source.join('|')})$`);
  return (name) => pattern.test(name);
}
