import type { Path } from './findings.ts';
import type { PolicyInput } from './schema.ts';
import type { EgressEntry, GroupEntry, GroupName, PolicyValues, Source, Sourced } from './types.ts';

/** Says where the value at a path was written. */
export type SourceAt = (path: Path) => Source;

type Section<K extends keyof PolicyInput> = NonNullable<PolicyInput[K]>;

/** Pairs each value of a checked document with its source, in the policy's own names. */
export function valuesOf(input: PolicyInput, at: SourceAt): PolicyValues {
  return present({
    onUnavailable: one(input['on-unavailable'], ['on-unavailable'], at),
    network: input.network && networkValues(input.network, at),
    filesystem: input.filesystem && filesystemValues(input.filesystem, at),
    resources: input.resources && resourceValues(input.resources, at),
    privilege: input.privilege && privilegeValues(input.privilege, at),
    syscalls: input.syscalls && syscallValues(input.syscalls, at),
    environment: input.environment && environmentValues(input.environment, at),
    runner: input.runner && runnerValues(input.runner, at),
  });
}

function networkValues(network: Section<'network'>, at: SourceAt) {
  const allow = many(network.allow, ['network', 'allow'], at);
  const groups = allow?.flatMap(groupIn) ?? [];
  return present({
    mode: one(network.mode, ['network', 'mode'], at),
    // A list of nothing but groups is a list all the same: for a floor that says something.
    allow: allow?.flatMap(entryIn),
    groups: groups.length === 0 ? undefined : groups,
    blockMetadata: one(network['block-metadata'], ['network', 'block-metadata'], at),
    resolver: one(network.resolver, ['network', 'resolver'], at),
    backend: one(network.backend, ['network', 'backend'], at),
    interface: one(network.interface, ['network', 'interface'], at),
    address: one(network.address, ['network', 'address'], at),
    netmask: one(network.netmask, ['network', 'netmask'], at),
    gateway: one(network.gateway, ['network', 'gateway'], at),
    onBlocked: one(network['on-blocked'], ['network', 'on-blocked'], at),
    expectBlocked: many(network['expect-blocked'], ['network', 'expect-blocked'], at),
  });
}

function entryIn({ value, source }: Sourced<EgressEntry | GroupEntry>): Sourced<EgressEntry>[] {
  return value.kind === 'group' ? [] : [{ value, source }];
}

function groupIn({ value, source }: Sourced<EgressEntry | GroupEntry>): Sourced<GroupName>[] {
  return value.kind === 'group' ? [{ value: value.name, source }] : [];
}

function filesystemValues(filesystem: Section<'filesystem'>, at: SourceAt) {
  return present({
    mode: one(filesystem.mode, ['filesystem', 'mode'], at),
    read: many(filesystem.read, ['filesystem', 'read'], at),
    write: many(filesystem.write, ['filesystem', 'write'], at),
    hide: many(filesystem.hide, ['filesystem', 'hide'], at),
    outputs: many(filesystem.outputs, ['filesystem', 'outputs'], at),
    logs: many(filesystem.logs, ['filesystem', 'logs'], at),
    outputsOn: one(filesystem['outputs-on'], ['filesystem', 'outputs-on'], at),
    outputsMissing: one(filesystem['outputs-missing'], ['filesystem', 'outputs-missing'], at),
    maxOutputSize: one(filesystem['max-output-size'], ['filesystem', 'max-output-size'], at),
    maxOutputFiles: one(filesystem['max-output-files'], ['filesystem', 'max-output-files'], at),
  });
}

function resourceValues(resources: Section<'resources'>, at: SourceAt) {
  return present({
    timeout: one(resources.timeout, ['resources', 'timeout'], at),
    cpuTime: one(resources['cpu-time'], ['resources', 'cpu-time'], at),
    memory: one(resources.memory, ['resources', 'memory'], at),
    processes: one(resources.processes, ['resources', 'processes'], at),
    openFiles: one(resources['open-files'], ['resources', 'open-files'], at),
    fileSize: one(resources['file-size'], ['resources', 'file-size'], at),
    output: one(resources.output, ['resources', 'output'], at),
  });
}

function privilegeValues(privilege: Section<'privilege'>, at: SourceAt) {
  return present({
    mode: one(privilege.mode, ['privilege', 'mode'], at),
    uid: one(privilege.uid, ['privilege', 'uid'], at),
    gid: one(privilege.gid, ['privilege', 'gid'], at),
  });
}

function syscallValues(syscalls: Section<'syscalls'>, at: SourceAt) {
  return present({
    profile: one(syscalls.profile, ['syscalls', 'profile'], at),
    allow: many(syscalls.allow, ['syscalls', 'allow'], at),
    block: many(syscalls.block, ['syscalls', 'block'], at),
  });
}

function environmentValues(environment: Section<'environment'>, at: SourceAt) {
  return present({
    pass: many(environment.pass, ['environment', 'pass'], at),
    set: environment.set && variables(environment.set, at),
  });
}

function runnerValues(runner: Section<'runner'>, at: SourceAt) {
  return present({
    outputs: many(runner.outputs, ['runner', 'outputs'], at),
    env: many(runner.env, ['runner', 'env'], at),
    path: many(runner.path, ['runner', 'path'], at),
    summary: one(runner.summary, ['runner', 'summary'], at),
    annotations: one(runner.annotations, ['runner', 'annotations'], at),
  });
}

function variables(
  set: ReadonlyMap<string, string>,
  at: SourceAt,
): ReadonlyMap<string, Sourced<string>> {
  return new Map(
    [...set].map(([name, value]) => [name, { value, source: at(['environment', 'set', name]) }]),
  );
}

/** A value that is there; `none` arrives as null and counts. */
function one<T>(value: T | undefined, path: Path, at: SourceAt): Sourced<T> | undefined {
  return value === undefined ? undefined : { value, source: at(path) };
}

function many<T>(
  values: readonly T[] | undefined,
  path: Path,
  at: SourceAt,
): Sourced<T>[] | undefined {
  return values?.map((value, index) => ({ value, source: at([...path, index]) }));
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what the document does not say, so that a later layer does not erase an earlier one. */
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}
