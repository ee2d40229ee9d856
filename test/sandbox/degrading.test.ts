import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_OF } from '../../src/capabilities/missing-tool.ts';
import { type ToolName, TOOL_NAMES } from '../../src/capabilities/facts.ts';
import { isAtLeast } from '../../src/capabilities/supply.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { shared } from '../lab/attempts.ts';
import {
  bare,
  bash,
  CLI,
  INTERNET,
  NODE,
  PERSONA,
  policy,
  type Ran,
  workspace,
} from '../lab/glovebox.ts';
import { withMounts } from '../lab/mounts.ts';

const ROOT = PERSONA === 'root';
const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Each file under which this tool is found. */
function filesOf(tool: ToolName): string[] {
  const files = DIRECTORIES.map((directory) => join(directory, tool)).filter((path) =>
    existsSync(path),
  );
  return [...new Set(files.map((file) => realpathSync(file)))];
}

/** `mount` hides itself last. */
function without(...tools: readonly ToolName[]): string[] {
  const files = [...tools.flatMap(filesOf)].sort(
    (a, b) => Number(a.endsWith('/mount')) - Number(b.endsWith('/mount')),
  );
  return withMounts(files.map((file) => `mount --bind /dev/null ${file}`).join('\n'));
}

interface Degraded extends Ran {
  readonly report: EffectiveSandbox;
  /** The step left its mark. */
  readonly ran: boolean;
  /** Where it ran. */
  readonly workspace: string;
  /** `layer/code` of each downgrade. */
  readonly downgrades: readonly string[];
  readonly notes: readonly string[];
}

/** A file that only a step on the host's own file tree sees. */
const SECRET = join(workspace({ secret: '' }), 'secret');

/** Marks that it ran, and tells which network and which files it has. */
const TELL = `readlink /proc/self/ns/net; [ -e ${SECRET} ] && echo 'sees the host'; :
`;

