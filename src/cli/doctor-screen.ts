import { harmless } from '../base/text.ts';
import { allOf, type Capabilities, type Capability, lacksOf } from '../capabilities/capability.ts';
import { type Facts, SPARE_TOOLS, SUPPLIED_TOOLS, TOOL_NAMES } from '../capabilities/facts.ts';
import { originLines } from '../capabilities/supply.ts';
import { columns, type Style } from '../console/style.ts';
import { groupName } from '../plan/limits.ts';
import type { Downgrade } from '../plan/types.ts';
import { chooseUplink } from '../plan/uplink.ts';
import { mergePolicies } from '../policy/merge.ts';

interface Row {
  readonly layer: string;
  readonly verdict: Capability;
  /** What it rests on. */
  readonly how: string;
}

interface Reason {
  readonly reason: string;
  readonly remedy: string;
}

/** Every layer and what it rests on, and once each reason why one cannot be had, with what mends it. */
export function doctorScreen(
  facts: Facts,
  capabilities: Capabilities,
  downgrades: readonly Downgrade[],
  style: Style,
): string {
  const rows = rowsOf(capabilities, facts.identity.realRoot);
  const reasons = reasonsOf(rows, downgrades);
  return [
    ...heading(facts, style),
    '',
    ...table(rows, reasons, style),
    '',
    ...reasons.flatMap(({ reason, remedy }, index) => [
      `  (${index + 1}) ${harmless(reason)}`,
      `      ${style.dim('→')} ${harmless(remedy)}`,
    ]),
    ...(reasons.length > 0 ? [''] : []),
    downgrades.length === 0
      ? style.good('The default policy can be enforced whole.')
      : style.bad('The default policy cannot be enforced here: a run would be refused.'),
    '',
  ].join('\n');
}

function heading({ host, identity, hints, tools }: Facts, style: Style): string[] {
  const who = `uid ${identity.uid}${identity.realRoot ? ' (root)' : ''}`;
  const where = hints.flavour === null ? '' : `, ${FLAVOURS[hints.flavour]}`;
  const { path, version } = tools.pasta;
  const pasta =
    path === null
      ? 'pasta: missing'
      : `pasta ${version ?? 'without a version'}: the system's, ${path}`;
  const shown = new Set<string>([...SPARE_TOOLS, ...SUPPLIED_TOOLS]);
  const others = TOOL_NAMES.filter((name) => tools[name].path === null && !shown.has(name));
  return [
    `${style.bold('glovebox doctor')}  ${host.platform} ${host.kernel} ${host.arch}, node ${host.node}, ${who}${where}`,
    ...[...originLines(tools), pasta].map((text) => `  ${style.dim(harmless(text))}`),
    ...(others.length > 0 ? [`  ${style.dim(`missing: ${others.join(', ')}`)}`] : []),
  ];
}

const FLAVOURS = {
  gvisor: 'gVisor',
  slim: 'a hosted runner in a container',
  wsl1: 'WSL 1',
  wsl2: 'WSL 2',
} as const;

function table(rows: readonly Row[], reasons: readonly Reason[], style: Style): string[] {
  const lines = columns(
    rows.map(({ layer, verdict, how }) => [
      layer,
      verdict.available ? 'can' : 'cannot',
      verdict.available ? how : `(${numbersOf(verdict, reasons).join(', ')})`,
    ]),
  );
  return lines.map((line, index) =>
    rows[index]?.verdict.available === true
      ? line.replace(' can ', style.good(' can '))
      : line.replace(' cannot ', style.bad(' cannot ')),
  );
}

function numbersOf(verdict: Capability, reasons: readonly Reason[]): number[] {
  return lacksOf(verdict).map((lack) => reasons.findIndex((one) => one.reason === lack.reason) + 1);
}

/** Those of the layers, and what else a run would miss. */
function reasonsOf(rows: readonly Row[], downgrades: readonly Downgrade[]): Reason[] {
  const lacks = rows.flatMap(({ verdict }) => lacksOf(verdict));
  // What follows from a lack says so in its words.
  const others = downgrades.filter(
    (one) => !lacks.some(({ reason }) => one.reason.includes(reason)),
  );
  return [...new Map([...lacks, ...others].map((one) => [one.reason, one])).values()];
}

function rowsOf(capabilities: Capabilities, realRoot: boolean): Row[] {
  const { sandbox, syscalls, loopback, rules, doors } = capabilities;
  const { overlay, limits, privilegeDrop, memoryCgroup, byRoot } = capabilities;
  const { backend, verdict: egress } = chooseUplink(mergePolicies([]).network, capabilities, []);
  return [
    { layer: 'network: deny', verdict: sandbox, how: 'network namespace with loopback only' },
    { layer: 'network: records', verdict: allOf(sandbox, loopback, rules), how: 'nftables' },
    {
      layer: 'network: allowlist',
      verdict: allOf(sandbox, rules, egress),
      how: `${backend} and nftables`,
    },
    {
      layer: 'network: names',
      verdict: allOf(sandbox, rules, egress, doors),
      how: 'gateway, nftables maps',
    },
    { layer: 'filesystem', verdict: sandbox, how: 'bubblewrap' },
    { layer: 'filesystem: overlay', verdict: allOf(sandbox, overlay), how: 'overlayfs' },
    {
      layer: 'resources',
      // Without a sandbox the number of processes cannot be capped for one run alone.
      verdict: allOf(limits, sandbox),
      how:
        memoryCgroup === null
          ? 'rlimits; memory is watched'
          : `rlimits; ${groupName(memoryCgroup)}`,
    },
    {
      layer: 'privilege',
      // Only root has an uid to give up; and what the base filter shuts is part of this one's promise.
      verdict: allOf(sandbox, ...(realRoot ? [privilegeDrop] : []), syscalls),
      how: `no_new_privs, no capabilities, uid not 0${byRoot === null ? '' : '; namespaces made by root'}`,
    },
    { layer: 'syscalls', verdict: syscalls, how: 'seccomp filters' },
    { layer: 'environment', verdict: { available: true }, how: 'allowlist of names' },
  ];
}
