import {
  allOf,
  type Capabilities,
  type Capability,
  type Lack,
} from '../capabilities/capability.ts';
import type { AddressEntry, Backend, NameEntry, NetworkMode, Policy } from '../policy/types.ts';
import { downgradesOf } from './downgrade.ts';
import {
  counterQuery,
  kernelSettings,
  loadRules,
  LOOPBACK_SOURCE,
  loopbackRoutes,
  routesOut,
} from './network-feeds.ts';
import { ownLoopback } from './own-loopback.ts';
import { allowsNames, reachesNothing } from './reach.ts';
import type { RulesetRequest } from './ruleset.ts';
import type { Downgrade, LayerPlan, NetworkPlan, Note } from './types.ts';
import { chooseUplink, planUplink } from './uplink.ts';

const UNUSED: Note = {
  code: 'allow-unused',
  text: 'network.allow has no effect under network.mode deny: set the mode to allowlist',
};

export interface NetworkDecision {
  readonly network: NetworkPlan;
  readonly layer: LayerPlan;
  readonly downgrades: readonly Downgrade[];
  readonly notes: readonly Note[];
}

interface NetworkTools {
  readonly ip: string;
  readonly nft: readonly string[];
  readonly tee: string;
  readonly pasta: string;
  readonly slirp4netns: readonly string[];
  readonly slirp4netnsVersion: string | null;
}

/** The host itself is out of a macvlan's sight, and with it the gateway. */
const NO_NAMES_BY_MACVLAN: Lack = {
  available: false,
  code: 'macvlan-names',
  reason: 'names cannot be reached through a macvlan: their gateway is on the host',
  remedy: 'allow addresses, or leave network.backend out',
};

/** Decides how the step's network is made, and what of the request it cannot hold. */
export function planNetwork(
  policy: Policy,
  capabilities: Capabilities,
  hostAddresses: readonly string[],
  tools: NetworkTools,
): NetworkDecision {
  const decision = decide(policy, capabilities, hostAddresses, tools);
  const note = decision.network.kind === 'routed' ? ownLoopback(policy.network) : null;
  return note === null ? decision : { ...decision, notes: [...decision.notes, note] };
}

function decide(
  policy: Policy,
  capabilities: Capabilities,
  hostAddresses: readonly string[],
  tools: NetworkTools,
): NetworkDecision {
  const { mode, allow, blockMetadata } = policy.network;
  const entries = allow.map(({ value }) => value);
  const addresses = entries.filter((entry): entry is AddressEntry => entry.kind === 'address');
  const names = entries.filter((entry): entry is NameEntry => entry.kind === 'name');
  // An audit asks for a record, so it cannot be had without a sandbox either.
  const wanted = mode.value !== 'unrestricted' || blockMetadata.value;

  if (!capabilities.sandbox.available) {
    const besides = reachesNothing(policy.network)
      ? []
      : wayOut(policy, capabilities, hostAddresses);
    return hostNetwork(
      wanted ? downgradesOf('network', allOf(capabilities.sandbox, ...besides)) : [],
    );
  }
  const request: RulesetRequest = {
    mode: mode.value,
    entries: addresses,
    blockMetadata: blockMetadata.value,
    hostAddresses: hostAddresses.map((address) => ({
      family: address.includes(':') ? 6 : 4,
      address,
    })),
    loopbackAddress: LOOPBACK_SOURCE,
    gateway: null,
  };
  // A seal has one part fewer.
  if (reachesNothing(policy.network)) {
    const decision = sealedNetwork(capabilities, { ...request, entries: [] }, tools);
    return entries.length === 0 ? decision : { ...decision, notes: [...decision.notes, UNUSED] };
  }
  const { backend, verdict, passedOver } = chooseUplink(
    policy.network,
    capabilities,
    hostAddresses,
  );
  if (!verdict.available) {
    return hostNetwork(
      wanted ? downgradesOf('network', allOf(...wayOut(policy, capabilities, hostAddresses))) : [],
    );
  }
  const downgrades: Downgrade[] = [];
  const named = allowsNames(policy.network);
  const { rules } = capabilities;
  const doors = doorsOver(backend, capabilities);
  if (named && !doors.available && rules.available) {
    downgrades.push(...downgradesOf('network', doors));
  }
  if (!rules.available && wanted) {
    downgrades.push(...downgradesOf('network', rules));
  }
  // Only the rules keep the step from the rest of the loopback on which the gateway listens.
  const gateway = gatewayKind(mode.value, named, rules.available && doors.available);
  return routedNetwork({
    ...{ policy, capabilities, tools, backend, passedOver, downgrades, wanted, names },
    request: { ...request, loopbackAddress: null, exposed: backend === 'macvlan', gateway },
  });
}

