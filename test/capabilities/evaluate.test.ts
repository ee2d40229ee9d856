import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PACKAGE_OF } from '../../src/capabilities/missing-tool.ts';
import type { Capabilities, Lack } from '../../src/capabilities/capability.ts';
import { evaluate } from '../../src/capabilities/evaluate.ts';
import { TOOL_NAMES, type Facts, type ToolName } from '../../src/capabilities/facts.ts';
import { facts, NOT_TRIED, said, WORKED, type FactsOverrides } from '../fixtures/facts.ts';

type Name = Exclude<keyof Capabilities, 'memoryCgroup' | 'byRoot'>;
const NAMES: readonly Name[] = [
  ...(['namespaces', 'sandbox', 'syscalls', 'loopback', 'rules', 'doors'] as const),
  ...(['slirp4netns', 'overlay'] as const),
  ...(['limits', 'privilegeDrop'] as const),
];
const IN_NAMESPACES: readonly Name[] = NAMES.slice(0, 8);

const ROOT = { identity: { uid: 0, realRoot: true } };

function lackOf(overrides: FactsOverrides, name: Name): Lack {
  const verdict = evaluate(facts(overrides))[name];
  if (verdict.available) throw new Error(`${name} is available`);
  return verdict;
}

/** Tried only where they are wanted. */
const SPARE: readonly Name[] = ['pasta', 'macvlan'];

function lacking(overrides: FactsOverrides, names = NAMES): Name[] {
  const capabilities = evaluate(facts(overrides));
  return names.filter((name) => !capabilities[name].available);
}

