import { type Facts, SUPPLIED_TOOLS } from '../capabilities/facts.ts';
import { LAYERS, type Layer, type Note, type Plan } from '../plan/types.ts';
import { profileText } from '../policy/syscall-readers.ts';
import type { EgressEntry, Policy, PolicyLayer, Sourced } from '../policy/types.ts';
import { formatDuration } from '../policy/units.ts';
import type { NameTraffic, Observations } from '../run/observations.ts';
import type { Blocked } from './blocked.ts';
import { blockedOf, LOOK_UP } from './egress.ts';
import { outputsOf } from './outputs.ts';
import { unusedEntries } from './unused.ts';
import { outcomeOf } from './outcome.ts';
import type { EffectiveSandbox } from './schema.ts';

export interface ReportRequest {
  readonly plan: Plan;
  readonly facts: Facts;
  /** null: the run was refused, and nothing was observed. */
  readonly seen: Observations | null;
  readonly layers: readonly PolicyLayer[];
  readonly floors: readonly PolicyLayer[];
  readonly version: string;
}

/** Puts the report together from the plan and the observations. */
export function buildReport({
  plan,
  facts,
  seen,
  layers,
  floors,
  version,
}: ReportRequest): EffectiveSandbox {
  const blocked = blockedOf(plan, seen?.egress ?? null, facts.hostAddresses);
  return {
    version: 1,
    glovebox: version,
    command: [...plan.command],
    requested: requestedOf(plan.policy),
    enforced: eachLayer(
      (layer) => seen?.released === true && plan.layers[layer].status === 'enforced',
    ),
    layers: eachLayer((layer) => ({ ...plan.layers[layer] })),
    downgrades: plan.downgrades.map((downgrade) => ({ ...downgrade })),
    notes: [...plan.notes, ...observedNotes(plan, seen)],
    egress: egressOf(plan, seen, blocked),
    changes: changesOf(seen),
    outputs: outputsOf(seen),
    syscalls: {
      profile: plan.syscalls.profile,
      filters: plan.syscalls.filters.map(({ name, rules }, index) => ({
        ...{ name, rules, sha256: seen?.filters[index] ?? null },
      })),
    },
    environment: {
      passed: [...plan.environment.passed],
      set: [...plan.environment.set],
      dropped: [...plan.environment.dropped],
    },
    usage: usageOf(seen),
    outcome: outcomeOf(plan, seen, blocked),
    policy: { sources: layers.map(sourceOf), floors: floors.map(sourceOf) },
    host: { ...facts.host, uid: facts.identity.uid, root: facts.identity.realRoot },
    tools: versionsOf(facts),
    toolOrigins: originsOf(facts),
  };
}

/** Whether a run that ended so is a success, before its outputs are looked at. */
export function succeeds(plan: Plan, facts: Facts, seen: Observations): boolean {
  return outcomeOf(plan, seen, blockedOf(plan, seen.egress, facts.hostAddresses)).exitCode === 0;
}

/** An entry that would have allowed what was refused. */
export interface Suggestion {
  readonly entry: string;
  /** What whoever pastes it should know; null where there is nothing. */
  readonly warning: string | null;
}

/** What would have to be added to `network.allow`; what was expected is left out. */
export function suggestionsOf(report: EffectiveSandbox): Suggestion[] {
  const refused = (report.egress?.blocked ?? []).filter(({ expected }) => !expected);
  const suggestions = refused.flatMap(({ allow, reason }) => {
    if (allow === null) return [];
    const warning =
      reason === LOOK_UP
        ? 'the resolver: a name can carry anything out; `glovebox learn` finds the name to allow'
        : null;
    return [{ entry: allow, warning }];
  });
  // A name may be refused for several reasons; a policy has each entry once.
  return [...new Map(suggestions.map((one) => [one.entry, one])).values()];
}

function eachLayer<T>(value: (layer: Layer) => T): Record<Layer, T> {
  return Object.fromEntries(LAYERS.map((layer) => [layer, value(layer)])) as Record<Layer, T>;
}