/** Runs a step with what a prefix leaves of the machine. */
function sealWithin(
  prefix: readonly string[],
  options: readonly string[] = [],
  step = TELL,
): Degraded {
  const directory = mkdtempSync('/var/tmp/lab-mark-');
  const where = workspace();
  for (const path of [directory, where]) chmodSync(path, 0o777);
  chmodSync(join(SECRET, '..'), 0o755);
  const mark = join(directory, 'mark');
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const write = policy(`version: 1\nfilesystem: {write: [${directory}]}\n`);
  const ran = bare(
    [
      ...prefix,
      ...[NODE, CLI, 'run', '-p', write, '--report', file, ...options, '--'],
      ...bash(`echo > ${mark}\n${step}`),
    ],
    { cwd: where, env: { SECRET_TOKEN: 'of the job' } },
  );
  if (!existsSync(file)) throw new Error(`no report was written: ${ran.code} ${ran.stderr}`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
  return {
    ...ran,
    report,
    ran: existsSync(mark),
    workspace: where,
    downgrades: report.downgrades.map(({ layer, code }) => `${layer}/${code}`),
    notes: report.notes.map(({ code }) => code),
  };
}

/** The seal from the rest of a workflow is no command's that is run by hand. */
const openLayers = ({ enforced }: EffectiveSandbox): string[] =>
  Object.entries(enforced).flatMap(([layer, isEnforced]) =>
    isEnforced || layer === 'runner' ? [] : [layer],
  );

/** Whether a step that told was sealed in as the report has it. */
function toldTruth({ stdout, report }: Degraded): boolean {
  const sealedNetwork = !stdout.includes(readlinkSync('/proc/self/ns/net'));
  const sealedFiles = !stdout.includes('sees the host');
  return (
    /net:\[\d+\]/.test(stdout) &&
    sealedNetwork === (report.layers.network.status !== 'unavailable') &&
    sealedFiles === (report.layers.filesystem.status !== 'unavailable')
  );
}

const ALL = ['network', 'filesystem', 'resources', 'privilege', 'syscalls', 'environment'];
const FAIL = ['--on-unavailable', 'fail'];
const DEGRADE = ['--on-unavailable', 'degrade'];
const ALLOWLIST = ['--network', 'allowlist', '--allow', `${INTERNET.allowed}:80`];

describe('with everything there', () => {
  it.each([
    ['deny', []],
    ['an allowlist', ALLOWLIST],
  ])('the same detour changes nothing: %s', (_, options) => {
    const sealed = sealWithin(withMounts(''), options);
    expect(sealed.code).toBe(0);
    expect(sealed.ran).toBe(true);
    expect(openLayers(sealed.report)).toEqual([]);
    expect(sealed.downgrades).toEqual([]);
    expect(toldTruth(sealed)).toBe(true);
  });
});

describe('a bwrap that a step could have put there', () => {
  it.each([
    ['its own file', 0o755, /could be rewritten by a step/],
    ['setuid', 0o4755, /it is setuid/],
  ])('is not started: %s', (_, mode, reason) => {
    const directory = workspace();
    const started = join(directory, 'started');
    const program = join(directory, 'bwrap');
    writeFileSync(program, `#!/bin/sh\ntouch ${started}\necho bubblewrap 9.9.9\n`);
    for (const path of [directory, program]) chmodSync(path, mode);
    const found = ['env', `PATH=${directory}:${process.env['PATH'] ?? ''}`];
    const { code, report } = sealWithin([...without('bwrap'), ...found]);
    const [lack] = report.downgrades;
    expect([code, lack?.code, lack?.reason]).toEqual([
      ...[125, 'tool-missing', expect.stringMatching(reason)],
    ]);
    expect(existsSync(started)).toBe(false);
    // The control: it can be started, and would be taken for a new one.
    expect(bare([...found, 'bwrap', '--version']).stdout).toBe('bubblewrap 9.9.9\n');
    expect(existsSync(started)).toBe(true);
  });
});

describe('another program that a step could have put there', () => {
  it.each(['pasta', 'setpriv'] as const)('is not started: %s', (name) => {
    const directory = workspace();
    const started = join(directory, 'started');
    const program = join(directory, name);
    writeFileSync(program, `#!/bin/sh\ntouch ${started}\necho 2024_08_21\n`);
    for (const path of [directory, program]) chmodSync(path, 0o755);
    const found = ['env', `PATH=${directory}:${process.env['PATH'] ?? ''}`];
    const { ran } = sealWithin([...without(name), ...found], DEGRADE);
    expect([ran, existsSync(started)]).toEqual([true, false]);
    // The control: it can be started.
    expect(bare([...found, name]).stdout).toBe('2024_08_21\n');
    expect(existsSync(started)).toBe(true);
  });

  // What comes out belongs to the workspace's owner, and so to root where that is root's.
  it('nor one that came out of a step', () => {
    const hidden = filesOf('pasta').map((path) => `mount --bind /dev/null ${path}; `);
    const mounts = `${hidden.join('')}mount -t tmpfs -o mode=0755 none /media; mkdir /media/w`;
    const file = policy('version: 1\nfilesystem: {outputs: [bin]}\n');
    const run = [NODE, CLI, 'run', '-q', '-p', file, '--'].join(' ');
    const { code, stdout } = bare([
      ...withMounts(mounts),
      ...bash(`set -e; cd /media/w
${run} bash -c 'mkdir bin; printf "#!/bin/sh\\ntouch /media/w/started\\n" > bin/pasta; chmod 755 bin/pasta'
PATH=/media/w/bin:$PATH; ${run} true; ls; pasta; ls`),
    ]);
    // The second list is the control: it can be started.
    expect([code, stdout]).toEqual([0, 'bin\nbin\nstarted\n']);
  });
});

describe('the records of what tools have to be', () => {
  it.each<[string, (where: string) => string, string]>([
    ['in place', () => 'filesystem: {mode: workspace}', '.'],
    ['by what comes out', () => 'filesystem: {outputs: [state]}', '.'],
    ['past its layer', (where) => `filesystem: {write: [${where}/open]}`, 'open'],
  ])('are none that a step wrote %s', (_, section, below) => {
    const where = workspace({ 'open/state/file': '', 'state/file': '' });
    const state = join(where, below, 'state');
    for (const path of [where, join(where, 'open'), state]) chmodSync(path, 0o777);
    const writing = ['other', 'glovebox'].map(
      (name) => `mkdir -p ${state}/${name}; echo > ${state}/${name}/bwrap.json`,
    );
    const file = policy(`version: 1\n${section(where)}\n`);
    bare([NODE, CLI, 'run', '-p', file, '--', ...bash(`${writing.join('; ')}; :`)], {
      cwd: where,
      env: { XDG_STATE_HOME: state },
    });
    const written = (name: string): boolean => existsSync(join(state, name, 'bwrap.json'));
    expect([written('other'), written('glovebox')]).toEqual([true, false]);
  });
});

describe('a program whose mode does not tell who may write it', () => {
  const uid = 48_123;
  const list = `python3 -c 'import os, struct
entry = lambda tag, bits, uid=0xffffffff: struct.pack("<HHI", tag, bits, uid)
list = [entry(1, 7), entry(2, 7, ${ROOT ? uid : 0}), entry(4, 5), entry(16, 7), entry(32, 5)]
os.setxattr("/media/program", "system.posix_acl_access", struct.pack("<I", 2) + b"".join(list))'`;
  const module = join(import.meta.dirname, '../../src/tools/ownership.ts');
  const tell = `import { rewritable } from ${JSON.stringify(module)};
console.log(rewritable('/media/program'));`;
  const asOther = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];

  it.each([
    ['nothing', ':', ROOT ? null : '/media', null],
    ['its group', 'chmod g+w /media/program', ROOT ? '/media/program' : '/media', null],
    ['an access control list', list, ROOT ? '/media/program' : '/media', '/media/program'],
  ])('is found open by %s', (_, share, own, others) => {
    const made = `mount -t tmpfs -o mode=0755 none /media; install -m 0755 /usr/bin/env /media/program`;
    const found = (as: readonly string[]): string =>
      bare([
        ...withMounts(`${made}; ${share}`),
        ...as,
        process.execPath,
        '--input-type=module',
        '-e',
        tell,
      ]).stdout;
    // An ordinary user's is its own in any case, and nobody else is to be had.
    expect(found([])).toBe(`${own}\n`);
    if (ROOT) expect(found(asOther)).toBe(`${others}\n`);
  });
});

