import type { Capabilities } from '../capabilities/evaluate.ts';
import type { AddressEntry, NameEntry, NetworkMode, Policy } from '../policy/types.ts';
import { downgradeOf } from './downgrade.ts';
import { TABLE } from './nft.ts';
import { allowsNames, reachesNothing } from './reach.ts';
import { type RulesetRequest, rulesets } from './ruleset.ts';
import type { Downgrade, Feed, LayerPlan, NetworkPlan, Note } from './types.ts';

/** An address that means nothing outside (RFC 7600), so that refused packets have a source. */
const LOOPBACK_SOURCE = '192.0.0.8';

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
  readonly slirp4netns: readonly string[];
  readonly slirp4netnsVersion: string | null;
}

/** Decides how the step's network is made, and what of the request it cannot hold. */
export function planNetwork(
  policy: Policy,
  capabilities: Capabilities,
  hostAddresses: readonly string[],
  tools: NetworkTools,
): NetworkDecision {
  const { mode, allow, blockMetadata, resolver } = policy.network;
  const entries = allow.map(({ value }) => value);
  const addresses = entries.filter((entry): entry is AddressEntry => entry.kind === 'address');
  const names = entries.filter((entry): entry is NameEntry => entry.kind === 'name');
  // An audit asks for a record, so it cannot be had without a sandbox either.
  const wanted = mode.value !== 'unrestricted' || blockMetadata.value;

  if (!capabilities.sandbox.available) {
    return hostNetwork(wanted ? [downgradeOf('network', capabilities.sandbox)] : []);
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
  if (!capabilities.egress.available) {
    return hostNetwork(wanted ? [downgradeOf('network', capabilities.egress)] : []);
  }
  const downgrades: Downgrade[] = [];
  const named = allowsNames(policy.network);
  const { rules, doors } = capabilities;
  if (named && !doors.available && rules.available) {
    downgrades.push(downgradeOf('network', doors));
  }
  if (!rules.available && wanted) {
    downgrades.push(downgradeOf('network', rules));
  }
  // Only the rules keep the step from the rest of the loopback on which the gateway listens.
  const gateway = gatewayKind(mode.value, named, rules.available && doors.available);
  return routedNetwork(
    capabilities,
    { ...request, loopbackAddress: null, gateway },
    tools,
    downgrades,
    wanted,
    names,
    resolver.value,
  );
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
      slirp4netns: null,
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
        slirp4netns: null,
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
      slirp4netns: null,
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

function routedNetwork(
  capabilities: Capabilities,
  request: RulesetRequest,
  tools: NetworkTools,
  downgrades: readonly Downgrade[],
  wanted: boolean,
  names: readonly NameEntry[],
  resolver: string | null,
): NetworkDecision {
  const ruled = capabilities.rules.available;
  const notes: Note[] = capabilities.loopback.available
    ? []
    : [
        {
          code: 'ipv6-not-routed',
          text: `IPv6 does not leave the sandbox: ${capabilities.loopback.reason}`,
        },
      ];
  return {
    network: {
      kind: 'routed',
      seal: ruled ? [...loadRules(request, tools), ...kernelSettings(tools)] : [],
      slirp4netns: [
        ...tools.slirp4netns,
        '--configure',
        '--mtu=65520',
        // The gateway is on that loopback; the rules let nothing through but what a door sent there.
        ...(request.gateway === null ? ['--disable-host-loopback'] : []),
        ...(atLeast(tools.slirp4netnsVersion, 1, 1) ? ['--disable-dns'] : []),
        '--enable-ipv6',
        '--enable-sandbox',
        '--enable-seccomp',
        '--ready-fd=3',
        '--exit-fd=4',
        'tap0',
      ],
      route: capabilities.loopback.available ? [routeOut(tools)] : [],
      gateway:
        request.gateway !== null && ruled
          ? {
              kind: request.gateway,
              names,
              resolver,
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
        ? `network namespace, nftables ${request.mode === 'allowlist' ? 'default drop' : 'recording'}, slirp4netns${request.gateway === 'doors' ? ', gateway for names' : ''}`
        : 'network namespace, slirp4netns, no rules',
    },
    downgrades,
    notes,
  };
}

/** The rules refuse its resolver anyway; an older slirp4netns just does not know the option. */
function atLeast(version: string | null, major: number, minor: number): boolean {
  const [ofMajor = 0, ofMinor = 0] = (version ?? '').split('.').map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}

function loadRules(request: RulesetRequest, tools: NetworkTools): Feed[] {
  return rulesets(request).map((stdin) => ({ argv: [...tools.nft, '-f', '-'], stdin }));
}

/** Packets must reach the rules to be refused and recorded, so everything is routed to loopback. */
function loopbackRoutes(tools: NetworkTools): Feed[] {
  return [
    ipBatch(tools, [
      'link set lo up',
      `address add ${LOOPBACK_SOURCE}/32 dev lo`,
      `route add default dev lo src ${LOOPBACK_SOURCE}`,
    ]),
    { ...ipBatch(tools, ['route add ::/0 dev lo']), optional: true },
  ];
}

/** Unprivileged ping for the step's group; no wait for duplicate addresses. */
function kernelSettings({ tee }: NetworkTools): Feed[] {
  return [
    { argv: [tee, '/proc/sys/net/ipv4/ping_group_range'], stdin: '0 0\n', optional: true },
    { argv: [tee, '/proc/sys/net/ipv6/conf/default/accept_dad'], stdin: '0\n', optional: true },
  ];
}

function routeOut(tools: NetworkTools): Feed {
  const lines = [
    'address replace fd00::100/64 dev tap0 nodad',
    'route replace ::/0 via fd00::2 dev tap0',
  ];
  return { ...ipBatch(tools, lines), optional: true };
}

function ipBatch({ ip }: NetworkTools, lines: readonly string[]): Feed {
  return { argv: [ip, '-batch', '-'], stdin: `${lines.join('\n')}\n` };
}

function counterQuery(tools: NetworkTools): string[] {
  return [...tools.nft, '-j', 'list', 'table', 'inet', TABLE];
}
