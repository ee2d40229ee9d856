import type { Lack } from './evaluate.ts';
import { type Attempt, type Facts, SPARE_TOOLS, type ToolFact, type ToolName } from './facts.ts';

type Subject = Exclude<keyof Facts['attempts'], 'privileges'>;

/** The package that carries each tool, under the name that most distributions share. */
export const PACKAGE_OF: Readonly<Record<ToolName, string>> = {
  bwrap: 'bubblewrap',
  slirp4netns: 'slirp4netns',
  pasta: 'passt',
  nft: 'nftables',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  prlimit: 'util-linux',
  mount: 'mount',
  flock: 'util-linux',
  chown: 'coreutils',
  mknod: 'coreutils',
  mkfifo: 'coreutils',
  rm: 'coreutils',
  tee: 'coreutils',
  cat: 'coreutils',
  env: 'coreutils',
  'systemd-run': 'systemd',
  perl: 'perl',
};

export function missingTool(name: ToolName, { passedOver = [] }: ToolFact): Lack {
  return {
    available: false,
    code: 'tool-missing',
    reason:
      passedOver.length === 0
        ? `\`${name}\` was not found on PATH or in the system's own directories`
        : `no \`${name}\` that was found can be used: ${passedOver.join('; ')}`,
    // What a run can do without it leaves alone.
    remedy: `install the package ${PACKAGE_OF[name]}${SPARE_TOOLS.includes(name) ? '' : ' (`glovebox doctor --fix` does it)'}`,
  };
}

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

interface Cause {
  readonly code: string;
  readonly when: (facts: Facts, said: string) => boolean;
  readonly why: string;
  readonly remedy: string | ((facts: Facts, said: string) => string);
}

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