interface Loss {
  readonly downgrades: readonly string[];
  /** Layers that are then not enforced. */
  readonly open: readonly string[];
  readonly notes?: readonly string[];
  /** The run cannot be set up at all; where it is not refused, that is told as such. */
  readonly stuck?: boolean;
}

const HARMLESS: Loss = { downgrades: [], open: [] };
const SEALLESS: Loss = {
  downgrades: [
    ...['network/tool-missing', 'filesystem/tool-missing', 'resources/processes-unlimited'],
    ...['syscalls/tool-missing', 'privilege/filter-missing'],
  ],
  open: ['network', 'filesystem', 'resources', 'privilege', 'syscalls'],
};
const OVERLAYLESS: Loss = { downgrades: ['filesystem/tool-missing'], open: ['filesystem'] };
const RECORDLESS: Loss = { ...HARMLESS, notes: ['egress-not-recorded'] };

/** What each tool takes with it from the default policy. */
const LOSSES: Readonly<Record<ToolName, Loss>> = {
  bwrap: SEALLESS,
  unshare: SEALLESS,
  nsenter: SEALLESS,
  cat: SEALLESS,
  env: SEALLESS,
  mkfifo: { ...SEALLESS, stuck: true },
  flock: HARMLESS,
  prlimit: {
    downgrades: [
      ...['network/tool-missing', 'filesystem/tool-missing'],
      ...['resources/tool-missing', 'resources/processes-unlimited', 'syscalls/tool-missing'],
      'privilege/filter-missing',
    ],
    open: SEALLESS.open,
  },
  nft: RECORDLESS,
  ip: RECORDLESS,
  setpriv: ROOT ? { downgrades: ['privilege/tool-missing'], open: ['privilege'] } : HARMLESS,
  rm: OVERLAYLESS,
  // Root binds with `mount` what its step may not reach itself.
  mount: ROOT ? SEALLESS : OVERLAYLESS,
  chown: HARMLESS,
  mknod: HARMLESS,
  tee: HARMLESS,
  slirp4netns: HARMLESS,
  pasta: HARMLESS,
  'systemd-run': HARMLESS,
  // One of Perl and chown has to be there for root.
  perl: { ...HARMLESS },
};

