import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { evaluate } from './capabilities/evaluate.ts';
import type { Facts } from './capabilities/facts.ts';
import { makePlan } from './plan/plan.ts';
import { shedIds } from './plan/privilege.ts';
import type { Plan } from './plan/types.ts';
import type { PolicyFlags } from './policy/flags.ts';
import { mergePolicies } from './policy/merge.ts';
import type { Policy, PolicyLayer } from './policy/types.ts';
import type { Needs } from './probe/attempts.ts';
import { identify, probeHost } from './probe/host.ts';
import { readLayers } from './probe/policy-files.ts';
import { surveySite } from './probe/site.ts';
import { buildReport } from './report/build.ts';
import type { EffectiveSandbox } from './report/schema.ts';
import { listenForInterrupts } from './run/interrupts.ts';
import { supervise } from './run/supervise.ts';
import { VERSION } from './version.ts';

/** What every front end turns its own text into. */
export interface SessionRequest {
  /** Policy files in the order in which they are merged, as the user named them. */
  readonly policyFiles: readonly string[];
  readonly flags: PolicyFlags;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Prepared {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly layers: readonly PolicyLayer[];
}

/** From policy and host to the report: refuses, or runs the command sealed. */
export async function session(request: SessionRequest): Promise<EffectiveSandbox> {
  const interrupts = listenForInterrupts();
  try {
    const { plan, facts, layers } = await prepare(request);
    const seen = plan.refused ? null : await supervise(plan, interrupts);
    return buildReport({ plan, facts, seen, layers, version: VERSION });
  } finally {
    interrupts.stop();
  }
}

/** Everything up to the plan; reads and tries, but starts nothing of the command. */
export async function prepare(request: SessionRequest): Promise<Prepared> {
  const layers = await readLayers(request.policyFiles, request.flags);
  const policy = mergePolicies(layers);
  const { environment, command, directory, policyFiles } = request;
  const { home } = identify(environment);
  const site = surveySite({ policy, policyFiles, command, directory, environment, home });
  const facts = await probeHost({
    needs: needsOf(policy),
    environment,
    writable: [site.workspace, ...site.write.map(({ real }) => real)],
    shed: (identity) => shedIds(policy, identity, site.workspaceOwner),
  });
  const scratch = join(
    facts.scratchBase,
    `glovebox-${process.pid}-${randomBytes(6).toString('hex')}`,
  );
  const plan = makePlan({ policy, facts, capabilities: evaluate(facts), site, command, scratch });
  return { plan, facts, layers };
}

/** Only what the policy will use is probed. */
function needsOf(policy: Policy): Needs {
  const { mode, allow } = policy.network;
  const sealed = mode.value === 'deny' || (mode.value === 'allowlist' && allow.length === 0);
  return {
    rules: true,
    egress: !sealed,
    overlay: policy.filesystem.mode.value === 'overlay',
    memoryCgroup: policy.resources.memory.value !== null,
  };
}
