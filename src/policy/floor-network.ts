import type { Knife } from './cuts.ts';
import { commonEntries, namesOne, strongest, unnamed } from './intersect.ts';
import type { EgressEntry, NetworkMode, Policy, PolicyValues, Source, Sourced } from './types.ts';

type Network = Policy['network'];
type Entries = readonly Sourced<EgressEntry>[];

/** What a floor says of egress: a mode, and what may be reached where the mode asks. */
interface Reach {
  readonly mode: Sourced<NetworkMode>;
  readonly allow: Entries;
}

const MODES: readonly NetworkMode[] = ['deny', 'allowlist', 'audit', 'unrestricted'];
const OPEN: readonly NetworkMode[] = ['audit', 'unrestricted'];

/** The network that both the policy and the floor allow. `source` stands for what the floor says by implication. */
export function boundNetwork(
  asked: Network,
  floor: NonNullable<PolicyValues['network']>,
  source: Source,
  knife: Knife,
): Network {
  return {
    ...boundReach(asked, reachOf(floor, source), knife),
    blockMetadata: knife.stricter(
      'network.block-metadata',
      asked.blockMetadata,
      floor.blockMetadata,
      [true, false],
    ),
    resolver: knife.same('network.resolver', asked.resolver, floor.resolver, "the system's"),
    backend: knife.same('network.backend', asked.backend, floor.backend, 'auto'),
    interface: knife.same('network.interface', asked.interface, floor.interface, 'none'),
    address: knife.same('network.address', asked.address, floor.address, 'none'),
    netmask: knife.same('network.netmask', asked.netmask, floor.netmask, 'none'),
    gateway: knife.same('network.gateway', asked.gateway, floor.gateway, 'none'),
    onBlocked: knife.stricter('network.on-blocked', asked.onBlocked, floor.onBlocked, [
      'fail',
      'warn',
      'ignore',
    ]),
    expectBlocked: boundExpected(asked.expectBlocked, floor, knife),
  };
}

/** A list alone is an allowlist, and an allowlist alone is an empty one. */
function reachOf(
  { mode, allow }: NonNullable<PolicyValues['network']>,
  source: Source,
): Reach | null {
  if (mode === undefined && allow === undefined) return null;
  return { mode: mode ?? { value: 'allowlist', source }, allow: allow ?? [] };
}

function boundReach(
  { mode, allow }: Network,
  floor: Reach | null,
  knife: Knife,
): Pick<Network, 'mode' | 'allow'> {
  // A list has no effect under deny, so nothing of it is lost.
  if (floor === null || mode.value === 'deny') return { mode, allow };
  const bounded = knife.stricter('network.mode', mode, floor.mode, MODES);
  if (bounded.value === 'deny') return { mode: bounded, allow: [] };
  return { mode: bounded, allow: boundAllow({ mode, allow }, floor, knife) };
}

function boundAllow(asked: Reach, floor: Reach, knife: Knife): Entries {
  const isOpen = ({ mode }: Reach): boolean => OPEN.includes(mode.value);
  if (!isOpen(asked) && !isOpen(floor)) return intersected(asked.allow, floor.allow, knife);
  // Everything is allowed on one side, but an address of the host itself only where both name it.
  const named = intersected(asked.allow, floor.allow, null).filter(({ value }) => namesOne(value));
  const rest = isOpen(floor) ? asked.allow : floor.allow;
  return each([...rest.map(({ value, source }) => ({ value: unnamed(value), source })), ...named]);
}

function boundExpected(
  asked: Entries,
  floor: NonNullable<PolicyValues['network']>,
  knife: Knife,
): Entries {
  const strict = floor.onBlocked?.value === 'fail';
  if (floor.expectBlocked === undefined && !strict) return asked;
  return intersected(asked, floor.expectBlocked ?? [], knife, 'network.expect-blocked');
}

/** What both lists hold, told to the knife where there is one. */
function intersected(
  asked: Entries,
  bounds: Entries,
  knife: Knife | null,
  path = 'network.allow',
): Entries {
  const parts = commonEntries(
    asked.map(({ value }) => value),
    bounds.map(({ value }) => value),
  );
  return each(
    asked.flatMap(({ value, source }, index) => {
      const left = parts[index] ?? [];
      knife?.narrowed(
        path,
        value.text,
        left.map(({ text }) => text),
      );
      return left.map((part) => ({ value: part, source }));
    }),
  );
}

/** Each entry once, the one that names the most. */
function each(entries: Entries): Entries {
  const kept = new Set(strongest(entries.map(({ value }) => value)));
  const first = new Set<EgressEntry>();
  return entries.filter(({ value }) => kept.has(value) && !first.has(value) && first.add(value));
}
