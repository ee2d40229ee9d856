import type { Cause } from './cause.ts';
import type { Facts } from './facts.ts';
import { USERNS_CAUSES } from './userns-causes.ts';

export type Subject = Exclude<keyof Facts['attempts'], 'privileges'>;

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

/** What could not work, as the host shows, had the program been there to be tried. */
export const KNOWN_UNTRIED: Partial<Record<Subject, readonly Cause[]>> = {
  slirp4netns: TUN_CAUSES,
  pasta: TUN_CAUSES,
};

/** Of each subject the first that fits is told, so the more certain stand first. */
export const CAUSES: Readonly<Record<Subject, readonly Cause[]>> = {
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
