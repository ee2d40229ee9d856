import type { Lack } from './capability.ts';
import { CAUSES, KNOWN_UNTRIED, type Subject } from './causes.ts';
import type { Attempt, Facts } from './facts.ts';

const WHAT: Readonly<Record<Subject, string>> = {
  namespaces: 'user, network, mount and pid namespaces could not be created',
  bwrap: 'bubblewrap could not build a sandbox',
  seccomp: 'bubblewrap could not put a filter of system calls in force',
  ip: 'loopback could not be brought up in a new network namespace',
  nft: 'an nftables ruleset could not be loaded in a new network namespace',
  doors: 'nftables could not translate addresses in a new network namespace',
  slirp4netns: 'slirp4netns could not attach to a new network namespace',
  pasta: 'pasta could not attach to a new network namespace',
  macvlan: 'no macvlan could be made',
  overlay: 'overlayfs could not be mounted',
  workspaceOverlay: 'overlayfs could not be mounted over the workspace',
  idmap: "the workspace could not be mounted with the step as its files' owner",
  overlayTwice: 'an overlay could not be mounted on another one over the workspace',
};

/** Doctor does not try what only a policy asks for. */
const UNKNOWN: Partial<Record<Subject, string>> = {
  pasta: 'leave network.backend out, or set it to slirp4netns; docs/hosts.md has what each needs',
  macvlan: 'leave network.backend out; docs/policy.md has what a macvlan needs',
};

/** Names the cause of a failed attempt and what mends it, from what was said and what the host shows. */
export function diagnose(subject: Subject, attempt: Attempt, facts: Facts): Lack {
  const causes = attempt.tried ? CAUSES[subject] : (KNOWN_UNTRIED[subject] ?? []);
  const said = !attempt.tried || attempt.ok ? '' : firstLine(attempt.said);
  const because = said === '' ? WHAT[subject] : `${WHAT[subject]} (${said})`;
  const cause = causes.find(({ when }) => when(facts, said));
  if (cause === undefined && !attempt.tried)
    return lack('not-probed', `${WHAT[subject]}: it was not tried`, 'run `glovebox doctor`');
  if (cause === undefined) {
    return lack(
      `${subject}-failed`,
      because,
      UNKNOWN[subject] ?? 'run `glovebox doctor` and see docs/hosts.md',
    );
  }
  const { remedy } = cause;
  const told = typeof remedy === 'string' ? remedy : remedy(facts, said);
  return lack(cause.code, `${because}: ${cause.why}`, told);
}

function lack(code: string, reason: string, remedy: string): Lack {
  return { available: false, code, reason, remedy };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? '';
}
