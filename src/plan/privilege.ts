import type { Capabilities, Lack } from '../capabilities/capability.ts';
import type { Identity } from '../capabilities/facts.ts';
import type { Policy } from '../policy/types.ts';
import { downgradesOf } from './downgrade.ts';
import type { Downgrade, LayerPlan, Note, StepIdentity } from './types.ts';

/** Nobody's: not `nobody`, whose processes and files may be somebody's. */
const SPARE_ID = 65_533;
const DISGUISED_ID = 1000;

/** root owns /proc/sys/kernel/core_pattern and its like: what it writes there runs outside. */
const ROOT_UNDOES: readonly Downgrade[] = (
  ['network', 'filesystem', 'resources', 'syscalls', 'runner'] as const
).map((layer) => ({
  layer,
  code: 'root-inherited',
  reason:
    'privilege.mode is inherit and the supervisor is root: a step with uid 0 can leave the sandbox',
  remedy: 'set privilege.mode to drop, or run as an ordinary user',
}));

export interface PrivilegeDecision {
  readonly identity: StepIdentity;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

/** Decides under which kernel ids the step runs. */
export function planPrivilege(
  policy: Policy,
  capabilities: Capabilities,
  host: Identity,
  workspaceOwner: { readonly uid: number; readonly gid: number },
): PrivilegeDecision {
  const shed = shedIds(policy, host, workspaceOwner);
  if (shed === null) return asOneself(policy, capabilities, host);

  const { uid, gid } = shed;
  const { byRoot } = capabilities;
  const identity: StepIdentity = {
    ...{ uid, gid, name: 'glovebox', home: host.home },
    ...{ shed: true, byRoot: byRoot !== null },
  };
  if (!capabilities.privilegeDrop.available) {
    return refusedDrop(host, downgradesOf('privilege', capabilities.privilegeDrop));
  }
  if (uid > host.maxUid || gid > host.maxUid) {
    return refusedDrop(host, [
      {
        layer: 'privilege',
        code: 'uid-unmapped',
        reason: `the supervisor is root and uid ${uid} does not exist in this user namespace (the highest is ${host.maxUid})`,
        remedy:
          'run as an ordinary user, or set privilege.uid and privilege.gid to ids that exist here',
      },
    ]);
  }
  return {
    identity,
    layer: {
      status: 'enforced',
      mechanism: `uid ${uid}, no_new_privs, no capabilities${byRoot === null ? '' : ', namespaces made by root'}`,
    },
    downgrades: [],
    notes: byRoot === null ? [] : [rootsNamespaces(byRoot.because, uid)],
  };
}

function rootsNamespaces({ reason }: Lack, uid: number): Note {
  return {
    code: 'namespaces-by-root',
    text: `root makes the namespaces itself and gives itself up inside of them, because ${reason}; what uid ${uid} has running elsewhere counts towards resources.processes`,
  };
}

/** The ids that a real root supervisor gives the step; null where there is nothing to shed. */
export function shedIds(
  policy: Policy,
  host: Identity,
  workspaceOwner: { readonly uid: number; readonly gid: number },
): { readonly uid: number; readonly gid: number } | null {
  if (!host.realRoot || policy.privilege.mode.value === 'inherit') return null;
  return {
    uid: policy.privilege.uid.value ?? firstId(host.sudoUid, workspaceOwner.uid),
    gid: policy.privilege.gid.value ?? firstId(host.sudoGid, workspaceOwner.gid),
  };
}

function asOneself(policy: Policy, capabilities: Capabilities, host: Identity): PrivilegeDecision {
  const identity = ownIdentity(host);
  const tool = capabilities.sandbox.available ? capabilities.sandbox : capabilities.privilegeDrop;
  const { uid, gid } = policy.privilege;
  const notes: Note[] =
    (uid.value ?? identity.uid) !== identity.uid || (gid.value ?? identity.gid) !== identity.gid
      ? [
          {
            code: 'uid-not-changed',
            text: `privilege.uid and privilege.gid take effect only where the supervisor is root; the step runs as uid ${identity.uid}`,
          },
        ]
      : [];
  if (policy.privilege.mode.value === 'inherit') {
    return {
      identity,
      layer: { status: 'not-requested', mechanism: 'none' },
      downgrades: host.realRoot ? ROOT_UNDOES : [],
      notes,
    };
  }
  if (!tool.available) return { ...refusedDrop(host, downgradesOf('privilege', tool)), notes };
  if (host.uid === 0 && !capabilities.sandbox.available) {
    const { remedy } = capabilities.sandbox;
    const reason =
      'the supervisor is uid 0 of a user namespace, and without a sandbox the step keeps that uid and its capabilities';
    return {
      ...refusedDrop(host, [{ layer: 'privilege', code: 'uid-kept', reason, remedy }]),
      notes,
    };
  }
  return {
    identity,
    layer: { status: 'enforced', mechanism: `uid ${identity.uid}, no_new_privs, no capabilities` },
    downgrades: [],
    notes,
  };
}

function refusedDrop(host: Identity, downgrades: readonly Downgrade[]): PrivilegeDecision {
  return {
    identity: ownIdentity(host),
    layer: { status: 'unavailable', mechanism: `none: uid ${host.uid}` },
    downgrades,
    notes: [],
  };
}

/** uid 0 of a user namespace is nobody special outside, and should not look special inside. */
function ownIdentity(host: Identity): StepIdentity {
  const disguised = host.uid === 0 && !host.realRoot;
  return {
    uid: disguised ? DISGUISED_ID : host.uid,
    gid: disguised ? DISGUISED_ID : host.gid,
    name: disguised ? 'glovebox' : (host.userName ?? 'glovebox'),
    home: host.home,
    shed: false,
    byRoot: false,
  };
}

function firstId(...candidates: readonly (number | null)[]): number {
  return candidates.find((id) => id !== null && id !== 0) ?? SPARE_ID;
}
