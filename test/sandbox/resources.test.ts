import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bare, bash, CLI, NODE, PERSONA, policy, seal, sealInBackground } from '../lab/glovebox.ts';

const MIB = 2 ** 20;
const node = (code: string): string[] => ['node', '-e', code];
/** Perl that is busy for so many seconds of processor time. */
const busy = (seconds: number): string =>
  `sub spent { my @t = times; $t[0] + $t[1] } my $t = spent; while (spent() - $t < ${seconds}) { 1 for 1 .. 10000 }`;
const perl = (code: string): string[] => ['perl', '-e', code];

/** Options for a run with these limits. */
const limits = (resources: Readonly<Record<string, string | number>>): string[] => [
  '-p',
  policy(`version: 1\nresources: ${JSON.stringify(resources)}\n`),
];

/** Processes in the laboratory that were started with this word among their arguments. */
function bearing(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const uniqueMarker = (): string => `marker-${process.pid}-${Math.random().toString(36).slice(2)}`;

async function codeOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('processes', () => {
  it('holds a fork bomb while the host goes on forking', async () => {
    // The control: what 64 may not do, a few hundred can do outside. It ends by itself.
    const many =
      'my $n = 0; for (1 .. 200) { my $p = fork; defined $p or last; $p or do { sleep 1; exit }; $n++ } print $n; 1 while wait > 0';
    expect(bare(['prlimit', '--nproc=2000', '--', ...perl(many)]).stdout).toBe('200');
    const held = seal(limits({ processes: 64 }), perl(many));
    expect(Number(held.stdout)).toBeGreaterThan(20);
    expect(Number(held.stdout)).toBeLessThan(64);

    const began = performance.now();
    const bomb = sealInBackground(
      limits({ processes: 64, timeout: '10s' }),
      bash(':(){ :|:& };: & exec sleep 60'),
    );
    bomb.stdout?.resume();
    bomb.stderr?.resume();
    const ended = codeOf(bomb);
    await sleep(2000);
    let slowest = 0;
    let forks = 0;
    while (performance.now() - began < 8000) {
      const before = performance.now();
      expect(spawnSync('true').status).toBe(0);
      slowest = Math.max(slowest, performance.now() - before);
      forks += 1;
      await sleep(50);
    }
    expect(await ended).toBe(124);
    expect(performance.now() - began).toBeLessThan(16_000);
    expect(forks).toBeGreaterThan(20);
    expect(slowest).toBeLessThan(3000);
  });

  it('counts threads too', () => {
    const threads = node(
      `const { Worker } = require('worker_threads');
let online = 0;
for (let i = 0; i < 16; i++) {
  new Worker('setTimeout(() => {}, 500)', { eval: true }).on('online', () => online++).on('error', () => {});
}
process.on('exit', () => console.log(online))`,
    );
    expect(bare(threads).stdout).toBe('16\n');
    expect(seal([], threads).stdout).toBe('16\n');
    expect(seal(limits({ processes: 20 }), threads).stdout).not.toBe('16\n');
  });

  it('caps this run alone: another run beside it has its own count', () => {
    const both = `for i in 1 2 3; do sleep 2 & done; wait`;
    const script = `'${NODE}' '${CLI}' run -q -p "$1" -- bash -c '${both}' & '${NODE}' '${CLI}' run -q -p "$1" -- bash -c '${both}'; first=$?; wait $!; echo $first $?`;
    const file = limits({ processes: 6 })[1] ?? '';
    expect(bare([...bash(script), 'bash', file]).stdout).toBe('0 0\n');
  });
});

describe('what a step leaves running', () => {
  const ways: readonly (readonly [string, (marker: string) => string])[] = [
    ['in the background', (marker) => `perl -e 'sleep 60' ${marker} &`],
    [
      'with setsid',
      (marker) => `setsid perl -e 'sleep 60' ${marker} < /dev/null > /dev/null 2>&1 &`,
    ],
    ['with nohup', (marker) => `nohup perl -e 'sleep 60' ${marker} > /dev/null 2>&1 &`],
    [
      'by a double fork',
      (marker) =>
        `perl -MPOSIX -e 'fork and exit; setsid; fork and exit; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null"; sleep 60' ${marker}`,
    ],
    [
      'deaf to every signal',
      (marker) => `perl -e '$SIG{$_} = "IGNORE" for keys %SIG; sleep 60' ${marker} &`,
    ],
  ];

  it.each(ways)('is gone with it: %s', async (_, way) => {
    const outside = uniqueMarker();
    bare(bash(`(${way(outside)}) > /dev/null 2>&1; sleep 0.3`));
    const survivors = bearing(outside);
    for (const pid of survivors) process.kill(pid, 'SIGKILL');
    expect(survivors.length).toBeGreaterThan(0);

    const marker = uniqueMarker();
    const child = sealInBackground([], bash(`${way(marker)}\nsleep 1; exit 3`));
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = codeOf(child);
    let seen = 0;
    while (child.exitCode === null && seen < 1) {
      seen = bearing(marker).length;
      await sleep(20);
    }
    expect(seen).toBeGreaterThan(0);
    expect(await ended).toBe(3);
    expect(bearing(marker)).toEqual([]);
  });
});

describe('output', () => {
  it('lets through a mebibyte of two gibibytes, and memory stays what it was', async () => {
    const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
    // Again and again the same mebibyte, which costs the step no memory.
    const flood = node(
      `const b = Buffer.alloc(${MIB}, 'x'); const fs = require('fs');
for (let left = 2048; left > 0; left--) { let at = 0; while (at < b.length) at += fs.writeSync(1, b, at) }`,
    );
    const child = sealInBackground(
      [...limits({ output: '1MiB', memory: 'none' }), '--report', file],
      flood,
    );
    let bytes = 0;
    let peak = 0;
    child.stdout?.on('data', (chunk: Buffer) => (bytes += chunk.length));
    child.stderr?.resume();
    const ended = once(child, 'close') as Promise<[number | null]>;
    while (child.exitCode === null) {
      peak = Math.max(peak, peakOf(child.pid ?? 0));
      await sleep(100);
    }
    expect((await ended)[0]).toBe(0);
    expect(bytes).toBe(MIB);
    expect(peak).toBeGreaterThan(20 * MIB);
    expect(peak).toBeLessThan(250 * MIB);
    const { usage, outcome, notes } = JSON.parse(readFileSync(file, 'utf8')) as ReturnType<
      typeof seal
    >['report'];
    expect(usage).toMatchObject({ outputBytes: 2048 * MIB, truncated: true });
    expect(outcome.kind).toBe('exited');
    expect(notes.map(({ code }) => code)).toContain('output-truncated');
  });

  it('counts stdout and stderr together', () => {
    const ran = seal(
      ['-p', policy('version: 1\nresources: {output: 1000}\n'), '--quiet'],
      bash('head -c 700 /dev/zero; sleep 0.3; head -c 700 /dev/zero >&2'),
    );
    expect(ran.stdout.length).toBe(700);
    expect(ran.stderr.length).toBe(300);
    expect(ran.report.usage).toMatchObject({ outputBytes: 1400, truncated: true });
  });

  it('is not truncated at exactly the cap', () => {
    const ran = seal(limits({ output: 1000 }), bash('head -c 1000 /dev/zero'));
    expect(ran.stdout.length).toBe(1000);
    expect(ran.report.usage).toMatchObject({ outputBytes: 1000, truncated: false });
  });
});

/** The most that a process held so far, in bytes; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    const line = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(line ?? 0) * 1024;
  } catch {
    return 0;
  }
}

describe('file-size', () => {
  const write = bash('exec head -c 2097152 /dev/zero > big');
  const ignoring = perl(
    '$SIG{XFSZ} = "IGNORE"; open F, ">big"; binmode F; (syswrite(F, "x" x 1048576) // die "$!\\n") for 1 .. 3',
  );

  it('ends a program that writes past it with SIGXFSZ', () => {
    expect(bare(write).code).toBe(0);
    const { code, report } = seal(limits({ 'file-size': '1MiB' }), write);
    expect(code).toBe(153);
    expect(report.outcome.cause).toContain('SIGXFSZ');
  });

  it('gives a program that ignores the signal an error', () => {
    expect(bare(ignoring).code).toBe(0);
    const { code, stderr } = seal(limits({ 'file-size': '1MiB' }), ignoring);
    expect(code).toBe(27); // EFBIG
    expect(stderr).toContain('File too large');
  });

  it('does not stop a file that just fits', () => {
    expect(seal(limits({ 'file-size': '2MiB' }), write).code).toBe(0);
  });
});

/** The sandbox's own pid 1, as soon as it is there: nsenter starts bwrap, and bwrap starts it. */
async function initOf(child: ChildProcess): Promise<number> {
  while (child.exitCode === null) {
    const ours = new Set(bearing('--args'));
    const init = [...ours].find(
      (pid) => ours.has(parentOf(pid)) && ours.has(parentOf(parentOf(pid))),
    );
    if (init !== undefined) return init;
    await sleep(0);
  }
  throw new Error('it made no sandbox');
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It was ended meanwhile.
  }
}

