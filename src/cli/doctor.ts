import { type Capabilities, type Capability, evaluate } from '../capabilities/evaluate.ts';
import type { Facts } from '../capabilities/facts.ts';
import { shedIds } from '../plan/privilege.ts';
import { mergePolicies } from '../policy/merge.ts';
import { probeHost } from '../probe/host.ts';
import { installPackages, missingPackages } from '../tools/install.ts';
import { locateTools } from '../tools/programs.ts';
import type { Arguments } from './arguments.ts';
import { currentEnvironment } from '../tools/environment.ts';
import { liveLine } from './live-line.ts';
import { columns, type Style, styleFor } from '../console/style.ts';

const EVERYTHING = { rules: true, egress: true, doors: true, overlay: true, memoryCgroup: true };

/** Tries everything, tells what can be enforced, and with `--fix` mends what it may. */
export async function doctorCommand({
  json,
  fix,
  quiet,
}: Extract<Arguments, { command: 'doctor' }>): Promise<number> {
  if (fix) await installMissing();
  const policy = mergePolicies([]);
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const facts = await probeHost({
    needs: EVERYTHING,
    environment: currentEnvironment(),
    writable: [],
    shed: (identity) => shedIds(policy, identity, owner),
    scratchBase: null,
  });
  const capabilities = evaluate(facts);
  const healthy = [
    capabilities.sandbox,
    capabilities.syscalls,
    capabilities.overlay,
    capabilities.limits,
    capabilities.privilegeDrop,
  ].every(({ available }) => available);
  if (json) {
    process.stdout.write(`${JSON.stringify({ healthy, facts, capabilities }, null, 2)}\n`);
  } else if (!quiet || !healthy) {
    process.stdout.write(report(facts, capabilities, healthy, styleFor(process.stdout)));
  }
  return healthy ? 0 : 1;
}

async function installMissing(): Promise<void> {
  const packages = missingPackages(await locateTools(process.env['PATH'] ?? ''));
  if (packages.length === 0) return;
  const line = liveLine(process.stderr);
  try {
    await installPackages(packages, (text) => line.show(`glovebox: ${text}`));
  } finally {
    line.clear();
  }
}

interface Row {
  readonly layer: string;
  readonly verdict: Capability;
  readonly how: string;
}

function report(facts: Facts, capabilities: Capabilities, healthy: boolean, style: Style): string {
  const rows = rowsOf(capabilities);
  const table = columns(
    rows.map(({ layer, verdict, how }) => [
      layer,
      verdict.available ? 'can' : 'cannot',
      verdict.available ? how : verdict.reason,
    ]),
  );
  const painted = table.map((line, index) => {
    const available = rows[index]?.verdict.available === true;
    return available
      ? line.replace(' can ', style.good(' can '))
      : line.replace(' cannot ', style.bad(' cannot '));
  });
  const withRemedies = painted.flatMap((line, index) => {
    const verdict = rows[index]?.verdict;
    return verdict === undefined || verdict.available
      ? [line]
      : [line, `    ${style.dim('→')} ${verdict.remedy}`];
  });
  const { host, identity, tools } = facts;
  const versions = (['bwrap', 'slirp4netns', 'nft'] as const).map(
    (name) => `${name} ${tools[name].version ?? 'missing'}`,
  );
  return [
    `${style.bold('glovebox doctor')}  ${host.platform} ${host.kernel} ${host.arch}, node ${host.node}, uid ${identity.uid}${identity.realRoot ? ' (root)' : ''}`,
    `  ${style.dim(versions.join(', '))}`,
    '',
    ...withRemedies,
    '',
    healthy
      ? style.good('The default policy can be enforced whole.')
      : style.bad('The default policy cannot be enforced here: a run would be refused.'),
    '',
  ].join('\n');
}

function rowsOf(capabilities: Capabilities): Row[] {
  const { sandbox, syscalls, loopback, rules, doors, egress, overlay } = capabilities;
  const { limits, privilegeDrop, memoryCgroup } = capabilities;
  const first = (...verdicts: Capability[]): Capability =>
    verdicts.find(({ available }) => !available) ?? { available: true };
  return [
    { layer: 'network: deny', verdict: sandbox, how: 'network namespace with loopback only' },
    { layer: 'network: records', verdict: first(sandbox, loopback, rules), how: 'nftables' },
    {
      layer: 'network: allowlist',
      verdict: first(sandbox, rules, egress),
      how: 'slirp4netns and nftables',
    },
    {
      layer: 'network: names',
      verdict: first(sandbox, rules, egress, doors),
      how: 'gateway, nftables maps',
    },
    { layer: 'filesystem', verdict: sandbox, how: 'bubblewrap' },
    { layer: 'filesystem: overlay', verdict: first(sandbox, overlay), how: 'overlayfs' },
    {
      layer: 'resources',
      verdict: limits,
      how:
        memoryCgroup === null
          ? 'rlimits; memory is watched'
          : `rlimits; memory cgroup v${memoryCgroup.version}`,
    },
    {
      layer: 'privilege',
      verdict: first(sandbox, privilegeDrop),
      how: 'no_new_privs, no capabilities, uid not 0',
    },
    { layer: 'syscalls', verdict: syscalls, how: 'seccomp filters' },
    { layer: 'environment', verdict: { available: true }, how: 'allowlist of names' },
  ];
}
