import type { Capability } from '../capabilities/capability.ts';
import type { Backend, Policy } from '../policy/types.ts';
import { TABLE } from './nft.ts';
import { type RulesetRequest, rulesets } from './ruleset.ts';
import type { Feed } from './types.ts';
import { routesOf } from './uplink.ts';

/** An address that means nothing outside (RFC 7600), so that refused packets have a source. */
export const LOOPBACK_SOURCE = '192.0.0.8';

interface FeedTools {
  readonly ip: string;
  readonly nft: readonly string[];
  readonly tee: string;
}

export function loadRules(request: RulesetRequest, tools: FeedTools): Feed[] {
  return rulesets(request).map((stdin) => ({ argv: [...tools.nft, '-f', '-'], stdin }));
}

/** Packets must reach the rules to be refused and recorded, so everything is routed to loopback. */
export function loopbackRoutes(tools: FeedTools): Feed[] {
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
export function kernelSettings({ tee }: FeedTools, backend: Backend): Feed[] {
  const settings: readonly (readonly [string, string])[] = [
    ['ipv4/ping_group_range', '0 0'],
    ['ipv6/conf/default/accept_dad', '0'],
    // The network around the host is not to give the step further addresses and routes.
    ...(backend === 'macvlan' ? [['ipv6/conf/default/disable_ipv6', '1'] as const] : []),
  ];
  return settings.map(([name, value]) => ({
    argv: [tee, `/proc/sys/net/${name}`],
    stdin: `${value}\n`,
    optional: true,
  }));
}

/** Without its address a macvlan is of no use; the other two have theirs but for IPv6. */
export function routesOut(
  loopback: Capability,
  policy: Policy,
  tools: FeedTools,
  backend: Backend,
): Feed[] {
  const batch = ipBatch(tools, routesOf(backend, policy.network));
  if (backend === 'macvlan') return [batch];
  return loopback.available ? [{ ...batch, optional: true }] : [];
}

function ipBatch({ ip }: FeedTools, lines: readonly string[]): Feed {
  return { argv: [ip, '-batch', '-'], stdin: `${lines.join('\n')}\n` };
}

export function counterQuery(tools: FeedTools): string[] {
  return [...tools.nft, '-j', 'list', 'table', 'inet', TABLE];
}
