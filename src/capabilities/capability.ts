import type { MemoryCgroup } from './facts.ts';

/** Why something cannot be had, and what would mend it. */
export interface Lack {
  readonly available: false;
  /** Stable, for machines: `userns-blocked`, `tool-missing`. */
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  /** What keeps it away besides: to mend the first would not be enough. */
  readonly further?: readonly Lack[];
}

export interface Have {
  readonly available: true;
}

export type Capability = Have | Lack;

export interface Capabilities {
  /** User, network, mount and pid namespaces of our own. */
  readonly namespaces: Capability;
  /** bubblewrap inside them. */
  readonly sandbox: Capability;
  /** Filters of system calls in bubblewrap, whose force can be seen. */
  readonly syscalls: Capability;
  /** Loopback and routes in the sealed network. */
  readonly loopback: Capability;
  /** nftables rules in the sealed network. */
  readonly rules: Capability;
  /** Address translation by nftables, on which the gateway for names rests. */
  readonly doors: Capability;
  /** A way out through slirp4netns. */
  readonly slirp4netns: Capability;
  /** A way out through pasta. */
  readonly pasta: Capability;
  /** A way out over a link of the sandbox's own on an interface of the host. */
  readonly macvlan: Capability;
  readonly overlay: Capability;
  /** A root supervisor can show somebody's files as the step's own. */
  readonly idmap: Capability;
  /** A root supervisor can give them away one by one, in an overlay below that of the step. */
  readonly overlayTwice: Capability;
  readonly limits: Capability;
  /** no_new_privs and another uid without a sandbox. */
  readonly privilegeDrop: Capability;
  /** Root's own privileges stand in for user namespaces, and why these cannot be had; null: they can. */
  readonly byRoot: { readonly because: Lack } | null;
  /** null: memory is watched, not held by the kernel. */
  readonly memoryCgroup: MemoryCgroup | null;
}

export const HAVE: Have = { available: true };

/** Everything that keeps it away, each thing once. */
export function lacksOf(verdict: Capability): readonly Lack[] {
  if (verdict.available) return [];
  const { further = [], ...lack } = verdict;
  return [lack, ...further];
}

/** What needs all of these. What was not tried for want of another one says nothing besides. */
export function allOf(...verdicts: readonly Capability[]): Capability {
  const lacks = verdicts.flatMap(lacksOf);
  const known = lacks.filter(({ code }) => code !== 'not-probed');
  const told = new Map((known.length > 0 ? known : lacks).map((one) => [one.reason, one]));
  const [lack, ...further] = told.values();
  return lack === undefined ? HAVE : further.length === 0 ? lack : { ...lack, further };
}