function requestedOf(policy: Policy): EffectiveSandbox['requested'] {
  const { network, filesystem, resources, privilege, syscalls, runner } = policy;
  return {
    onUnavailable: policy.onUnavailable.value,
    network: {
      mode: network.mode.value,
      allow: texts(network.allow),
      blockMetadata: network.blockMetadata.value,
      resolver: network.resolver.value,
      backend: network.backend.value,
      interface: network.interface.value,
      address: network.address.value,
      netmask: network.netmask.value,
      gateway: network.gateway.value,
      onBlocked: network.onBlocked.value,
      expectBlocked: texts(network.expectBlocked),
    },
    filesystem: {
      mode: filesystem.mode.value,
      read: values(filesystem.read),
      write: values(filesystem.write),
      hide: values(filesystem.hide),
      outputs: values(filesystem.outputs),
      outputsOn: filesystem.outputsOn.value,
      outputsMissing: filesystem.outputsMissing.value,
      maxOutputBytes: filesystem.maxOutputSize.value,
      maxOutputFiles: filesystem.maxOutputFiles.value,
      logs: values(filesystem.logs),
    },
    resources: {
      timeoutMs: resources.timeout.value,
      cpuTimeMs: resources.cpuTime.value,
      memoryBytes: resources.memory.value,
      processes: resources.processes.value,
      openFiles: resources.openFiles.value,
      fileSizeBytes: resources.fileSize.value,
      outputBytes: resources.output.value,
    },
    privilege: { mode: privilege.mode.value, uid: privilege.uid.value, gid: privilege.gid.value },
    syscalls: {
      profile: profileText(syscalls.profile.value),
      allow: values(syscalls.allow),
      block: values(syscalls.block),
    },
    runner: {
      outputs: values(runner.outputs),
      env: values(runner.env),
      path: values(runner.path),
      summary: runner.summary.value,
      annotations: runner.annotations.value,
    },
  };
}

function texts(entries: readonly Sourced<EgressEntry>[]): string[] {
  return entries.map(({ value }) => value.text);
}

function values(sourced: readonly Sourced<string>[]): string[] {
  return sourced.map(({ value }) => value);
}

function egressOf(
  plan: Plan,
  seen: Observations | null,
  blocked: readonly Blocked[],
): EffectiveSandbox['egress'] {
  const egress = seen?.egress ?? null;
  if (egress === null) return null;
  return {
    allowed: [
      ...(egress.names?.traffic ?? []).map(allowedName),
      ...egress.allowed.map((one) => ({ ...one })),
    ],
    blocked: blocked.map(blockedOne),
    allowedNotListed: egress.allowedNotListed + (egress.names?.trafficNotListed ?? 0),
    blockedNotListed: egress.refusedNotListed + (egress.names?.refusalsNotListed ?? 0),
    unused: unusedEntries(plan, egress),
    malformedLookUps: egress.names?.malformed ?? 0,
  };
}

function sourceOf({ name, sha256, commit }: PolicyLayer) {
  return { name, sha256, commit: commit ?? null };
}

function allowedName({ name, port, connections, up, down, process }: NameTraffic) {
  return { name, address: null, port, protocol: 'tcp', count: connections, process, up, down };
}

function blockedOne(blocked: Blocked): Omit<Blocked, 'text'> {
  const { text: _, ...told } = blocked;
  return told;
}

function changesOf(seen: Observations | null): EffectiveSandbox['changes'] {
  const changes = seen?.changes ?? null;
  return changes === null ? null : { ...changes, files: changes.files.map((one) => ({ ...one })) };
}

function usageOf(seen: Observations | null): EffectiveSandbox['usage'] {
  if (seen === null) {
    return {
      wallMs: 0,
      cpuMs: 0,
      peakMemoryBytes: null,
      peakProcesses: null,
      outputBytes: 0,
      truncated: false,
    };
  }
  return { ...seen.usage, wallMs: Math.round(seen.usage.wallMs) };
}

/** Below that nobody waits for it. */
const NOTICED_MS = 1000;

function observedNotes(plan: Plan, seen: Observations | null): Note[] {
  if (seen === null) return [];
  const notes: Note[] = [];
  if (seen.usage.truncated)
    notes.push({
      code: 'output-truncated',
      text: 'the output went past resources.output; the rest of it was dropped',
    });
  if ((seen.logs?.notFollowed ?? 0) > 0)
    notes.push({
      code: 'logs-not-followed',
      text: 'filesystem.logs means more files than are followed; the first ones are shown',
    });
  if (seen.givingMs >= NOTICED_MS)
    notes.push({
      code: 'files-given-one-by-one',
      text: `giving each file of the workspace to the step's user took ${formatDuration(seen.givingMs)}: ${plan.filesystem.overlay?.chownBecause ?? ''}`,
    });
  return notes;
}

function versionsOf(facts: Facts): Record<string, string | null> {
  const { bwrap, slirp4netns, pasta, nft } = facts.tools;
  return {
    bwrap: bwrap.version,
    slirp4netns: slirp4netns.version,
    pasta: pasta.version,
    nft: nft.version,
  };
}

function originsOf({ tools }: Facts): EffectiveSandbox['toolOrigins'] {
  return Object.fromEntries(
    SUPPLIED_TOOLS.flatMap((name) => {
      const { path, supply } = tools[name];
      if (path === null || supply === undefined) return [];
      return [[name, { source: supply.source, path, sha256: supply.sha256 }]];
    }),
  );
}