/** What is sealed where it has to hold is so where it may degrade: there these share a run without all. */
const SPARE = TOOL_NAMES.filter((tool) => LOSSES[tool] === HARMLESS);
const spared = shared(() => sealWithin(without(...SPARE), DEGRADE));

describe.each(TOOL_NAMES)('without %s', (tool) => {
  const { downgrades, open, notes = [], stuck = false } = LOSSES[tool];

  it(`${downgrades.length > 0 || stuck ? 'does not run' : 'runs sealed'} where it has to hold`, () => {
    const sealed = sealWithin(without(tool), FAIL);
    const refused = downgrades.length > 0;
    expect(sealed.report.outcome.kind).toBe(
      refused ? 'refused' : stuck ? 'failed-to-start' : 'exited',
    );
    expect(sealed.code).toBe(refused || stuck ? 125 : 0);
    expect(sealed.ran).toBe(!refused && !stuck);
    expect(openLayers(sealed.report)).toEqual(refused || stuck ? ALL : []);
    expect(sealed.downgrades).toEqual(downgrades);
    expect(sealed.notes).toEqual(expect.arrayContaining([...notes]));
  });

  it(`${stuck ? 'does not run' : 'runs'} where it may degrade, and tells what is open`, () => {
    const sealed = SPARE.includes(tool) ? spared() : sealWithin(without(tool), DEGRADE);
    expect(sealed.report.outcome.kind).toBe(stuck ? 'failed-to-start' : 'exited');
    expect(sealed.code).toBe(stuck ? 125 : 0);
    expect(sealed.ran).toBe(!stuck);
    expect(openLayers(sealed.report)).toEqual(stuck ? ALL : open);
    expect(sealed.downgrades).toEqual(downgrades);
    expect(sealed.notes).toEqual(expect.arrayContaining([...notes]));
    expect(stuck || toldTruth(sealed)).toBe(true);
    const told = sealed.report.downgrades.map(({ reason }) => reason);
    expect(told.every((reason) => reason.includes(`\`${tool}\` was not found`))).toBe(true);
    const remedies = sealed.report.downgrades.map(({ remedy }) => remedy);
    expect(remedies.every((remedy) => remedy.includes(PACKAGE_OF[tool]))).toBe(true);
  });
});

describe('capabilities in a user namespace of its own', () => {
  const step = 'unshare --user --map-root-user grep CapEff /proc/self/status; :';
  const GAINED = /CapEff:\s+0*[1-9a-f]/;

  it.each([
    ['shut', [], true],
    ['open, and said to be,', without('bwrap'), false],
  ])('are %s to a step', (_, prefix, held) => {
    const { stdout, report } = sealWithin([...withMounts(''), ...prefix], DEGRADE, step);
    expect([GAINED.test(stdout), report.enforced.privilege]).toEqual([!held, held]);
  });
});