describe('evaluate', () => {
  it('does not hold it against an overlay that no workspace was there to try', () => {
    expect(lacking({ attempts: { workspaceOverlay: NOT_TRIED } })).toEqual([]);
  });

  it('does not blame the workspace where no overlay can be mounted at all', () => {
    const overlay = said("unknown filesystem type 'overlay'");
    const { code, further } = lackOf(
      { attempts: { overlay, workspaceOverlay: overlay } },
      'overlay',
    );
    expect([code, further]).toEqual(['overlay-unsupported', undefined]);
  });

  it('lacks nothing on a healthy host, and hands the control group on', () => {
    const memoryCgroup = {
      version: 2,
      parent: '/sys/fs/cgroup/user',
      ceiling: null,
      scope: null,
    } as const;
    expect(lacking({})).toEqual([]);
    expect(evaluate(facts({ memoryCgroup })).memoryCgroup).toEqual(memoryCgroup);
  });

  it('has the other ways out where they were tried and worked', () => {
    const found = evaluate(facts({ ...ROOT, attempts: { pasta: WORKED, macvlan: WORKED } }));
    expect([found.pasta, found.macvlan]).toEqual([{ available: true }, { available: true }]);
  });

  it.each([
    ['darwin', 'macOS'],
    ['win32', 'Windows'],
    ['freebsd', 'freebsd'],
  ])('lacks everything on %s, and says that it is %s', (platform, told) => {
    const overrides: FactsOverrides = {
      host: { platform },
      memoryCgroup: { version: 2, parent: '/x', ceiling: null, scope: null },
    };
    expect(lacking(overrides)).toEqual(NAMES);
    expect(evaluate(facts(overrides)).memoryCgroup).toBeNull();
    for (const name of NAMES) {
      const lack = lackOf(overrides, name);
      expect(lack.code).toBe('platform-unsupported');
      expect(lack.reason).toContain(told);
      expect(lack.remedy).toContain('Linux');
    }
  });

  it.each<[ToolName, readonly Name[]]>([
    ['bwrap', ['sandbox', 'syscalls']],
    ['slirp4netns', ['slirp4netns']],
    ['nft', ['rules', 'doors']],
    ['ip', ['loopback']],
    ['unshare', IN_NAMESPACES],
    ['nsenter', IN_NAMESPACES],
    ['cat', IN_NAMESPACES],
    ['setpriv', ['privilegeDrop']],
    ['prlimit', ['sandbox', 'syscalls', 'limits']],
    ['mkfifo', ['sandbox', 'syscalls']],
    ['env', ['sandbox', 'syscalls']],
    ['mount', ['overlay']],
    ['rm', ['overlay']],
  ])('without %s lacks %j, and names tool and package', (tool, expected) => {
    const overrides = { missing: [tool] };
    expect(lacking(overrides)).toEqual(expected);
    for (const name of expected) {
      const lack = lackOf(overrides, name);
      expect(lack.code).toBe('tool-missing');
      expect(lack.reason).toContain(`\`${tool}\``);
      expect(lack.remedy).toContain(PACKAGE_OF[tool]);
    }
  });

  it.each<[string, FactsOverrides, Name, string, RegExp, RegExp]>([
    [
      'user namespaces are off',
      {
        attempts: { namespaces: said('unshare failed: No space left on device') },
        hints: { maxUserNamespaces: 0 },
      },
      'namespaces',
      'userns-disabled',
      /user\.max_user_namespaces is 0/,
      /sysctl -w user\.max_user_namespaces=/,
    ],
    [
      "Debian's sysctl is off",
      {
        attempts: { namespaces: said('unshare: Operation not permitted') },
        hints: { usernsClone: 0 },
      },
      'sandbox',
      'userns-disabled',
      /unprivileged_userns_clone is 0/,
      /sysctl -w kernel\.unprivileged_userns_clone=1/,
    ],
    [
      'no namespace is left',
      { attempts: { namespaces: said('unshare failed: No space left on device') } },
      'namespaces',
      'userns-limit',
      /used up/,
      /raise user\.max_user_namespaces/,
    ],
    [
      'AppArmor keeps namespaces from bwrap alone',
      {
        attempts: { bwrap: said('bwrap: setting up uid map: Permission denied') },
        hints: { apparmorRestrictsUserns: 1 },
      },
      'sandbox',
      'userns-apparmor',
      /AppArmor/,
      /AppArmor profile/,
    ],
    [
      "a container's seccomp profile",
      {
        attempts: { namespaces: said('unshare failed: Operation not permitted') },
        hints: { inContainer: true },
      },
      'rules',
      'container-seccomp',
      /seccomp/,
      /start the container/,
    ],
    [
      "a container's seccomp profile, on a host whose AppArmor would be next",
      {
        attempts: { namespaces: said('unshare: unshare failed: Operation not permitted') },
        hints: { seccompMode: 2, seccompFilters: 1, apparmorRestrictsUserns: 1 },
      },
      'namespaces',
      'container-seccomp',
      /runs under a seccomp filter/,
      /--security-opt seccomp=container\.json/,
    ],
    [
      'a chroot',
      {
        attempts: { namespaces: said('unshare failed: Operation not permitted') },
        hints: { chrooted: true },
      },
      'namespaces',
      'chroot',
      /this is a chroot/,
      /systemd-nspawn/,
    ],
    [
      'a covered /proc',
      {
        attempts: { namespaces: said('unshare: mount /proc failed: Operation not permitted') },
        hints: { seccompMode: 2, seccompFilters: 1, procCovered: true },
      },
      'namespaces',
      'container-proc',
      /parts of \/proc are covered/,
      /systempaths=unconfined/,
    ],
    [
      'a root that may not look into what it becomes',
      {
        ...ROOT,
        attempts: { namespaces: said('root cannot look into them without CAP_SYS_PTRACE') },
        hints: { seccompMode: 2, seccompFilters: 1, capabilitiesMissing: ['SYS_PTRACE'] },
      },
      'sandbox',
      'root-bounded',
      /has not the capabilities/,
      /--cap-add SYS_PTRACE;/,
    ],
    [
      'a root of a user namespace that has no capability in it',
      {
        identity: { uid: 0 },
        attempts: {
          namespaces: said('unshare: write failed /proc/self/uid_map: Operation not permitted'),
        },
        hints: { inContainer: true, seccompMode: 2, seccompFilters: 1 },
      },
      'sandbox',
      'root-bounded',
      /has not CAP_SETFCAP/,
      /--cap-add SETFCAP/,
    ],
    [
      'a bounded root outside of containers',
      {
        ...ROOT,
        attempts: { namespaces: said('unshare: unshare failed: Operation not permitted') },
        hints: { capabilitiesMissing: ['SYS_ADMIN'] },
      },
      'sandbox',
      'root-bounded',
      /has not the capabilities/,
      /ordinary user, or leave root CAP_SYS_ADMIN$/,
    ],
    [
      "a container's AppArmor",
      {
        attempts: { bwrap: said('bwrap: Failed to mount tmpfs: Permission denied') },
        hints: { apparmorProfile: 'docker-default' },
      },
      'sandbox',
      'container-apparmor',
      /AppArmor profile/,
      /apparmor=unconfined/,
    ],
    [
      "a container's AppArmor, on a machine that has more of it",
      {
        attempts: {
          namespaces: said('unshare: cannot change root filesystem propagation: Permission denied'),
        },
        hints: {
          ...{ inContainer: true, seccompMode: 2, seccompFilters: 1 },
          ...{ apparmorProfile: 'docker-default', apparmorRestrictsUserns: 1 },
        },
      },
      'sandbox',
      'container-apparmor',
      /AppArmor profile/,
      /apparmor=unconfined, and on the machine .*sysctl -w kernel\.apparmor/,
    ],
    [
      "Ubuntu's AppArmor, in a container that has none of its own",
      {
        attempts: {
          namespaces: said('unshare: write failed /proc/self/uid_map: Operation not permitted'),
        },
        hints: {
          ...{ inContainer: true, seccompMode: 2, seccompFilters: 1 },
          apparmorRestrictsUserns: 1,
        },
      },
      'sandbox',
      'userns-apparmor',
      /AppArmor keeps unprivileged/,
      /^on the machine that the container runs on: /,
    ],
    [
      'a kernel without filters',
      { attempts: { seccomp: said('bwrap: prctl(PR_SET_SECCOMP): Invalid argument') } },
      'syscalls',
      'seccomp-unsupported',
      /no seccomp filters/,
      /CONFIG_SECCOMP_FILTER/,
    ],
    [
      'filters that nobody could count',
      { hints: { seccompMode: 2, seccompFilters: null } },
      'syscalls',
      'seccomp-unseen',
      /does not count filters/,
      /Linux 5\.9/,
    ],
    [
      'an architecture without a table',
      { host: { arch: 'riscv64' } },
      'syscalls',
      'arch-unknown',
      /riscv64/,
      /x86_64 or arm64/,
    ],
    [
      'an unknown cause',
      { attempts: { namespaces: said('strange\nsecond line') } },
      'namespaces',
      'namespaces-failed',
      /\(strange\)$/,
      /doctor/,
    ],
    [
      'bubblewrap is too old',
      { attempts: { bwrap: said('bwrap: Unknown option --perms') } },
      'sandbox',
      'tool-too-old',
      /bubblewrap is too old/,
      /bubblewrap 0\.6/,
    ],
    [
      'loopback cannot be brought up',
      { attempts: { ip: said('RTNETLINK answers: Operation not permitted') } },
      'loopback',
      'ip-failed',
      /RTNETLINK/,
      /doctor/,
    ],
    [
      'the kernel has no nf_tables',
      {
        attempts: {
          nft: said('netlink: Error: cache initialization failed: Protocol not supported'),
        },
      },
      'rules',
      'nft-unsupported',
      /nf_tables/,
      /^sudo modprobe -a nf_tables nft_reject_inet$/,
    ],
    [
      'nft is too old',
      { attempts: { nft: said('/dev/stdin:1:1: Error: syntax error, unexpected string') } },
      'rules',
      'tool-too-old',
      /nft is too old/,
      /nftables 0\.9\.8/,
    ],
    [
      'the kernel translates no addresses',
      { attempts: { doors: said('Error: Could not process rule: No such file or directory') } },
      'doors',
      'nat-unsupported',
      /no address translation/,
      /^sudo modprobe -a nft_nat nf_nat nft_chain_nat$/,
    ],
    [
      'address translation fails for a reason of its own',
      { attempts: { doors: said('Error: something else') } },
      'doors',
      'doors-failed',
      /translate addresses.*something else/,
      /doctor/,
    ],
    [
      'there is no tun',
      {
        attempts: { slirp4netns: said('open("/dev/net/tun"): No such file or directory') },
        hints: { tunExists: false, tunOpens: false },
      },
      'slirp4netns',
      'tun-missing',
      /no \/dev\/net\/tun/,
      /modprobe tun/,
    ],
    [
      'tun is closed',
      {
        attempts: { slirp4netns: said('open("/dev/net/tun"): Permission denied') },
        hints: { tunOpens: false },
      },
      'slirp4netns',
      'tun-closed',
      /may not be opened/,
      /setfacl --modify user:1001:rw \/dev\/net\/tun \|\| sudo chown 1001 /,
    ],
    [
      'tun is closed in a container, where it has the mode that it had outside',
      {
        attempts: { slirp4netns: said('child failed(1)') },
        hints: { tunOpens: false, inContainer: true },
      },
      'slirp4netns',
      'tun-closed',
      /may not be opened/,
      /on the machine: sudo chmod 0666/,
    ],
    [
      'slirp4netns is too old',
      {
        attempts: {
          slirp4netns: said("slirp4netns: unrecognized option '--enable-seccomp'"),
        },
      },
      'slirp4netns',
      'tool-too-old',
      /slirp4netns is too old/,
      /slirp4netns 1\.0/,
    ],
    [
      'tun is closed for pasta too',
      {
        attempts: { pasta: said('Failed to open() /dev/net/tun: Permission denied') },
        hints: { tunOpens: false },
      },
      'pasta',
      'tun-closed',
      /may not be opened/,
      /setfacl --modify user:1001:rw \/dev\/net\/tun \|\| sudo chown 1001 /,
    ],
    [
      'pasta is too old',
      { attempts: { pasta: said("pasta: unrecognized option '--ns-ifname'") } },
      'pasta',
      'tool-too-old',
      /pasta is too old/,
      /passt of 2023/,
    ],
    [
      'pasta is missing',
      { missing: ['pasta'] },
      'pasta',
      'tool-missing',
      /`pasta` was not found/,
      /^install the package passt$/,
    ],
    [
      'pasta fails',
      { attempts: { pasta: said('odd') } },
      'pasta',
      'pasta-failed',
      /odd/,
      /leave network.backend out/,
    ],
    [
      'an ordinary user wants a macvlan',
      { attempts: { macvlan: WORKED } },
      'macvlan',
      'macvlan-unprivileged',
      /only root/,
      /run as root/,
    ],
    [
      'there is no such interface',
      { ...ROOT, attempts: { macvlan: said('Cannot find device "eth7"') } },
      'macvlan',
      'interface-missing',
      /no interface of this host/,
      /ip link/,
    ],
    [
      'the interface is down',
      { ...ROOT, attempts: { macvlan: said('eth7 is down') } },
      'macvlan',
      'interface-down',
      /carries nothing/,
      /ip link set/,
    ],
    [
      'an interface takes no macvlan',
      { ...ROOT, attempts: { macvlan: said('RTNETLINK answers: Invalid argument') } },
      'macvlan',
      'macvlan-unsupported',
      /not on an interface of this kind/,
      /name a network card/,
    ],
    [
      'the kernel has no macvlan',
      { ...ROOT, attempts: { macvlan: said('Error: Unknown device type.') } },
      'macvlan',
      'macvlan-unsupported',
      /no macvlan/,
      /modprobe macvlan/,
    ],
    [
      'the kernel has no overlayfs',
      { attempts: { overlay: said("mount: unknown filesystem type 'overlay'.") } },
      'overlay',
      'overlay-unsupported',
      /no overlayfs/,
      /modprobe overlay/,
    ],
    [
      'the scratch directory holds no upper layer',
      { attempts: { overlay: said('mount: wrong fs type, bad option, bad superblock') } },
      'overlay',
      'overlay-scratch',
      /scratch directory/,
      /TMPDIR/,
    ],
    [
      'scratch files lie on the overlay of a container',
      {
        attempts: { overlay: said('mount: wrong fs type, bad option, bad superblock') },
        scratchOnOverlay: true,
      },
      'overlay',
      'overlay-scratch',
      /lie on an overlay/,
      /--volume \/var\/tmp/,
    ],
    [
      'the workspace cannot lie below an overlay',
      { attempts: { workspaceOverlay: said('mount: wrong fs type, bad option') } },
      'overlay',
      'overlay-workspace',
      /over the workspace/,
      /ext4/,
    ],
    [
      'something is mounted in the workspace',
      { attempts: { workspaceOverlay: said('something is mounted in it: "/w/cache"') } },
      'overlay',
      'overlay-nested',
      /"\/w\/cache"/,
      /unmount/,
    ],
    [
      'mount takes no notice of idmaps',
      {
        attempts: {
          idmap: said(
            'mount does not know X-mount.idmap, and nsenter: failed to execute perl: none',
          ),
        },
      },
      'idmap',
      'tool-too-old',
      /mount is too old/,
      /2\.39/,
    ],
    [
      'the file system has no idmaps',
      { attempts: { idmap: said('mount: wrong fs type, bad option') } },
      'idmap',
      'idmap-unsupported',
      /idmapped mounts/,
      /5\.19/,
    ],
    [
      'a filter shuts the calls for idmaps',
      {
        attempts: {
          idmap: said('mount does not know X-mount.idmap, and open_tree: Function not implemented'),
        },
        hints: { seccompMode: 2, seccompFilters: 1 },
      },
      'idmap',
      'idmap-unsupported',
      /the seccomp filter that/,
      /the user whom the workspace belongs to/,
    ],
    [
      'something was not tried',
      { attempts: { overlay: NOT_TRIED } },
      'overlay',
      'not-probed',
      /not tried/,
      /doctor/,
    ],
  ])('when %s', (_name, overrides, name, code, reason, remedy) => {
    const lack = lackOf(overrides, name);
    expect(lack.code).toBe(code);
    expect(lack.reason).toMatch(reason);
    expect(lack.remedy).toMatch(remedy);
  });

  // A root supervisor sheds its uid first, and then meets what an ordinary user does.
  it.each<[string, Partial<Facts['hints']>, string]>([
    ["Debian's sysctl", { usernsClone: 0 }, 'userns-disabled'],
    ['AppArmor', { apparmorRestrictsUserns: 1 }, 'userns-apparmor'],
    ['no namespaces at all', { maxUserNamespaces: 0 }, 'userns-disabled'],
    ['the container', { inContainer: true }, 'container-seccomp'],
    ['gVisor', { flavour: 'gvisor', inContainer: true }, 'gvisor'],
    ['ubuntu-slim', { flavour: 'slim' }, 'hosted-container'],
    ['WSL 1', { flavour: 'wsl1' }, 'wsl1'],
    [
      'AppArmor in a container',
      { apparmorRestrictsUserns: 1, inContainer: true },
      'userns-apparmor',
    ],
  ])('tells root as any user of %s', (_name, hints, code) => {
    for (const identity of [{}, { uid: 0, realRoot: true }, { uid: 0, realRoot: false }]) {
      const overrides = {
        identity,
        hints,
        attempts: { namespaces: said('Operation not permitted') },
      };
      expect(lackOf(overrides, 'namespaces').code).toBe(code);
    }
  });

  // As they are in a container that was started without options, with Docker's profile for AppArmor.
  it.each<[string, FactsOverrides, string, string]>([
    ['an ordinary user', {}, 'container-seccomp', ''],
    ['root', ROOT, 'root-bounded', ' --cap-add SYS_PTRACE --cap-add SYS_ADMIN'],
    ['root of a rootless container', { identity: { uid: 0 } }, 'container-seccomp', ''],
  ])('tells %s in a container all its options at once', (_name, who, code, added) => {
    const lack = lackOf(
      {
        ...who,
        scratchOnOverlay: true,
        attempts: { namespaces: said('unshare: unshare failed: Operation not permitted') },
        hints: {
          ...{ inContainer: true, seccompMode: 2, seccompFilters: 1, procCovered: true },
          ...{ apparmorProfile: 'docker-default', tunExists: false, tunOpens: false },
          capabilitiesMissing: ['SYS_PTRACE', 'SYS_ADMIN'],
        },
      },
      'sandbox',
    );
    const options = ['seccomp=container.json', 'systempaths=unconfined', 'apparmor=unconfined'];
    expect(lack.code).toBe(code);
    expect(lack.remedy).toContain(
      `with ${options.map((one) => `--security-opt ${one}`).join(' ')}${added} --device /dev/net/tun --volume /var/tmp;`,
    );
  });

  it('names the failure of the namespaces for all that stands in them', () => {
    const attempts = { namespaces: said('no'), bwrap: NOT_TRIED, seccomp: NOT_TRIED };
    for (const name of IN_NAMESPACES)
      expect(lackOf({ attempts }, name).code).toBe('namespaces-failed');
    expect(lacking({ attempts })).toEqual(IN_NAMESPACES);
  });

  it('says only the first line of what a tool said', () => {
    expect(lackOf({ attempts: { bwrap: said('\n first \nsecond') } }, 'sandbox').reason).toBe(
      'bubblewrap could not build a sandbox (first)',
    );
  });
});