describe('memory', () => {
  /** Perl that holds so many mebibytes for so many seconds. */
  const hold = (mebibytes: number, seconds: number): string =>
    `my $x = ""; vec($x, ${mebibytes} * 1048576 - 1, 8) = 1; select undef, undef, undef, ${seconds}`;
  const cap = limits({ memory: '200MiB' });

  const hogs: readonly (readonly [string, string[]])[] = [
    ['one process', perl(`${hold(600, 1.5)}; print "done\\n"`)],
    [
      'many small ones',
      perl(
        `for (1 .. 12) { fork or do { ${hold(50, 1.5)}; exit } } 1 while wait > 0; print "done\\n"`,
      ),
    ],
    [
      'files in /tmp',
      bash('head -c 600M /dev/zero > /tmp/lab && sleep 1.5; rm -f /tmp/lab; echo done'),
    ],
    [
      'files in /dev/shm',
      bash('head -c 600M /dev/zero > /dev/shm/lab && sleep 1.5; rm -f /dev/shm/lab; echo done'),
    ],
    // The watch looks ten times a second at most, and a step can be faster: that is what its note says.
    ...(PERSONA === 'root'
      ? [['one process that is quick', perl(`${hold(600, 0)}; print "done\\n"`)] as const]
      : []),
  ];

  it.each(hogs)('ends a step that holds more than it may: %s', (_, hog) => {
    expect(bare(hog).stdout).toContain('done');

    const { code, stdout, report } = seal(cap, hog);
    expect(stdout).not.toContain('done');
    expect(report.outcome).toMatchObject({ kind: 'out-of-memory', exitCode: 137 });
    expect(code).toBe(137);
    const watched = report.notes.map((note) => note.code).includes('memory-watched');
    expect(report.layers.resources.mechanism).toMatch(
      watched ? /^rlimits, watchdog, memory watch$/ : /^rlimits, watchdog, memory cgroup v[12]$/,
    );
    if (PERSONA === 'root') expect(watched).toBe(false);
    expect(report.enforced.resources).toBe(true);
  });

  it('is that of a control group of which the step sees nothing from outside', () => {
    const { stdout } = seal(cap, bash('grep -E "^0:|[:,]memory[:,]" /proc/self/cgroup'));
    expect(stdout).toMatch(/^(\d+:[^:]*:\/\n)+$/);
  });

  it("on the host's disks is not counted while the sandbox is still being built", async () => {
    for (let round = 0; round < 4; round += 1) {
      const child = sealInBackground(cap, ['true']);
      child.stdout?.resume();
      child.stderr?.resume();
      const ended = codeOf(child);
      // For a moment the sandbox's pid 1 still has the host's file systems. Here it is a long one.
      const init = await initOf(child);
      process.kill(init, 'SIGSTOP');
      await sleep(400);
      signal(init, 'SIGCONT');
      expect(await ended).toBe(0);
    }
  });

  it('that many forks share is not counted more than once', () => {
    const shared = perl(
      `${hold(120, 0)}; for (1 .. 8) { fork or do { sleep 2; exit } } 1 while wait > 0; print "done\\n"`,
    );
    const { code, stdout, report } = seal(cap, shared);
    expect(stdout).toBe('done\n');
    expect(code).toBe(0);
    expect(report.usage.peakMemoryBytes).toBeGreaterThan(120 * MIB);
    expect(report.usage.peakMemoryBytes).toBeLessThanOrEqual(200 * MIB);
  });
});