describe('without perl and chown', () => {
  const neither = without('perl', 'chown');
  const mount = /\d+(?:\.\d+)+/.exec(bare(['mount', '--version']).stdout)?.[0] ?? '';
  // A newer mount needs no Perl.
  const lost = ROOT && !isAtLeast(mount, '2.39') ? ['filesystem/tool-missing'] : [];
  const loses = lost.length > 0;

  it(`root’s files cannot become the step’s, which others need not: ${loses ? 'refused' : 'sealed'}`, () => {
    const { code, ran, downgrades, report } = sealWithin(neither, FAIL);
    expect([code, ran, downgrades]).toEqual([loses ? 125 : 0, !loses, lost]);
    const [{ reason } = { reason: '' }] = report.downgrades;
    expect(reason).toMatch(loses ? /`chown` was not found.*mount is too old.*[Pp]erl/ : /^$/);
  });

  it('what may degrade runs, and tells what is open', () => {
    const degraded = sealWithin(neither, DEGRADE);
    expect([degraded.code, degraded.ran, degraded.downgrades]).toEqual([0, true, lost]);
    expect(openLayers(degraded.report)).toEqual(loses ? ['filesystem'] : []);
    expect(toldTruth(degraded)).toBe(true);
  });
});

describe('an allowlist', () => {
  const reach = `${TELL}exec 3<>/dev/tcp/${INTERNET.allowed}/80 && read -t 2 -r line <&3 && echo "$line"`;

  it('without slirp4netns has pasta, and says so', () => {
    const sealed = sealWithin(without('slirp4netns'), [...FAIL, ...ALLOWLIST], reach);
    expect(sealed.stdout).toContain('HTTP/1.0 200');
    expect(openLayers(sealed.report)).toEqual([]);
    expect(sealed.report.layers.network.mechanism).toContain('pasta');
    expect(sealed.notes).toContain('uplink-chosen');
  });

  it('without either is refused, or has the host’s own network and says so', () => {
    const neither = without('slirp4netns', 'pasta');
    const refused = sealWithin(neither, [...FAIL, ...ALLOWLIST], reach);
    expect([refused.code, refused.ran]).toEqual([125, false]);
    expect(refused.downgrades).toEqual(['network/tool-missing']);
    const degraded = sealWithin(neither, [...DEGRADE, ...ALLOWLIST], reach);
    expect(degraded.ran).toBe(true);
    expect(degraded.stdout).toContain('HTTP/1.0 200');
    expect(degraded.report.layers.network.mechanism).toBe("none: the host's own network");
    expect(openLayers(degraded.report)).toEqual(['network']);
    expect(degraded.downgrades).toEqual(['network/tool-missing']);
  });

  it('without nft is refused, or lets everything through and says so', () => {
    const refused = sealWithin(without('nft'), [...FAIL, ...ALLOWLIST], reach);
    expect([refused.code, refused.ran]).toEqual([125, false]);
    expect(refused.downgrades).toEqual(['network/tool-missing']);
    const degraded = sealWithin(without('nft'), [...DEGRADE, ...ALLOWLIST], reach);
    expect(degraded.stdout).toContain('HTTP/1.0 200');
    expect(openLayers(degraded.report)).toEqual(['network']);
    expect(degraded.report.layers.network.mechanism).toBe(
      'network namespace, slirp4netns, no rules',
    );
    expect(degraded.report.egress).toBeNull();
  });

  it('without ip holds, but without IPv6', () => {
    const sealed = sealWithin(without('ip'), ALLOWLIST, reach);
    expect(sealed.stdout).toContain('HTTP/1.0 200');
    expect(openLayers(sealed.report)).toEqual([]);
    expect(sealed.notes).toContain('ipv6-not-routed');
  });
});

