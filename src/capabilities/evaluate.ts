import { missingTool } from './missing-tool.ts';
import { diagnose } from './diagnose.ts';
import { isArch } from '../seccomp/syscalls.ts';
import { allOf, type Capabilities, type Capability, HAVE, type Lack } from './capability.ts';
import type { Attempt, Facts, ToolName } from './facts.ts';

const MACVLAN_FOR_ROOT: Lack = {
  available: false,
  code: 'macvlan-unprivileged',
  reason: 'only root can put a link of its own on an interface of the host',
  remedy: 'run as root, or leave network.backend out',
};

const PASTA_BY_ROOT: Lack = {
  available: false,
  code: 'pasta-by-root',
  reason: 'without user namespaces pasta cannot reach the network of the sandbox and give up root',
  remedy: 'install slirp4netns, or open user namespaces',
};

/** Turns what probing found into verdicts with reasons. */
export function evaluate(facts: Facts): Capabilities {
  if (facts.host.platform !== 'linux') return nothingOn(facts.host.platform);

  const first = (...verdicts: Capability[]): Capability =>
    verdicts.find((verdict) => !verdict.available) ?? HAVE;
  const tools = (...names: ToolName[]): Capability =>
    allOf(
      ...names.map((name) => {
        const fact = facts.tools[name];
        return fact.path === null ? missingTool(name, fact) : HAVE;
      }),
    );
  const seen = (subject: Parameters<typeof diagnose>[0], attempt: Attempt): Capability =>
    worked(attempt) ? HAVE : diagnose(subject, attempt, facts);

  const made = withoutRoot(seen('namespaces', facts.attempts.namespaces), facts);
  const byRoot = made.available || !worked(facts.attempts.privileges) ? null : { because: made };
  const namespaces = allOf(
    tools('unshare', 'nsenter', 'cat'),
    byRoot === null ? made : tools('setpriv', 'mount'),
  );
  // Root binds what its step, which is not root, may not reach itself.
  const forRoot: ToolName[] = facts.identity.uid === 0 ? ['mount'] : [];
  const sandbox = first(
    allOf(tools('bwrap', 'prlimit', 'mkfifo', 'env', ...forRoot), namespaces),
    withoutRoot(seen('bwrap', facts.attempts.bwrap), facts),
  );
  // An attempt may have failed for what was missing, and says nothing besides.
  const tried = (name: Parameters<typeof diagnose>[0], needs: Capability): Capability =>
    needs.available
      ? seen(name, facts.attempts[name])
      : allOf(needs, diagnose(name, { tried: false }, facts));
  const within = (...names: ToolName[]): Capability => allOf(tools(...names), namespaces);
  return {
    namespaces,
    sandbox,
    syscalls: first(sandbox, seen('seccomp', facts.attempts.seccomp), visible(facts)),
    loopback: tried('ip', within('ip')),
    rules: tried('nft', within('nft')),
    doors: tried('doors', within('nft')),
    slirp4netns: tried('slirp4netns', within('slirp4netns')),
    pasta: first(byRoot === null ? HAVE : PASTA_BY_ROOT, tried('pasta', within('pasta', 'mount'))),
    macvlan: first(
      facts.identity.realRoot ? HAVE : MACVLAN_FOR_ROOT,
      tried('macvlan', within('ip')),
    ),
    // Where none can be mounted at all, what the workspace lies on is not to blame.
    overlay: first(
      tried('overlay', within('mount', 'rm')),
      // Without a workspace there was nothing to try.
      facts.attempts.workspaceOverlay.tried
        ? seen('workspaceOverlay', facts.attempts.workspaceOverlay)
        : HAVE,
    ),
    idmap: tried('idmap', within('mount')),
    overlayTwice: seen('overlayTwice', facts.attempts.overlayTwice),
    limits: tools('prlimit'),
    privilegeDrop: tools('setpriv'),
    byRoot,
    memoryCgroup: facts.memoryCgroup,
  };
}

function worked(attempt: Attempt): boolean {
  return attempt.tried && attempt.ok;
}

/** Where root's own privileges were tried as well, and did not do either, that is part of the reason. */
function withoutRoot(verdict: Capability, { attempts: { privileges } }: Facts): Capability {
  if (verdict.available || !privileges.tried || privileges.ok) return verdict;
  const said = privileges.said.trim().split('\n')[0] ?? '';
  return { ...verdict, reason: `${verdict.reason}; nor by root's own privileges (${said})` };
}

/** A filter whose force cannot be seen is not promised. */
function visible({ host, hints }: Facts): Capability {
  if (!isArch(host.arch)) {
    return {
      available: false,
      code: 'arch-unknown',
      reason: `there is no table of system calls for ${host.arch}`,
      remedy: 'run on x86_64 or arm64',
    };
  }
  if (hints.seccompMode === 2 && hints.seccompFilters === null) {
    return {
      available: false,
      code: 'seccomp-unseen',
      reason:
        'Glovebox runs under a filter itself, and this kernel does not count filters, so nobody could see that the step has one more',
      remedy: 'run on Linux 5.9 or newer, or outside of a container',
    };
  }
  return HAVE;
}

function nothingOn(platform: string): Capabilities {
  const lack: Lack = {
    available: false,
    code: 'platform-unsupported',
    reason: `${platformName(platform)} has no Linux namespaces, so no step can be sealed here`,
    remedy: 'run the job on a Linux runner',
  };
  return {
    namespaces: lack,
    sandbox: lack,
    syscalls: lack,
    loopback: lack,
    rules: lack,
    doors: lack,
    slirp4netns: lack,
    pasta: lack,
    macvlan: lack,
    overlay: lack,
    idmap: lack,
    overlayTwice: lack,
    limits: lack,
    privilegeDrop: lack,
    byRoot: null,
    memoryCgroup: null,
  };
}

function platformName(platform: string): string {
  return platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform;
}