const attempt = fc.oneof(
  fc.constant(WORKED),
  fc.constant(NOT_TRIED),
  fc
    .oneof(
      fc.string(),
      fc.constantFrom(
        'Operation not permitted',
        'Permission denied',
        'unknown option',
        'syntax error',
        'No such device',
        'Invalid argument',
        'No space left on device',
      ),
    )
    .map(said),
);
const anyFacts: fc.Arbitrary<FactsOverrides> = fc.record({
  missing: fc.subarray([...TOOL_NAMES]),
  identity: fc.record({ realRoot: fc.boolean() }),
  attempts: fc.record({
    namespaces: attempt,
    bwrap: attempt,
    seccomp: attempt,
    ip: attempt,
    nft: attempt,
    doors: attempt,
    slirp4netns: attempt,
    pasta: attempt,
    macvlan: attempt,
    overlay: attempt,
  }),
  hints: fc.record({
    maxUserNamespaces: fc.constantFrom(null, 0, 15_000),
    usernsClone: fc.constantFrom(null, 0, 1),
    apparmorRestrictsUserns: fc.constantFrom(null, 0, 1),
    tunExists: fc.boolean(),
    tunOpens: fc.boolean(),
    inContainer: fc.boolean(),
    seccompMode: fc.constantFrom(null, 0, 2),
    seccompFilters: fc.constantFrom(null, 0, 1),
    chrooted: fc.boolean(),
    procCovered: fc.boolean(),
    apparmorProfile: fc.constantFrom(null, 'docker-default'),
  }),
});