describe('without /dev/net/tun', () => {
  const empty = withMounts('mount -t tmpfs tmpfs /dev/net');
  /** A /dev in which root has no place to put the device. */
  const nowhere = withMounts(`d=$(mktemp -d); mount -t tmpfs -o mode=0755 tmpfs $d
for n in null zero full random urandom tty; do : > $d/$n; mount --bind /dev/$n $d/$n; done
ln -s /proc/self/fd $d/fd; mount --rbind $d /dev`);
  const closed = withMounts(
    'mount -t tmpfs tmpfs /dev/net; : > /dev/net/tun; chmod 0 /dev/net/tun',
  );
  const cases: readonly (readonly [string, string[], string])[] = [
    ['missing', nowhere, 'network/tun-missing'],
    ...(ROOT
      ? []
      : [
          ['missing from its directory', empty, 'network/tun-missing'] as const,
          ['closed', closed, 'network/tun-closed'] as const,
        ]),
  ];

  it.each(cases)('an allowlist is refused, or told to be open: %s', (_, prefix, code) => {
    const refused = sealWithin(prefix, [...FAIL, ...ALLOWLIST]);
    expect([refused.code, refused.ran, refused.report.outcome.kind]).toEqual([
      ...[125, false, 'refused'],
    ]);
    expect(refused.downgrades).toEqual([code]);
    expect(refused.report.downgrades[0]?.remedy).toContain('tun');
    const degraded = sealWithin(prefix, [...DEGRADE, ...ALLOWLIST]);
    expect([degraded.code, degraded.ran]).toEqual([0, true]);
    expect(degraded.downgrades).toEqual([code]);
    expect(openLayers(degraded.report)).toEqual(['network']);
  });

  it('deny needs no tunnel', () => {
    const sealed = sealWithin(nowhere, FAIL);
    expect(sealed.code).toBe(0);
    expect(openLayers(sealed.report)).toEqual([]);
  });

  it.each(ROOT ? [empty] : [])(
    'root makes the device where there is a place for it',
    (...prefix) => {
      const sealed = sealWithin(prefix, [...FAIL, ...ALLOWLIST]);
      expect(sealed.code).toBe(0);
      expect(openLayers(sealed.report)).toEqual([]);
    },
  );
});

describe('with user namespaces switched off', () => {
  /** The sysctl belongs to the user namespace that it is written in; this makes one for it. */
  const offForRoot = [
    ...['perl', '-MPOSIX', '-e'],
    `my $number = (uname)[4] eq 'aarch64' ? 97 : 272;
pipe my $made, my $make; pipe my $mapped, my $map;
my $pid = fork() // die;
if ($pid == 0) {
  syscall($number, 0x10000000) == 0 or die "unshare: $!";
  close $make; close $map; sysread $mapped, my $byte, 1;
  exec @ARGV; die "exec: $!";
}
close $make; close $mapped; sysread $made, my $byte, 1;
for my $kind ('uid', 'gid') { open my $file, '>', "/proc/$pid/\${kind}_map" or die; syswrite $file, "0 0 4294967295" or die }
close $map; waitpid $pid, 0; exit $? >> 8;`,
    ...bash('echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'),
    'bash',
  ];
  /** A root that cannot make any other namespaces either. */
  const off = ROOT
    ? [...offForRoot, 'setpriv', '--bounding-set=-sys_admin', '--']
    : [
        ...['unshare', '--user', '--map-current-user', '--keep-caps', '--'],
        ...bash(
          'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --ambient-caps=-all --inh-caps=-all -- "$@"',
        ),
        'bash',
      ];
  /** Seen from inside only that there are none: it is a namespace above that has run out of them. */
  const usedUp = [
    ...['unshare', '--user', '--map-root-user', '--'],
    ...bash(
      'echo 1 > /proc/sys/user/max_user_namespaces; exec unshare --user --map-user=1000 --map-group=1000 -- "$@"',
    ),
    'bash',
  ];
  const cases = [
    ['off', off, 'userns-disabled'],
    ...(ROOT ? [] : [['used up', usedUp, 'userns-limit'] as const]),
  ] as const;

  it.each(cases)('nothing runs where it has to hold: %s', (_, prefix, code) => {
    expect(bare([...prefix, 'unshare', '--user', 'true']).code).not.toBe(0);
    expect(bare([...prefix, 'true']).code).toBe(0);

    const sealed = sealWithin(prefix, FAIL);
    expect([sealed.code, sealed.ran]).toEqual([125, false]);
    expect(sealed.report.outcome).toMatchObject({ kind: 'refused', stepExitCode: null });
    expect(openLayers(sealed.report)).toEqual(ALL);
    expect(sealed.downgrades).toEqual([
      ...[`network/${code}`, `filesystem/${code}`, 'resources/processes-unlimited'],
      ...[`syscalls/${code}`, 'privilege/filter-missing'],
    ]);
    expect(sealed.report.downgrades.map(({ remedy }) => remedy).join()).toContain(
      'user.max_user_namespaces',
    );
    expect(sealed.stderr).toContain('Nothing was run');
  });

  it.each(ROOT ? [offForRoot] : [])('root does without them', (...prefix) => {
    expect(bare([...prefix, 'unshare', '--user', 'true']).code).not.toBe(0);
    // The overlay of root wants the machine's own user namespace, and this one is made for the test.
    const sealed = sealWithin(prefix, [...FAIL, '--filesystem', 'scratch-only']);
    expect([sealed.code, sealed.ran]).toEqual([0, true]);
    expect(openLayers(sealed.report)).toEqual([]);
    expect(sealed.report.notes.map(({ code }) => code)).toContain('namespaces-by-root');
  });

  it.each(cases)('what runs where it may degrade keeps what can be kept: %s', (_, prefix) => {
    const sealed = sealWithin(
      prefix,
      [...DEGRADE, '--timeout', '2s'],
      `${TELL}grep -E 'NoNewPrivs|CapEff' /proc/self/status; ulimit -n; echo "[$SECRET_TOKEN]"; sleep 30`,
    );
    expect([sealed.code, sealed.ran]).toEqual([124, true]);
    expect(sealed.report.outcome.kind).toBe('timed-out');
    expect(openLayers(sealed.report)).toEqual(SEALLESS.open);
    expect(toldTruth(sealed)).toBe(true);
    expect(sealed.stdout).toMatch(/CapEff:\s+0{16}/);
    expect(sealed.stdout).toMatch(/NoNewPrivs:\s+1/);
    expect(sealed.stdout).toContain('[]');
    expect(sealed.stderr).toContain('NOT sealed: network, filesystem, resources');
  });
});

