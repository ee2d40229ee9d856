import type { Capabilities, Capability, Lack } from '../capabilities/capability.ts';
import { isAtLeast } from '../capabilities/supply.ts';
import type { Backend, Policy } from '../policy/types.ts';
import { addressed, macvlanRoutes } from './macvlan.ts';

/** What carries packets between the sandbox and the host's network. */
export interface UplinkPlan {
  readonly backend: Backend;
  /** Full argument list; HOLDER_PID and NETWORK_FILE stand for what is known only when the holder stands. */
  readonly argv: readonly string[];
}

/** The pid of a process in the sandbox's network, as the host counts. */
export const HOLDER_PID = '{pid}';
/** A file that is the sandbox's network namespace. */
export const NETWORK_FILE = '{network}';

/** The step's side of each uplink. */
export const LINK = 'tap0';

interface UplinkTools {
  readonly ip: string;
  readonly pasta: string;
  readonly slirp4netns: readonly string[];
  readonly slirp4netnsVersion: string | null;
}

/** Those that may carry the packets, the preferred one first. */
export function backendsOf(asked: 'auto' | Backend): readonly Backend[] {
  return asked === 'auto' ? ['slirp4netns', 'pasta'] : [asked];
}

/** The first that works; where none does, why the preferred one does not. */
export interface Choice {
  readonly backend: Backend;
  readonly verdict: Capability;
  /** Why others that come before it were passed over. */
  readonly passedOver: readonly Lack[];
}

export function chooseUplink(
  network: Policy['network'],
  capabilities: Capabilities,
  hostAddresses: readonly string[],
): Choice {
  const backends = backendsOf(network.backend.value);
  const [preferred = 'slirp4netns'] = backends;
  const backend = backends.find((one) => capabilities[one].available) ?? preferred;
  const before = backends.slice(0, backends.indexOf(backend)).map((one) => capabilities[one]);
  return {
    backend,
    verdict:
      backend === 'macvlan'
        ? addressed(network, capabilities.macvlan, hostAddresses)
        : capabilities[backend],
    passedOver: before.filter((one): one is Lack => !one.available),
  };
}

export interface UplinkRequest {
  readonly backend: Backend;
  readonly tools: UplinkTools;
  /** Something on the host's loopback is to be reached: there the gateway listens. */
  readonly loopback: boolean;
  /** The host's interface, for a macvlan. */
  readonly interface: string | null;
  /** There is no user namespace, and root attaches it. */
  readonly byRoot: boolean;
}

export function planUplink({ backend, tools, loopback, ...link }: UplinkRequest): UplinkPlan {
  switch (backend) {
    case 'slirp4netns':
      return { backend, argv: slirp4netns({ tools, loopback, byRoot: link.byRoot }) };
    case 'pasta':
      return { backend, argv: pasta(tools, loopback) };
    case 'macvlan':
      return { backend, argv: macvlan(tools, link.interface ?? '') };
  }
}

function slirp4netns({
  tools,
  loopback,
  byRoot,
}: Pick<UplinkRequest, 'tools' | 'loopback' | 'byRoot'>): string[] {
  return [
    ...tools.slirp4netns,
    '--configure',
    '--mtu=65520',
    ...(loopback ? [] : ['--disable-host-loopback']),
    // The rules refuse its resolver anyway; an older slirp4netns just does not know the option.
    ...(isAtLeast(tools.slirp4netnsVersion ?? '0', '1.1') ? ['--disable-dns'] : []),
    '--enable-ipv6',
    '--enable-sandbox',
    '--enable-seccomp',
    '--ready-fd=3',
    '--exit-fd=4',
    ...(byRoot ? ['--netns-type=path', NETWORK_FILE] : [HOLDER_PID]),
    LINK,
  ];
}

/**
 * With the addresses of slirp4netns, so that the same rules hold. No port is forwarded, in neither
 * direction; its router stands for the host's loopback only where the gateway listens there.
 */
function pasta({ pasta: program }: UplinkTools, loopback: boolean): string[] {
  return [
    program,
    ...['--foreground', '--quiet'],
    ...['--tcp-ports', 'none', '--udp-ports', 'none', '--tcp-ns', 'none', '--udp-ns', 'none'],
    ...(loopback ? [] : ['--no-map-gw']),
    ...['--no-dhcp', '--no-dhcpv6', '--no-ra', '--config-net', '--ns-ifname', LINK],
    ...['--address', '10.0.2.100', '--netmask', '24', '--gateway', '10.0.2.2'],
    ...['--address', 'fd00::100', '--gateway', 'fd00::2'],
    ...['--netns-only', '--no-netns-quit', '--netns', '/proc/self/fd/0'],
  ];
}

/** Private: neither the host nor another sandbox on the same interface is in its sight. */
function macvlan({ ip }: UplinkTools, parent: string): string[] {
  return [
    ip,
    ...['link', 'add', 'link', parent, 'name', LINK, 'netns', HOLDER_PID],
    ...['type', 'macvlan', 'mode', 'private'],
  ];
}

/** What `ip` does inside once the uplink is there, line by line. */
export function routesOf(backend: Backend, network: Policy['network']): readonly string[] {
  if (backend !== 'macvlan')
    return [
      `address replace fd00::100/64 dev ${LINK} nodad`,
      `route replace ::/0 via fd00::2 dev ${LINK}`,
    ];
  return macvlanRoutes(network, LINK);
}