const USERNS_CAUSES: readonly Cause[] = [
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

/** Both of the programs that carry packets open it. */
const TUN_CAUSES: readonly Cause[] = [
  {
    code: 'tun-missing',
    when: ({ hints }) => !hints.tunExists,
    why: 'there is no /dev/net/tun',
    remedy: 'sudo modprobe tun; in a container start it with --device /dev/net/tun',
  },
  {
    code: 'tun-closed',
    when: ({ hints }) => !hints.tunOpens,
    why: '/dev/net/tun may not be opened by this user',
    remedy: ({ identity, hints }) =>
      hints.inContainer
        ? 'on the machine: sudo chmod 0666 /dev/net/tun, its usual mode; then start the container anew'
        : `sudo setfacl --modify user:${identity.uid}:rw /dev/net/tun || sudo chown ${identity.uid} /dev/net/tun`,
  },
];

/** Doctor does not try what only a policy asks for. */
const UNKNOWN: Partial<Record<Subject, string>> = {
  pasta: 'leave network.backend out, or set it to slirp4netns; docs/hosts.md has what each needs',
  macvlan: 'leave network.backend out; docs/policy.md has what a macvlan needs',
};

/** What could not work, as the host shows, had the program been there to be tried. */
const KNOWN_UNTRIED: Partial<typeof CAUSES> = { slirp4netns: TUN_CAUSES, pasta: TUN_CAUSES };

const CAUSES: Readonly<Record<Subject, readonly Cause[]>> = {
  namespaces: USERNS_CAUSES,
  bwrap: [
    {
      code: 'tool-too-old',
      when: (_, said) => /unknown option|unrecognized option/i.test(said),
      why: 'this bubblewrap is too old',
      remedy: 'install bubblewrap 0.6 or newer',
    },
    ...USERNS_CAUSES,
  ],
  seccomp: [
    {
      code: 'seccomp-unsupported',
      when: (_, said) => /seccomp/i.test(said),
      why: 'the kernel has no seccomp filters',
      remedy: 'use a kernel with CONFIG_SECCOMP_FILTER',
    },
  ],
  ip: [],
  nft: [
    {
      code: 'nft-unsupported',
      when: (_, said) => /not supported|no such file or directory|protocol/i.test(said),
      why: 'the kernel has no nf_tables, or its module is not loaded',
      remedy: 'sudo modprobe -a nf_tables nft_reject_inet',
    },
    {
      code: 'tool-too-old',
      when: (_, said) => /syntax error/i.test(said),
      why: 'this nft is too old',
      remedy: 'install nftables 0.9.8 or newer',
    },
  ],
  doors: [
    {
      code: 'nat-unsupported',
      when: (_, said) => /not supported|no such file or directory|protocol/i.test(said),
      why: 'the kernel has no address translation for nf_tables, or its module is not loaded',
      remedy: 'sudo modprobe -a nft_nat nf_nat nft_chain_nat',
    },
  ],
  slirp4netns: [
    ...TUN_CAUSES,
    {
      code: 'tool-too-old',
      when: (_, said) => /unrecognized option|unknown option/i.test(said),
      why: 'this slirp4netns is too old',
      remedy: 'install slirp4netns 1.0 or newer',
    },
  ],
  pasta: [
    ...TUN_CAUSES,
    {
      code: 'tool-too-old',
      when: (_, said) => /unrecognized option|unknown option|^usage:/i.test(said),
      why: 'this pasta is too old',
      remedy: 'install passt of 2023 or newer',
    },
  ],
  macvlan: [
    {
      code: 'interface-missing',
      when: (_, said) => /cannot find device|no such device/i.test(said),
      why: 'network.interface names no interface of this host',
      remedy: 'name one that `ip link` shows',
    },
    {
      code: 'interface-down',
      when: (_, said) => said.endsWith(' is down'),
      why: 'network.interface carries nothing: it is switched off, or nothing is connected',
      remedy: (_, said) => `connect it, and: sudo ip link set ${said.replace(/ is down$/, '')} up`,
    },
    {
      code: 'macvlan-unsupported',
      when: (_, said) => /unknown device type|not supported|invalid argument/i.test(said),
      why: 'the kernel has no macvlan, or not on an interface of this kind',
      remedy:
        'name a network card in network.interface; sudo modprobe macvlan; or leave network.backend out',
    },
  ],
  overlay: [
    {
      code: 'overlay-unsupported',
      when: (_, said) => /unknown filesystem type|no such device/i.test(said),
      why: 'the kernel has no overlayfs',
      remedy: 'sudo modprobe overlay, or set filesystem.mode',
    },
    {
      code: 'overlay-scratch',
      when: ({ scratchOnOverlay }) => scratchOnOverlay,
      why: 'scratch files lie on an overlay, as most files of a container do, and no upper layer can',
      remedy:
        'in a container: --volume /var/tmp (Kubernetes: an emptyDir there); or set TMPDIR to a directory on ext4, xfs, btrfs or a recent tmpfs',
    },
    {
      code: 'overlay-scratch',
      when: (_, said) =>
        /wrong fs type|invalid argument|operation not permitted|permission denied/i.test(said),
      why: 'the kernel is older than 5.11, or the scratch directory is itself on a file system that cannot hold an upper layer',
      remedy: 'set TMPDIR to a directory on ext4, xfs, btrfs or a recent tmpfs',
    },
  ],
  workspaceOverlay: [
    {
      code: 'overlay-nested',
      when: (_, said) => said.startsWith('something is mounted in it'),
      why: 'an ordinary user may not lay an overlay over mounts of others',
      remedy: 'unmount that, run Glovebox as root, or set filesystem.mode',
    },
    {
      code: 'overlay-workspace',
      when: () => true,
      why: 'the file system of the workspace cannot lie below an overlay, as one on two overlays cannot',
      remedy: 'check out on ext4, xfs, btrfs or tmpfs, or set filesystem.mode',
    },
  ],
  idmap: [
    {
      code: 'tool-too-old',
      when: (_, said) => /X-mount\.idmap.* perl/.test(said),
      why: 'this mount is too old, and Perl is not there to do without it',
      remedy: 'install perl, or util-linux 2.39 or newer',
    },
    {
      code: 'idmap-unsupported',
      when: ({ hints }, said) =>
        hints.seccompMode === 2 && /not implemented|attach idmapping/i.test(said),
      why: 'the seccomp filter that Glovebox runs under shuts the calls for that',
      remedy: 'run Glovebox as the user whom the workspace belongs to',
    },
    {
      code: 'idmap-unsupported',
      when: () => true,
      why: 'the kernel or the file system of the workspace has no idmapped mounts',
      remedy: 'Linux 5.19 or newer, and the workspace on ext4, xfs, btrfs or tmpfs',
    },
  ],
  overlayTwice: [
    {
      code: 'overlay-twice',
      when: () => true,
      why: 'the workspace is itself on an overlay',
      remedy: 'check out on ext4, xfs, btrfs or tmpfs',
    },
  ],
};

function lack(code: string, reason: string, remedy: string): Lack {
  return { available: false, code, reason, remedy };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? '';
}
