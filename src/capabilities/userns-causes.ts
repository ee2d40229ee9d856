import type { Cause } from './cause.ts';
import type { Facts } from './facts.ts';

const ON_MACHINE = 'on the machine that the container runs on: ';
const OPEN_USERNS =
  '`glovebox doctor --fix` loads an AppArmor profile for unshare; or: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';

/** All at once: whoever had to start the container anew for each would do it five times. */
function startAnew({ hints, identity, scratchOnOverlay }: Facts): string {
  const { seccompMode, inContainer, procCovered, apparmorProfile, tunExists } = hints;
  // What a container's own profile allows, Ubuntu keeps from those that have none.
  const next = apparmorProfile !== null && hints.apparmorRestrictsUserns === 1;
  const options = [
    ...(seccompMode === 2 || inContainer ? ['--security-opt seccomp=container.json'] : []),
    ...(procCovered ? ['--security-opt systempaths=unconfined'] : []),
    ...(apparmorProfile === null ? [] : ['--security-opt apparmor=unconfined']),
    ...(identity.realRoot ? hints.capabilitiesMissing.map((name) => `--cap-add ${name}`) : []),
    ...(tunExists ? [] : ['--device /dev/net/tun']),
    ...(scratchOnOverlay ? ['--volume /var/tmp'] : []),
  ];
  return `start the container also with ${options.join(' ')}${next ? `, and ${ON_MACHINE}${OPEN_USERNS}` : ''}; docs/containers.md has each of them, and Kubernetes`;
}

const FORBIDDEN = /operation not permitted|permission denied/i;

/** A container says no before anything of the machine itself is asked. */
const CONTAINER_CAUSES: readonly Cause[] = [
  {
    code: 'root-bounded',
    when: ({ hints, identity }, said) =>
      identity.realRoot &&
      hints.capabilitiesMissing.length > 0 &&
      (said.includes('CAP_SYS_PTRACE') || (FORBIDDEN.test(said) && !/mount/i.test(said))),
    why: 'root has not the capabilities here with which it prepares a sandbox, as in most containers',
    remedy: (facts) =>
      facts.hints.inContainer || facts.hints.seccompMode === 2
        ? `${startAnew(facts)}; an ordinary user (--user) needs no --cap-add`
        : `run Glovebox as an ordinary user, or leave root ${facts.hints.capabilitiesMissing.map((name) => `CAP_${name}`).join(', ')}`,
  },
  {
    code: 'root-bounded',
    when: ({ hints, identity }, said) =>
      identity.uid === 0 &&
      hints.apparmorRestrictsUserns !== 1 &&
      /uid_map: operation not permitted/i.test(said),
    why: 'uid 0 has not CAP_SETFCAP here, with which alone it gets a user namespace of its own',
    remedy:
      'run Glovebox as an ordinary user, or leave root that one (in a container: --cap-add SETFCAP)',
  },
  {
    code: 'container-seccomp',
    when: ({ hints }, said) => hints.seccompMode === 2 && /unshare failed: op/i.test(said),
    why: 'Glovebox runs under a seccomp filter, such as that of a container, which forbids namespaces',
    remedy: startAnew,
  },
  {
    code: 'container-proc',
    when: ({ hints }, said) =>
      hints.procCovered && /mount.*proc/i.test(said) && FORBIDDEN.test(said),
    why: 'parts of /proc are covered here, so the kernel lets nobody mount a fresh one',
    remedy: startAnew,
  },
  {
    code: 'container-apparmor',
    when: ({ hints }, said) =>
      hints.apparmorProfile !== null && /(?:mount|propagation).*permission denied/i.test(said),
    why: 'the AppArmor profile that Glovebox runs under forbids mounts',
    remedy: startAnew,
  },
];

/** Why no namespaces can be had. */
export const USERNS_CAUSES: readonly Cause[] = [
  {
    code: 'gvisor',
    when: ({ hints }) => hints.flavour === 'gvisor',
    why: 'gVisor stands for the kernel here, and has not all that a sandbox is built of',
    remedy: 'run the job on a machine or in a container without gVisor',
  },
  {
    code: 'wsl1',
    when: ({ hints }) => hints.flavour === 'wsl1',
    why: 'WSL 1 is no Linux kernel',
    remedy: 'wsl --set-version DISTRIBUTION 2',
  },
  {
    code: 'hosted-container',
    when: ({ hints }) => hints.flavour === 'slim',
    why: 'this hosted runner is an unprivileged container, as ubuntu-slim is',
    remedy: 'runs-on: ubuntu-latest',
  },
  {
    code: 'userns-disabled',
    when: ({ hints }) => hints.maxUserNamespaces === 0,
    why: 'user.max_user_namespaces is 0',
    remedy: 'sudo sysctl -w user.max_user_namespaces=15000',
  },
  {
    code: 'userns-disabled',
    when: ({ hints }) => hints.usernsClone === 0,
    why: 'kernel.unprivileged_userns_clone is 0',
    remedy: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    code: 'userns-limit',
    when: (_, said) => /no space left on device/i.test(said),
    why: 'the number of user namespaces is used up, or a namespace above this one allows none',
    remedy: 'raise user.max_user_namespaces on the host, or in the container that this runs in',
  },
  {
    code: 'chroot',
    when: ({ hints }) => hints.chrooted,
    why: 'this is a chroot, in which the kernel gives nobody what a sandbox is built of',
    remedy:
      'enter the directory by systemd-nspawn --directory, or as a container, instead of chroot',
  },
  ...CONTAINER_CAUSES,
  {
    code: 'userns-apparmor',
    when: ({ hints }) => hints.apparmorRestrictsUserns === 1,
    why: 'AppArmor keeps unprivileged programs from using user namespaces',
    remedy: ({ hints }) => `${hints.inContainer ? ON_MACHINE : ''}${OPEN_USERNS}`,
  },
  {
    code: 'container-seccomp',
    when: ({ hints }, said) =>
      (hints.inContainer || hints.seccompMode === 2) && FORBIDDEN.test(said),
    why: "the container's seccomp profile or masked /proc forbids it",
    remedy: startAnew,
  },
];
