import { type Cut, Knife, shortly } from './cuts.ts';
import { boundNetwork } from './floor-network.ts';
import { boundSyscalls } from './floor-syscalls.ts';
import { globCovers } from './globs.ts';
import { boundGlobs } from './output-bounds.ts';
import { liesWithin } from './path-containment.ts';
import type {
  FilesystemMode,
  Policy,
  PolicyLayer,
  PolicyValues,
  Resources,
  Source,
  Sourced,
} from './types.ts';
import { formatDuration, formatSize } from './units.ts';

/** A policy that asks for nothing beyond a floor. */
export interface Bounded {
  readonly policy: Policy;
  /** What the floor took away, in the order of the policy's keys; empty where the policy was within it. */
  readonly cuts: readonly Cut[];
}

type Part<K extends keyof PolicyValues> = NonNullable<PolicyValues[K]>;

const FILESYSTEM_MODES: readonly FilesystemMode[] = [
  'scratch-only',
  'scratch-plus-ro',
  'overlay',
  'workspace',
  'off',
];

const LIMITS = {
  timeout: ['timeout', formatDuration],
  cpuTime: ['cpu-time', formatDuration],
  memory: ['memory', formatSize],
  processes: ['processes', String],
  openFiles: ['open-files', String],
  fileSize: ['file-size', formatSize],
  output: ['output', formatSize],
} as const satisfies Record<keyof Resources, readonly [string, (value: number) => string]>;

/**
 * What a policy and a floor both allow. A floor binds only the keys that it writes, with three exceptions:
 * `network.allow` and `network.mode: allowlist` mean each other, so do `syscalls.allow` and `syscalls.profile`,
 * and a list of paths rules out `filesystem.mode: off`.
 * Several floors are applied one after another.
 */
export function boundPolicy(policy: Policy, { name, values }: PolicyLayer): Bounded {
  const knife = new Knife();
  const source: Source = { kind: 'file', name };
  const { network, filesystem, resources, privilege, syscalls, environment, runner } = policy;
  const bounded: Policy = {
    onUnavailable: knife.stricter('on-unavailable', policy.onUnavailable, values.onUnavailable, [
      'fail',
      'degrade',
    ]),
    network: boundNetwork(network, values.network ?? {}, source, knife),
    filesystem: boundFilesystem(filesystem, values.filesystem ?? {}, source, knife),
    resources: boundResources(resources, values.resources ?? {}, knife),
    privilege: boundPrivilege(privilege, values.privilege ?? {}, knife),
    syscalls: boundSyscalls(syscalls, values.syscalls ?? {}, source, knife),
    environment: boundEnvironment(environment, values.environment ?? {}, knife),
    runner: boundRunner(runner, values.runner ?? {}, knife),
  };
  return { policy: bounded, cuts: knife.cuts };
}

function boundFilesystem(
  asked: Policy['filesystem'],
  floor: Part<'filesystem'>,
  source: Source,
  knife: Knife,
): Policy['filesystem'] {
  const { read, write, hide, outputs } = floor;
  const holds = (bound: string, path: string): boolean => liesWithin(path, bound);
  const lists = read ?? write ?? hide;
  // Under `off` the whole machine is in sight, and a list would say nothing.
  const mode: Sourced<FilesystemMode> | undefined =
    floor.mode ??
    // Where the workspace itself can be written, a list of outputs would say nothing.
    (outputs && { value: 'overlay', source }) ??
    (lists && { value: 'workspace', source });
  return {
    mode: knife.stricter('filesystem.mode', asked.mode, mode, FILESYSTEM_MODES),
    read: knife.within('filesystem.read', asked.read, read, holds),
    write: knife.within('filesystem.write', asked.write, write, holds),
    hide: knife.added('filesystem.hide', asked.hide, hide ?? [], 'is hidden'),
    outputs: boundGlobs('filesystem.outputs', asked.outputs, outputs, knife),
    logs: boundGlobs('filesystem.logs', asked.logs, floor.logs, knife),
    outputsOn: knife.stricter('filesystem.outputs-on', asked.outputsOn, floor.outputsOn, [
      'success',
      'always',
    ]),
    outputsMissing: knife.stricter(
      'filesystem.outputs-missing',
      asked.outputsMissing,
      floor.outputsMissing,
      ['fail', 'warn'],
    ),
    maxOutputSize: knife.smaller(
      'filesystem.max-output-size',
      asked.maxOutputSize,
      floor.maxOutputSize,
      formatSize,
    ),
    maxOutputFiles: knife.smaller(
      'filesystem.max-output-files',
      asked.maxOutputFiles,
      floor.maxOutputFiles,
      String,
    ),
  };
}

function boundResources(asked: Resources, floor: Part<'resources'>, knife: Knife): Resources {
  const limit = (key: keyof Resources): Sourced<number | null> => {
    const [name, textOf] = LIMITS[key];
    return knife.smaller(`resources.${name}`, asked[key], floor[key], textOf);
  };
  return {
    timeout: limit('timeout'),
    cpuTime: limit('cpuTime'),
    memory: limit('memory'),
    processes: limit('processes'),
    openFiles: limit('openFiles'),
    fileSize: limit('fileSize'),
    output: limit('output'),
  };
}

function boundPrivilege(
  asked: Policy['privilege'],
  floor: Part<'privilege'>,
  knife: Knife,
): Policy['privilege'] {
  return {
    mode: knife.stricter('privilege.mode', asked.mode, floor.mode, ['drop', 'inherit']),
    uid: knife.same('privilege.uid', asked.uid, floor.uid, 'a chosen one'),
    gid: knife.same('privilege.gid', asked.gid, floor.gid, 'a chosen one'),
  };
}

function boundEnvironment(
  asked: Policy['environment'],
  floor: Part<'environment'>,
  knife: Knife,
): Policy['environment'] {
  const pass = knife.within('environment.pass', asked.pass, floor.pass, globCovers);
  for (const [name, { value }] of floor.set ?? []) {
    const own = asked.set.get(name);
    if (own !== undefined && own.value !== value)
      knife.tell('environment.set', `${shortly(name)} has the floor's value`);
  }
  return { pass, set: new Map([...asked.set, ...(floor.set ?? [])]) };
}

function boundRunner(
  asked: Policy['runner'],
  floor: Part<'runner'>,
  knife: Knife,
): Policy['runner'] {
  const same = (bound: string, name: string): boolean => bound === name;
  const holds = (bound: string, path: string): boolean => liesWithin(path, bound);
  const off = [false, true];
  return {
    outputs: knife.within('runner.outputs', asked.outputs, floor.outputs, same),
    env: knife.within('runner.env', asked.env, floor.env, same),
    path: knife.overlap('runner.path', asked.path, floor.path, holds),
    summary: knife.stricter('runner.summary', asked.summary, floor.summary, off),
    annotations: knife.stricter('runner.annotations', asked.annotations, floor.annotations, off),
  };
}