describe('cpu-time', () => {
  it('ends a busy loop', () => {
    expect(bare(perl(busy(1.5))).code).toBe(0);
    const { code, report } = seal(limits({ 'cpu-time': '1s' }), perl('1 while 1'));
    expect(code).toBe(124);
    expect(report.outcome).toMatchObject({
      kind: 'timed-out',
      cause: 'it used more than 1s of processor time',
    });
    expect(report.usage.cpuMs).toBeGreaterThan(1000);
    expect(report.usage.cpuMs).toBeLessThan(4000);
  });

  it('counts a chain of children that each stay under it', () => {
    const chain = (links: number): string[] =>
      bash(`for i in {1..${links}}; do perl -e '${busy(0.3)}'; done; echo done`);
    expect(seal(limits({ 'cpu-time': '2s' }), chain(2)).stdout).toBe('done\n');
    const { code, stdout, report } = seal(limits({ 'cpu-time': '2s' }), chain(40));
    expect(stdout).not.toContain('done');
    expect(code).toBe(124);
    expect(report.outcome.cause).toBe('it used more than 2s of processor time');
    expect(report.usage.cpuMs).toBeGreaterThan(2000);
    expect(report.usage.cpuMs).toBeLessThan(5000);
  });
});

describe('timeout', () => {
  it('ends the whole tree, also what ignores SIGTERM', async () => {
    const marker = uniqueMarker();
    const tree = `trap '' TERM; for i in 1 2 3; do setsid perl -e '$SIG{TERM} = "IGNORE"; sleep 60' ${marker} & done; while :; do sleep 60; done`;
    const child = sealInBackground(['--timeout', '1s'], bash(tree));
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = codeOf(child);
    let most = 0;
    while (child.exitCode === null && most < 3) {
      most = Math.max(most, bearing(marker).length);
      await sleep(20);
    }
    expect(most).toBe(3);
    const began = performance.now();
    expect(await ended).toBe(124);
    // Left alone they would sleep for a minute.
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(bearing(marker)).toEqual([]);
  });

  it('lets a step that heeds SIGTERM clean up', () => {
    const { code, stdout, report } = seal(
      ['--timeout', '500ms'],
      bash(`trap 'echo cleaned; exit 0' TERM; while :; do sleep 0.05; done`),
    );
    expect(stdout).toBe('cleaned\n');
    expect(code).toBe(124);
    expect(report.outcome).toMatchObject({ kind: 'timed-out', exitCode: 124, stepExitCode: 0 });
    expect(report.usage.wallMs).toBeGreaterThanOrEqual(500);
    expect(report.usage.wallMs).toBeLessThan(2500);
  });
});

