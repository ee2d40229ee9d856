import { randomBytes } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';
import { GloveboxError } from './base/errors.ts';
import { evaluate } from './capabilities/evaluate.ts';
import type { Facts } from './capabilities/facts.ts';
import { makePlan } from './plan/plan.ts';
import { shedIds } from './plan/privilege.ts';
import { allowsNames, reachesNothing } from './plan/reach.ts';
import type { Site } from './plan/site.ts';
import { misfitOf } from './plan/stack.ts';
import { backendsOf } from './plan/uplink.ts';
import type { LayerOrigin, LayerStack } from './plan/filesystem-types.ts';
import type { Note, Plan } from './plan/types.ts';
import type { WorkflowStep } from './plan/workflow.ts';
import type { Cut } from './policy/cuts.ts';
import { boundPolicy } from './policy/floor.ts';
import type { PolicyFlags } from './policy/flags.ts';
import { mergePolicies, overridePolicy } from './policy/merge.ts';
import type { Policy, PolicyLayer, PolicyValues } from './policy/types.ts';
import type { Needs } from './probe/needs.ts';
import { type NamedFloor, readFloors } from './probe/floors.ts';
import { withoutGroups } from './probe/groups.ts';
import { identify, probeHost } from './probe/host.ts';
import { profileOnDisk, profilesFor, type ReadProfile, withProfiles } from './probe/profiles.ts';
import { type PolicyText, readLayers, readPolicyFile } from './probe/policy-files.ts';
import { refuseOpenScratch } from './probe/scratch-base.ts';
import { surveySite } from './probe/site.ts';
import { buildReport, succeeds } from './report/build.ts';
import type { EffectiveSandbox } from './report/schema.ts';
import type { Interrupts } from './run/interrupts.ts';
import type { Observations } from './run/observations.ts';
import { recoverOutputs } from './run/outputs/recover.ts';
import type { StepIo } from './run/step-io.ts';
import { supervise } from './run/supervise.ts';
import { VERSION } from './version.ts';

const MOST_CUTS = 20;

/** What every front end turns its own text into. */
export interface SessionRequest {
  /** Policy files in the order in which they are merged, as the user named them. */
  readonly policyFiles: readonly string[];
  /** Policies that a front end has read already; merged after the files. */
  readonly policyTexts?: readonly PolicyText[];
  /** Files that it read them from: as little to be written by the step as policy files are. */
  readonly steering?: readonly string[];
  readonly flags: PolicyFlags;
  /** Floors besides those of the machine and the environment. */
  readonly floors?: readonly NamedFloor[];
  /** Reads profiles of system calls; as they lie on disk where it is left out. */
  readonly readProfile?: ReadProfile;
  /** Finds the facts; a front end with several runs remembers them. */
  readonly probe?: typeof probeHost;
  /** What the front end has to tell about its sources. */
  readonly notes?: readonly Note[];
  /** What a step says for itself alone: its lists replace those of the policy. */
  readonly override?: PolicyValues;
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly workflow?: WorkflowStep;
  readonly stack?: LayerStack;
  /** Keep the texts of changed files. */
  readonly diff?: boolean;
  /** Where the run keeps its own files; chosen by probing where none is given. */
  readonly scratchBase?: string;
}

export interface Prepared {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly layers: readonly PolicyLayer[];
  readonly floors: readonly PolicyLayer[];
}

export interface SessionResult {
  readonly report: EffectiveSandbox;
  /** null: the run was refused, and nothing was observed. */
  readonly seen: Observations | null;
  readonly policy: Policy;
  /** What its layer can be used for again; null where it had none. */
  readonly layer: LayerOrigin | null;
}

/** From policy and host to the report: refuses, or runs the command sealed. */
export async function session(
  request: SessionRequest,
  io: StepIo,
  interrupts: Interrupts,
): Promise<SessionResult> {
  const { plan: decided, facts, layers, floors } = await prepare(request);
  const recovered = decided.refused ? [] : await recoverOutputs(facts.scratchBase);
  const plan = {
    ...decided,
    notes: [...decided.notes, ...recovered.map((text) => ({ code: 'outputs-recovered', text }))],
  };
  const seen = plan.refused
    ? null
    : await supervise(plan, interrupts, io, (ended) => succeeds(plan, facts, ended));
  const report = buildReport({ plan, facts, seen, layers, floors, version: VERSION });
  return { report, seen, policy: plan.policy, layer: layerOf(plan) };
}

