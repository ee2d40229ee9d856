import type { Capabilities } from '../capabilities/capability.ts';
import { commandsOf, type Facts } from '../capabilities/facts.ts';
import type { Policy } from '../policy/types.ts';
import { planEnvironment } from './environment.ts';
import { planFilesystem } from './filesystem.ts';
import { bareLaunch, sandboxLaunch } from './launch.ts';
import { settle } from './layers.ts';
import { planLimits } from './limits.ts';
import { planNetwork } from './network.ts';
import { planLogs } from './logs.ts';
import { planOutputs } from './outputs.ts';
import { planPrivilege } from './privilege.ts';
import type { Site } from './site.ts';
import { planSyscalls, type Profiles } from './syscalls.ts';
import { type LayerStack, NO_LAYERS } from './filesystem-types.ts';
import type { Plan } from './types.ts';
import { planWorkflow, type WorkflowStep } from './workflow.ts';

export interface PlanRequest {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly capabilities: Capabilities;
  readonly site: Site;
  readonly profiles: Profiles;
  /** The command and its arguments; never empty. */
  readonly command: readonly string[];
  /** Absolute path of the scratch directory, which need not exist yet. */
  readonly scratch: string;
  readonly workflow?: WorkflowStep | null;
  readonly stack?: LayerStack;
  readonly diff?: boolean;
}

/** Policy and capabilities in, everything that a run will do out. No I/O. */
export function makePlan({
  policy,
  facts,
  capabilities,
  site,
  profiles,
  command,
  scratch,
  workflow: step = null,
  stack = NO_LAYERS,
  diff = false,
}: PlanRequest): Plan {
  const tools = commandsOf(facts.tools);
  const privilege = planPrivilege(policy, capabilities, facts.identity, site.workspaceOwner);
  const network = planNetwork(policy, capabilities, facts.hostAddresses, {
    ...tools,
    slirp4netnsVersion: facts.tools.slirp4netns.version,
  });
  const workflow = planWorkflow(step, policy.filesystem.mode.value, capabilities, scratch);
  const filesystem = planFilesystem({
    ...{ policy, capabilities, site, workflow, scratch, stack },
    identity: privilege.identity,
    gateway: network.network.gateway !== null,
    tools: facts.tools,
    highestId: facts.identity.maxUid,
  });
  const outputs = planOutputs(policy, site, filesystem.filesystem.overlay);
  const logs = planLogs(policy, site, filesystem.filesystem.mounts, capabilities.sandbox.available);
  const limits = planLimits(policy, capabilities, facts.hardLimits);
  const environment = planEnvironment(
    policy,
    site.environment,
    privilege.identity,
    filesystem.filesystem.cwd,
    workflow.variables,
  );
  const sandboxed = capabilities.sandbox.available;

  const syscalls = planSyscalls(policy, capabilities, facts.host, profiles);

  const decisions = [
    ...[network, filesystem, limits, privilege, syscalls],
    { ...workflow, notes: [] },
  ];
  const { layers, downgrades } = settle(
    {
      network: network.layer,
      filesystem: filesystem.layer,
      resources: limits.layer,
      privilege: privilege.layer,
      syscalls: syscalls.layer,
      environment: { status: 'enforced', mechanism: 'allowlist of names' },
      runner: workflow.layer,
    },
    decisions.flatMap((decision) => decision.downgrades),
  );
  const parts = {
    policy,
    command: command.map((word) => word.replaceAll('{0}', () => workflow.script ?? '{0}')),
    identity: privilege.identity,
    network: network.network,
    filesystem: filesystem.filesystem,
    outputs: outputs.outputs,
    logs: logs.logs,
    limits: limits.limits,
    syscalls: syscalls.syscalls,
    environment,
    workflow: workflow.workflow,
    tools,
    diff,
    scratch,
    nameservers: site.nameservers,
  };
  return {
    ...parts,
    refused: downgrades.length > 0 && policy.onUnavailable.value === 'fail',
    layers,
    downgrades,
    notes: [...decisions.flatMap((decision) => decision.notes), ...outputs.notes, ...logs.notes],
    sandboxed,
    launch: sandboxed ? sandboxLaunch(parts) : bareLaunch(parts, capabilities),
  };
}