describe('open-files', () => {
  const open = perl(
    'my @f; for (1 .. 200) { open $f[$_], "<", "/dev/null" or die "$_ $!\\n" } print "all\\n"',
  );

  it('holds', () => {
    expect(bare(open).stdout).toBe('all\n');
    const { code, stderr } = seal(limits({ 'open-files': 64 }), open);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Too many open files');
  });
});

describe('none', () => {
  it('lifts every limit, and the report says so', () => {
    const names = [
      'timeout',
      'cpu-time',
      'memory',
      'processes',
      'open-files',
      'file-size',
      'output',
    ];
    const { stdout, report } = seal(
      limits(Object.fromEntries(names.map((name) => [name, 'none']))),
      bash('ulimit -H -u; ulimit -H -f; ulimit -H -t; ulimit -H -n'),
    );
    const outside = bare(bash('ulimit -H -f; ulimit -H -t; ulimit -H -n')).stdout.split('\n');
    expect(stdout.split('\n').slice(1)).toEqual(outside);
    expect(Number(stdout.split('\n')[0]?.replace('unlimited', 'Infinity'))).toBeGreaterThan(4096);
    expect(Object.values(report.requested.resources)).toEqual(names.map(() => null));
    expect(report.layers.resources.status).toBe('not-requested');
    expect(report.enforced.resources).toBe(false);
  });
});

describe('usage', () => {
  it('tells plausible figures', () => {
    const work = `perl -e '$x = ""; vec($x, 80 * 1048576, 8) = 1; ${busy(1)}; sleep 1' & sleep 2 & sleep 2 & wait; head -c 12345 /dev/zero`;
    const { report } = seal(limits({ memory: '1GiB' }), bash(work));
    const { wallMs, cpuMs, peakProcesses, peakMemoryBytes, outputBytes, truncated } = report.usage;
    expect(wallMs).toBeGreaterThanOrEqual(2000);
    expect(wallMs).toBeLessThan(20_000);
    expect(cpuMs).toBeGreaterThanOrEqual(990);
    expect(cpuMs).toBeLessThan(3000);
    expect(peakProcesses).toBe(4);
    expect(peakMemoryBytes).toBeGreaterThan(80 * MIB);
    expect(peakMemoryBytes).toBeLessThan(200 * MIB);
    expect({ outputBytes, truncated }).toEqual({ outputBytes: 12_345, truncated: false });
  });

  it('counts all the processor time of a step that is over between two looks', () => {
    const { report } = seal([], perl(busy(0.4)));
    expect(report.usage.cpuMs).toBeGreaterThanOrEqual(390);
    expect(report.usage.cpuMs).toBeLessThan(1500);
  });
});
