import { randomUUID } from 'node:crypto';
import type { Layout } from './layout.ts';
import type { Masks } from './masks.ts';
import { SERVER } from './repository.ts';

/** What triggered the job. Everything has a value that an ordinary push would give. */
export interface Trigger {
  readonly eventName?: string;
  /** The payload in event.json. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly ref?: string;
  readonly headRef?: string;
  readonly baseRef?: string;
  readonly actor?: string;
}

/** The `github` context of a job. All texts but `event` become variables, unless listed below. */
export function githubContext(
  layout: Layout,
  job: {
    readonly repository: string;
    readonly sha: string;
    readonly token: string;
    readonly trigger: Trigger;
  },
): Record<string, unknown> {
  const { repository, sha, token, trigger } = job;
  const ref = trigger.ref ?? 'refs/heads/main';
  const actor = trigger.actor ?? 'octocat';
  const workflow = `${repository}/.github/workflows/ci.yml@${ref}`;
  return {
    actor,
    actor_id: '1001',
    api_url: 'https://api.github.com',
    base_ref: trigger.baseRef ?? '',
    event: trigger.event ?? {},
    event_name: trigger.eventName ?? 'push',
    event_path: layout.event,
    graphql_url: 'https://api.github.com/graphql',
    head_ref: trigger.headRef ?? '',
    job: 'build',
    ref,
    ref_name: ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    ref_protected: 'false',
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository,
    repository_id: '2002',
    repository_owner: repository.split('/')[0] ?? '',
    repository_owner_id: '3003',
    retention_days: '90',
    run_attempt: '1',
    run_id: '4004',
    run_number: '5',
    server_url: SERVER,
    sha,
    token,
    triggering_actor: actor,
    workflow: 'CI',
    workflow_ref: workflow,
    workflow_sha: sha,
    workspace: layout.workspace,
  };
}

/** In the context only. */
const NO_VARIABLE = new Set(['event', 'token']);

export function githubVariables(github: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(github)
      .filter(([name]) => !NO_VARIABLE.has(name))
      .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, String(value)]),
  );
}

export function runnerContext(layout: Layout, stepDebug: boolean): Record<string, string> {
  return {
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    ...(stepDebug && { debug: '1' }),
    environment: 'github-hosted',
    name: 'GitHub Actions 1',
    os: 'Linux',
    temp: layout.temp,
    tool_cache: layout.tools,
    workspace: layout.workspace.replace(/\/[^/]+$/, ''),
  };
}

export function runnerVariables(runner: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(runner).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, value]),
  );
}

/** The tokens of a job's own services, and who gets them. */
export interface Services {
  readonly forActions: Readonly<Record<string, string>>;
  readonly forAll: Readonly<Record<string, string>>;
}

export function makeServices(masks: Masks): Services {
  const token = `runtime-${randomUUID()}`;
  masks.add(token);
  return {
    forActions: {
      ACTIONS_RUNTIME_URL: 'https://pipelines.example.com/',
      ACTIONS_RUNTIME_TOKEN: token,
      ACTIONS_CACHE_URL: 'https://cache.example.com/',
      ACTIONS_RESULTS_URL: 'https://results.example.com/',
      ACTIONS_CACHE_SERVICE_V2: 'True',
      ACTIONS_CACHE_MODE: 'readwrite',
    },
    forAll: {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example.com/idtoken?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
    },
  };
}