/** Everything up to the plan; reads and tries, but starts nothing of the command. */
export async function prepare(request: SessionRequest): Promise<Prepared> {
  const { environment, command, directory, policyFiles, policyTexts = [], stack } = request;
  const texts = [...policyFiles.map(readPolicyFile), ...policyTexts];
  const read = await readFloors(environment, request.floors ?? []);
  const { home } = identify(environment);
  const profiles = await withProfiles(
    {
      layers: await readLayers(texts, request.flags),
      floors: read.layers,
      override: request.override ?? {},
    },
    home,
    request.readProfile ?? profileOnDisk,
  );
  const { documents, notes: groupNotes } = await withoutGroups(profiles.documents, {
    home,
    environment,
    workspaces: workspacesAround(directory, environment),
  });
  const { layers, floors, override } = documents;
  const { policy, cuts } = boundAll(overridePolicy(mergePolicies(layers), override), floors);
  const site = surveySite({
    ...{ policy, command, directory, environment, home },
    policyFiles: [...policyFiles, ...profiles.paths, ...read.files, ...(request.steering ?? [])],
    // An earlier step may have made it, in a layer that is not on the host's own tree.
    mayAppear: (stack?.below.length ?? 0) > 0,
    layers: stack?.below ?? [],
  });
  const facts = await (request.probe ?? probeHost)({
    needs: needsOf(policy),
    environment,
    writable: [site.workspace, ...site.write.map(({ real }) => real)],
    shed: (identity) => shedIds(policy, identity, site.workspaceOwner),
    lower: {
      ...{ path: site.workspace, ...site.workspaceOwner },
      nested: site.nested.map(({ path }) => path),
    },
    scratchBase: request.scratchBase ?? null,
  });
  const scratch = join(
    facts.scratchBase,
    `glovebox-${process.pid}-${randomBytes(6).toString('hex')}`,
  );
  const plan = makePlan({
    ...{ policy, facts, site, command, scratch },
    profiles: await profilesFor(policy, profiles.files),
    capabilities: evaluate(facts),
    ...(request.workflow === undefined ? {} : { workflow: request.workflow }),
    ...(stack === undefined ? {} : { stack }),
    diff: request.diff ?? false,
  });
  refuseOpenScratch(facts.scratchBase, writtenInPlace(plan, site));
  const misfit =
    stack === undefined || plan.refused ? null : misfitOf(stack, site, plan.filesystem.overlay);
  if (misfit !== null) throw new GloveboxError('layer-unusable', misfit);
  const notes = [
    ...(request.notes ?? []),
    ...[...read.problems, ...profiles.problems].map(floorNote),
    ...groupNotes,
    ...cutNotes(cuts),
  ];
  return {
    plan: { ...plan, notes: [...plan.notes, ...notes] },
    facts,
    layers,
    floors,
  };
}

/** Directories of the host that the step may change, where it does not have all of them. */
function writtenInPlace({ refused, policy, filesystem }: Plan, site: Site): string[] {
  const mode = policy.filesystem.mode.value;
  if (refused || mode === 'off') return [];
  const inPlace = filesystem.overlay === null && (mode === 'workspace' || mode === 'overlay');
  return [...site.write.map(({ real }) => real), ...(inPlace ? [site.workspace] : [])];
}

function layerOf({ filesystem: { overlay } }: Plan): LayerOrigin | null {
  if (overlay === null || overlay.upper === null) return null;
  return { workspace: overlay.lower, attributes: overlay.attributes };
}

/** What holds a checked-out tree, before it is known how much of it the step sees. */
function workspacesAround(
  directory: string,
  environment: Readonly<Record<string, string>>,
): string[] {
  const announced = environment['GITHUB_WORKSPACE'] ?? '';
  return [resolve(directory), ...(isAbsolute(announced) ? [announced] : [])];
}

/** What all floors leave of a policy, and what each took. */
function boundAll(
  policy: Policy,
  floors: readonly PolicyLayer[],
): { policy: Policy; cuts: readonly { floor: string; cut: Cut }[] } {
  return floors.reduce<ReturnType<typeof boundAll>>(
    (before, floor) => {
      const { policy: after, cuts } = boundPolicy(before.policy, floor);
      return {
        policy: after,
        cuts: [...before.cuts, ...cuts.map((cut) => ({ floor: floor.name, cut }))],
      };
    },
    { policy, cuts: [] },
  );
}

function floorNote(text: string): Note {
  return { code: 'floor-unreadable', text };
}

function cutNotes(cuts: readonly { floor: string; cut: Cut }[]): Note[] {
  const told = cuts
    .slice(0, MOST_CUTS)
    .map(({ floor, cut }) => `${cut.path}: ${cut.text} (floor ${floor})`);
  const rest = cuts.length - told.length;
  return [...told, ...(rest > 0 ? [`floors took ${rest} more things from the policy`] : [])].map(
    (text) => ({ code: 'floor-cut', text }),
  );
}

/** Only what the policy will use is probed. */
function needsOf(policy: Policy): Needs {
  const { network } = policy;
  return {
    rules: true,
    egress: reachesNothing(network) ? [] : backendsOf(network.backend.value),
    interface: network.interface.value,
    doors: network.mode.value === 'audit' || allowsNames(network),
    overlay: policy.filesystem.mode.value === 'overlay',
    memoryCgroup: policy.resources.memory.value !== null,
  };
}