describe('evaluate on any facts', () => {
  const EVERY = [...NAMES, ...SPARE];

  it('gives each lack a stable code, a reason and a remedy', () => {
    fc.assert(
      fc.property(anyFacts, (overrides) => {
        for (const name of lacking(overrides, EVERY)) {
          const lack = lackOf(overrides, name);
          expect(lack.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
          expect(lack.reason).toMatch(/\S/);
          expect(lack.remedy).toMatch(/\S/);
        }
      }),
    );
  });

  it('never calls available what was not tried, or tried in vain', () => {
    const tried = {
      namespaces: 'namespaces',
      sandbox: 'bwrap',
      syscalls: 'seccomp',
      loopback: 'ip',
      rules: 'nft',
      doors: 'doors',
      slirp4netns: 'slirp4netns',
      pasta: 'pasta',
      macvlan: 'macvlan',
      overlay: 'overlay',
    } as const;
    fc.assert(
      fc.property(anyFacts, (overrides) => {
        const lacks = lacking(overrides, EVERY);
        const { attempts } = facts(overrides);
        const inVain = Object.entries(tried).filter(
          ([, subject]) => attempts.namespaces !== WORKED || attempts[subject] !== WORKED,
        );
        expect(lacks).toEqual(expect.arrayContaining(inVain.map(([name]) => name)));
      }),
    );
  });

  it('never gains by losing a tool', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...TOOL_NAMES), (overrides, tool) => {
        const less = { ...overrides, missing: [...(overrides.missing ?? []), tool] };
        expect(lacking(less, EVERY)).toEqual(expect.arrayContaining(lacking(overrides, EVERY)));
      }),
    );
  });
});