/** What a way out needs besides a sandbox. */
function wayOut(
  { network }: Policy,
  capabilities: Capabilities,
  hostAddresses: readonly string[],
): Capability[] {
  const { backend, verdict } = chooseUplink(network, capabilities, hostAddresses);
  const doors = allowsNames(network) ? [doorsOver(backend, capabilities)] : [];
  return [verdict, capabilities.rules, ...doors];
}

function doorsOver(backend: Backend, { doors }: Capabilities): Capability {
  return backend === 'macvlan' ? NO_NAMES_BY_MACVLAN : doors;
}

/** An audit records names as well, where it can; an allowlist needs the gateway only for its names. */
function gatewayKind(
  mode: NetworkMode,
  named: boolean,
  available: boolean,
): RulesetRequest['gateway'] {
  if (!available) return null;
  return mode === 'audit' ? 'record' : named ? 'doors' : null;
}

function hostNetwork(downgrades: readonly Downgrade[]): NetworkDecision {
  return {
    network: {
      kind: 'host',
      seal: [],
      uplink: null,
      route: [],
      gateway: null,
      counters: null,
    },
    layer: {
      status: downgrades.length > 0 ? 'unavailable' : 'not-requested',
      mechanism: "none: the host's own network",
    },
    downgrades,
    notes: [],
  };
}

function sealedNetwork(
  capabilities: Capabilities,
  request: RulesetRequest,
  tools: NetworkTools,
): NetworkDecision {
  const missing = [capabilities.loopback, capabilities.rules].find((verdict) => !verdict.available);
  if (missing !== undefined && !missing.available) {
    return {
      network: {
        kind: 'bare',
        seal: [],
        uplink: null,
        route: [],
        gateway: null,
        counters: null,
      },
      layer: { status: 'enforced', mechanism: 'network namespace with loopback only' },
      downgrades: [],
      notes: [
        {
          code: 'egress-not-recorded',
          text: `nothing can leave, but what was tried is not recorded: ${missing.reason}`,
        },
      ],
    };
  }
  return {
    network: {
      kind: 'sealed',
      seal: [...loadRules(request, tools), ...loopbackRoutes(tools)],
      uplink: null,
      route: [],
      gateway: null,
      counters: counterQuery(tools),
    },
    layer: {
      status: 'enforced',
      mechanism: 'network namespace with loopback only, attempts refused by nftables',
    },
    downgrades: [],
    notes: [],
  };
}

interface RoutedRequest {
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  readonly request: RulesetRequest;
  readonly tools: NetworkTools;
  readonly backend: Backend;
  readonly passedOver: readonly Lack[];
  readonly downgrades: readonly Downgrade[];
  readonly wanted: boolean;
  readonly names: readonly NameEntry[];
}

function routedNetwork({
  policy,
  capabilities,
  request,
  tools,
  backend,
  passedOver,
  downgrades,
  wanted,
  names,
}: RoutedRequest): NetworkDecision {
  const ruled = capabilities.rules.available;
  return {
    network: {
      kind: 'routed',
      seal: ruled ? [...loadRules(request, tools), ...kernelSettings(tools, backend)] : [],
      uplink: planUplink({
        ...{ backend, tools, interface: policy.network.interface.value },
        byRoot: capabilities.byRoot !== null,
        // The gateway is on that loopback; the rules let nothing through but what a door sent there.
        loopback: request.gateway !== null,
      }),
      route: routesOut(capabilities.loopback, policy, tools, backend),
      gateway:
        request.gateway !== null && ruled
          ? {
              kind: request.gateway,
              names,
              resolver: policy.network.resolver.value,
              blockMetadata: request.blockMetadata,
              hostAddresses: request.hostAddresses.map(({ address }) => address),
              nft: [...tools.nft, '-f', '-'],
            }
          : null,
      counters: ruled ? counterQuery(tools) : null,
    },
    layer: {
      status: !wanted
        ? 'not-requested'
        : !ruled
          ? 'unavailable'
          : downgrades.length > 0
            ? 'downgraded'
            : 'enforced',
      mechanism: ruled
        ? `network namespace, nftables ${request.mode === 'allowlist' ? 'default drop' : 'recording'}, ${backend}${request.gateway === 'doors' ? ', gateway for names' : ''}`
        : `network namespace, ${backend}, no rules`,
    },
    downgrades,
    notes: [
      ...passedOver.map((lack) => insteadOf(lack, backend)),
      ...ipv6Notes(capabilities.loopback, backend),
    ],
  };
}

function insteadOf({ reason }: Lack, backend: Backend): Note {
  return { code: 'uplink-chosen', text: `${backend} carries the packets, because ${reason}` };
}

function ipv6Notes(loopback: Capability, backend: Backend): Note[] {
  const why =
    backend === 'macvlan'
      ? 'a macvlan has the one address that the policy gives it'
      : loopback.available
        ? null
        : loopback.reason;
  return why === null
    ? []
    : [{ code: 'ipv6-not-routed', text: `IPv6 does not leave the sandbox: ${why}` }];
}