describe('where no overlay can be mounted', () => {
  /** An overlay may lie on an overlay, but not on one that does so already; and no other place can be written. */
  const deep = withMounts(`t=$(mktemp -d); mount -t tmpfs tmpfs $t; cd $t; chmod 755 .
mkdir l1 u1 w1 m1 u2 w2 m2
mount -t overlay overlay -o lowerdir=$t/l1,upperdir=$t/u1,workdir=$t/w1 m1
mount -t overlay overlay -o lowerdir=$t/m1,upperdir=$t/u2,workdir=$t/w2 m2
chmod 1777 m2; cd "$OLDPWD"; export TMPDIR=$t/m2
for d in $(find /var/tmp -maxdepth 1 -name 'lab-*' -mmin -1); do mount --bind $d $d; done
for d in /tmp /var/tmp; do mount --rbind $d $d; mount -o remount,bind,ro $d; done`);

  it('nothing runs where it has to hold', () => {
    const sealed = sealWithin(deep, FAIL);
    expect([sealed.code, sealed.ran]).toEqual([125, false]);
    expect(sealed.downgrades).toEqual(['filesystem/overlay-scratch']);
    expect(sealed.report.downgrades[0]?.remedy).toContain('TMPDIR');
  });

  it('the workspace itself is written where it may degrade, and the report says so', () => {
    const sealed = sealWithin(deep, DEGRADE, `${TELL}echo changed > file`);
    expect([sealed.code, sealed.ran]).toEqual([0, true]);
    expect(sealed.downgrades).toEqual(['filesystem/overlay-scratch']);
    expect(openLayers(sealed.report)).toEqual(['filesystem']);
    expect(sealed.report.layers.filesystem.mechanism).toContain('workspace writable in place');
    expect(readFileSync(join(sealed.workspace, 'file'), 'utf8')).toBe('changed\n');
    expect(toldTruth(sealed)).toBe(true);
  });

  it('a policy that asks for no overlay loses nothing', () => {
    const sealed = sealWithin(deep, [...FAIL, '--filesystem', 'scratch-only']);
    expect(sealed.code).toBe(0);
    expect(openLayers(sealed.report)).toEqual([]);
  });
});
