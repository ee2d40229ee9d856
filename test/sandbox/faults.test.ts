import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import {
  bare,
  bash,
  CLI,
  INTERNET,
  NODE,
  policy,
  PORTS,
  sealOf,
  workspace,
} from '../lab/glovebox.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Clock ticks since boot: with the pid it names a process for good. */
  readonly start: string;
}

/** Everything that lives in the laboratory, which has a pid namespace of its own. Zombies are dead. */
function living(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const text = readOrNull(`/proc/${name}/stat`);
      if (text === null) return [];
      const end = text.lastIndexOf(')');
      const fields = text.slice(end + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return [];
      return [
        {
          pid: Number(name),
          parent: Number(fields[1]),
          name: text.slice(text.indexOf('(') + 1, end),
          start: fields[19] ?? '',
        },
      ];
    });
}

/** The descendants of a process, parents before children. */
function under(root: number, all = living()): Process[] {
  const children = all.filter(({ parent }) => parent === root);
  return children.flatMap((child) => [child, ...under(child.pid, all)]);
}

const identityOf = ({ pid, start }: Process): string => `${pid}@${start}`;

/** The namespaces that some living process is in. */
function namespaces(): Set<string> {
  const links = living().flatMap(({ pid }) =>
    ['net', 'pid', 'mnt', 'user'].map((kind) => linkOrNull(`/proc/${pid}/ns/${kind}`)),
  );
  return new Set(links.filter((link) => link !== null));
}

function mountsOf(supervisor: number): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`glovebox-${supervisor}-`));
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  for (const deadline = performance.now() + milliseconds; performance.now() < deadline;) {
    if (condition()) return true;
    await sleep(5);
  }
  return condition();
}

/** What the laboratory looks like before a run; afterwards it has to look the same. */
interface Before {
  readonly processes: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

const lookAround = (): Before => ({
  processes: new Set(living().map(identityOf)),
  namespaces: namespaces(),
});

const strangers = ({ processes }: Before): Process[] =>
  living().filter((process) => !processes.has(identityOf(process)));

/** What is left of a run: processes after three seconds, mounts, namespaces. One line for each. */
async function remains(before: Before, supervisor: number): Promise<string[]> {
  await until(() => strangers(before).length === 0, 3000);
  return [
    ...strangers(before).map(({ pid, name }) => `the process ${pid}, ${name}`),
    ...mountsOf(supervisor).map((mount) => `the mount ${mount}`),
    ...[...namespaces()]
      .filter((namespace) => !before.namespaces.has(namespace))
      .map((namespace) => `the namespace ${namespace}`),
  ];
}

/**
 * A directory that the step may write, and a step that tells there which namespaces it runs in and
 * again and again that it lives and whether it reached what no policy here allows.
 */
function telltale(): {
  readonly directory: string;
  readonly script: string;
  readonly policy: string;
} {
  const directory = mkdtempSync('/var/tmp/lab-telltale-');
  chmodSync(directory, 0o777);
  const reach = `(exec 3<>/dev/tcp/${INTERNET.other}/${PORTS.web} && read -t 1 -r line <&3 && echo "$line" >> ${directory}/reached) 2> /dev/null`;
  const script = [
    `for n in net pid mnt user; do readlink /proc/self/ns/$n >> ${directory}/namespaces; done`,
    `grep -E '^(NoNewPrivs|Seccomp|CapEff):' /proc/self/status >> ${directory}/privileges`,
    `for i in $(eval echo $ROUNDS); do echo >> ${directory}/alive; ${reach}; sleep 0.01; done`,
  ].join('\n');
  const text = `version: 1
network:
  mode: allowlist
  allow: ['${INTERNET.allowed}:80']
  on-blocked: ignore
filesystem:
  write: [${directory}]
environment:
  pass: [ROUNDS]
`;
  return { directory, script, policy: policy(text) };
}

const FOREVER = '{1..100000}';
const BRIEFLY = '{1..4}';

/**
 * The laboratory's pid 1 does not reap orphans, as a machine's does. This does it in its place for
 * what the command after it leaves behind, and then tells that command's exit code.
 */
const REAPER = [
  ...['perl', '-MPOSIX', '-e'],
  `my $number = (uname)[4] eq 'aarch64' ? 167 : 157;
syscall($number, 36, 1, 0, 0, 0) == 0 or die "PR_SET_CHILD_SUBREAPER: $!";
my $pid = fork() // die "fork: $!";
if ($pid == 0) { exec @ARGV; die "exec: $!" }
print STDERR "supervisor=$pid\n";
my $code;
while ((my $gone = wait()) > 0) { $code = $? & 127 ? 128 + ($? & 127) : $? >> 8 if $gone == $pid }
exit $code;`,
];

interface Running {
  readonly before: Before;
  readonly supervisor: number;
  readonly directory: string;
  /** Where the run makes its scratch directory. */
  readonly scratch: string;
  readonly began: number;
  readonly report: () => EffectiveSandbox | null;
  readonly isOver: () => boolean;
  /** Milliseconds from the start to the end; null before that. */
  readonly lasted: () => number | null;
  /** The exit code as a shell tells it; null when the run goes on for too long. */
  readonly ended: (milliseconds: number) => Promise<number | null>;
}

interface StartOptions {
  /** The step, given the directory that it may write; the telltale where none is given. */
  readonly step?: (directory: string) => string;
  readonly rounds?: string;
  readonly reaper?: readonly string[];
}

/** Starts a run and does not wait for it. */
async function launch({
  step,
  rounds = FOREVER,
  reaper = REAPER,
}: StartOptions = {}): Promise<Running> {
  const before = lookAround();
  const tell = telltale();
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const scratch = mkdtempSync('/var/tmp/lab-scratch-');
  chmodSync(scratch, 0o755);
  const glovebox = [NODE, CLI, 'run', '-p', tell.policy, '--report', file, '--'];
  const [program = '', ...args] = [
    ...reaper,
    ...glovebox,
    ...bash(step?.(tell.directory) ?? tell.script),
  ];
  const child = spawn(program, args, {
    cwd: workspace(),
    env: { ...process.env, TMPDIR: scratch, ROUNDS: rounds },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const began = performance.now();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let code: number | null = null;
  let lasted: number | null = null;
  child.once('exit', (status) => {
    lasted = performance.now() - began;
    code = status ?? 255;
  });
  const pid = (): number => Number(/^supervisor=(\d+)$/m.exec(said)?.[1] ?? 0);
  if (reaper.length > 0 && !(await until(() => pid() > 0, 5000))) throw new Error(said);
  return {
    before,
    supervisor: reaper.length > 0 ? pid() : (child.pid ?? 0),
    directory: tell.directory,
    scratch,
    began,
    report: () => JSON.parse(readOrNull(file) ?? 'null') as EffectiveSandbox | null,
    isOver: () => code !== null,
    lasted: () => lasted,
    ended: async (milliseconds) => {
      await until(() => code !== null, milliseconds);
      return code;
    },
  };
}

/** The same, once its step lives. */
async function startAlive(options: StartOptions = {}): Promise<Running> {
  const run = await launch(options);
  if (!(await until(() => isAlive(run), 10_000))) throw new Error('the step does not live');
  return run;
}

const isAlive = ({ directory }: Pick<Running, 'directory'>): boolean =>
  existsSync(join(directory, 'alive'));

const SHED = new Set(['CapEff: 0000000000000000', 'NoNewPrivs: 1', 'Seccomp: 2']);

/** In what the step was not sealed, if it ran at all, and whether it still runs. */
async function openings({ directory }: Pick<Running, 'directory'>): Promise<string[]> {
  const told = (name: string): string[] =>
    (readOrNull(join(directory, name)) ?? '').split('\n').filter(Boolean);
  const ours = ['net', 'pid', 'mnt', 'user'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
  const size = told('alive').length === 0 && !isAlive({ directory }) ? null : sizeOf(directory);
  if (size !== null) await sleep(50);
  return [
    ...told('reached').map((line) => `it reached the internet: ${line}`),
    ...told('namespaces').filter((namespace) => ours.includes(namespace)),
    ...told('privileges').filter((line) => !SHED.has(line.replace(/\s+/g, ' '))),
    ...(size === null || size === sizeOf(directory) ? [] : ['it still writes']),
  ];
}

const sizeOf = (directory: string): number => statSync(join(directory, 'alive')).size;

/** Everything that must not be there once a run is over. Empty is good. */
async function traces(run: Running): Promise<string[]> {
  return [...(await remains(run.before, run.supervisor)), ...(await openings(run))];
}

/** The same, and the scratch directory: only a supervisor that was killed leaves that. */
async function allTraces(run: Running): Promise<string[]> {
  return [...(await traces(run)), ...readdirSync(run.scratch)];
}

/** How long a brief run takes here from its start to its end, and until its step lives. */
async function measure(): Promise<{ readonly alive: number; readonly whole: number }> {
  const run = await startAlive({ rounds: BRIEFLY });
  const alive = performance.now() - run.began;
  if ((await run.ended(10_000)) !== 0) throw new Error(JSON.stringify(run.report()?.outcome));
  return { alive, whole: performance.now() - run.began };
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** Some dozens of runs, one after the other, on a machine that may have other things to do. */
const SWEEP_MS = 180_000;

const ALL_ENFORCED = {
  network: true,
  filesystem: true,
  resources: true,
  privilege: true,
  syscalls: true,
  environment: true,
  // Nobody asked for it: this is no step of a workflow.
  runner: false,
};

describe('the telltale', () => {
  it('would tell of a step that is not sealed', async () => {
    const { directory, script } = telltale();
    expect(bare(bash(script), { env: { ROUNDS: BRIEFLY } }).code).toBe(0);
    expect(readFileSync(join(directory, 'reached'), 'utf8')).toContain('HTTP/1.0 200');
    expect(readFileSync(join(directory, 'namespaces'), 'utf8')).toContain(
      readlinkSync('/proc/self/ns/net'),
    );
    expect((await openings({ directory })).join()).toMatch(/HTTP\/1\.0 200.*net:/s);
  });

  it('lives and leaves nothing behind when nobody kills anything', async () => {
    const run = await launch({ rounds: BRIEFLY });
    expect(await run.ended(10_000)).toBe(0);
    expect(run.report()?.outcome).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(run.report()?.enforced).toEqual(ALL_ENFORCED);
    expect(statSync(join(run.directory, 'alive')).size).toBe(4);
    expect(await allTraces(run)).toEqual([]);
  });
});

describe('SIGKILL of the supervisor', () => {
  it(
    'leaves nothing behind and nothing open, from the first millisecond to the last',
    async () => {
      let { whole } = await measure();
      // How far apart they are is chance anyway: what matters is that all of a run is swept.
      const steps = 15;
      let interrupted = 0;
      for (let step = 0; step < steps; step += 1) {
        for (let tries = 3, over = true; over && tries > 0; tries -= 1) {
          const run = await launch({ rounds: BRIEFLY });
          await sleep((whole * step) / steps);
          kill(run.supervisor, 'SIGKILL');
          over = (await run.ended(3000)) !== 137;
          expect(await traces(run)).toEqual([]);
          // A machine that has less to do than before is done sooner: then once more, at its new pace.
          if (over) whole = run.lasted() ?? whole;
          else interrupted += 1;
        }
      }
      expect(interrupted).toBeGreaterThan(steps / 2);
    },
    SWEEP_MS,
  );

  it('ends a step in the middle of its work', async () => {
    const run = await startAlive();
    kill(run.supervisor, 'SIGKILL');
    expect(await traces(run)).toEqual([]);
  });
});

describe('SIGKILL of a helper', () => {
  it(
    'during start-up harms nothing, or ends in a refusal that is told',
    async () => {
      const kinds: string[] = [];
      for (let nth = 1, more = true; more; nth += 1) {
        const run = await launch({ rounds: BRIEFLY });
        const victim = await killNth(run, nth);
        more = victim !== null && !isAlive(run) && nth < 80;
        const code = await run.ended(30_000);
        const report = run.report();
        const kind = report?.outcome.kind ?? 'no report';
        const nothingRan = kind === 'refused' || kind === 'failed-to-start';
        // 137: it was a process of the step itself. 125: its sandbox, after it was let go.
        const codes = nothingRan ? [125] : [0, 125, 137];
        const sound =
          report !== null &&
          code === report.outcome.exitCode &&
          codes.includes(code) &&
          (nothingRan
            ? !isAlive(run) && report.outcome.cause !== null
            : sealOf(report.enforced).every(Boolean));
        expect({
          victim: `${victim}, the process number ${nth}`,
          outcome: sound ? 'sound' : [code, report?.outcome, report?.enforced, isAlive(run)],
          traces: await allTraces(run),
        }).toEqual({ victim: expect.any(String), outcome: 'sound', traces: [] });
        kinds.push(kind);
      }
      expect(kinds.length).toBeGreaterThan(20);
      expect(kinds).toContain('refused');
      expect(kinds).toContain('failed-to-start');
    },
    SWEEP_MS,
  );

  const helpers: readonly (readonly [string, RegExp, (run: Running) => Process | undefined])[] = [
    ['slirp4netns', /the sandbox was lost: slirp4netns was killed/, named('slirp4netns')],
    ["the holder's unshare", LOST, named('unshare')],
    ["the holder's cat", LOST, (run) => childOf(named('unshare')(run), 'cat')],
    ['nsenter', LOST, named('nsenter')],
    ['bubblewrap', LOST, named('bwrap')],
  ];

  it.each(helpers)('ends a running step when it is %s, and tells', async (_, cause, find) => {
    const run = await startAlive();
    const victim = find(run);
    if (victim === undefined) throw new Error('there is no such process');
    kill(victim.pid, 'SIGKILL');
    expect(await run.ended(3000)).toBe(125);
    expect(run.report()?.outcome).toMatchObject({ kind: 'signaled', exitCode: 125 });
    expect(run.report()?.outcome.cause).toMatch(cause);
    expect(await allTraces(run)).toEqual([]);
  });

  it("is a killed step when it is the sandbox's own pid 1", async () => {
    const run = await startAlive();
    const init = childOf(named('bwrap')(run), 'bwrap');
    if (init === undefined) throw new Error('there is no such process');
    kill(init.pid, 'SIGKILL');
    expect(await run.ended(3000)).toBe(137);
    expect(run.report()?.outcome).toMatchObject({ kind: 'signaled', exitCode: 137 });
    expect(await traces(run)).toEqual([]);
  });

  it('ends the run even where nobody reaps orphans, as in many containers', async () => {
    const run = await startAlive({ reaper: [] });
    const victim = named('nsenter')(run);
    if (victim === undefined) throw new Error('there is no such process');
    kill(victim.pid, 'SIGKILL');
    expect(await run.ended(9000)).toBe(125);
    expect(run.report()?.outcome.kind).toBe('signaled');
    expect(await openings(run)).toEqual([]);
  });
});

const LOST = /the sandbox was (lost|killed)/;

function named(name: string): (run: Running) => Process | undefined {
  return ({ supervisor }) => under(supervisor).find((process) => process.name === name);
}

function childOf(parent: Process | undefined, name: string): Process | undefined {
  return under(parent?.pid ?? -1).find((process) => process.name === name);
}

/** Kills the nth process that the supervisor starts, as soon as it is there; its name. */
async function killNth(
  { supervisor, before, isOver }: Running,
  nth: number,
): Promise<string | null> {
  const seen = new Set<string>(before.processes);
  let count = 0;
  while (!isOver()) {
    for (const process of under(supervisor)) {
      if (seen.has(identityOf(process))) continue;
      seen.add(identityOf(process));
      count += 1;
      if (count === nth) {
        kill(process.pid, 'SIGKILL');
        return process.name;
      }
    }
    await sleep(1);
  }
  return null;
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s to the supervisor', (signal, code) => {
  const waits = 'echo > $DIR/alive; while :; do sleep 0.05; done';
  const step = (handler: string) => (directory: string) => `DIR=${directory}; ${handler}; ${waits}`;
  const name = signal.slice(3);

  it('reaches the step, which may say a last word and go', async () => {
    const run = await startAlive({
      step: step(`trap 'echo ${name} > $DIR/word; exit 0' ${name}`),
    });
    kill(run.supervisor, signal);
    expect(await run.ended(3000)).toBe(code);
    expect(readFileSync(join(run.directory, 'word'), 'utf8')).toBe(`${name}\n`);
    expect(run.report()?.outcome).toMatchObject({
      kind: 'signaled',
      exitCode: code,
      stepExitCode: 0,
      cause: `interrupted by ${signal}`,
    });
    expect(await allTraces(run)).toEqual([]);
  });

  it("gives the step's own exit code where it has one", async () => {
    const run = await startAlive({ step: step(`trap 'exit 7' ${name}`) });
    kill(run.supervisor, signal);
    expect(await run.ended(3000)).toBe(7);
    expect(run.report()?.outcome).toMatchObject({ kind: 'signaled', exitCode: 7, stepExitCode: 7 });
  });

  it('ends a step that does not know of it', async () => {
    const run = await startAlive({ step: step(':') });
    kill(run.supervisor, signal);
    expect(await run.ended(3000)).toBe(code);
    expect(run.report()?.outcome).toMatchObject({ kind: 'signaled', exitCode: code });
    expect(await traces(run)).toEqual([]);
  });
});

describe('an interrupt', () => {
  const stubborn = (directory: string): string =>
    `trap '' INT TERM HUP; (trap '' INT TERM; sleep 1000) & echo > ${directory}/alive; while :; do sleep 0.05; done`;

  it('ends a step that ignores it before the runner loses patience', async () => {
    const run = await startAlive({ step: stubborn });
    const asked = performance.now();
    kill(run.supervisor, 'SIGINT');
    await sleep(2500);
    expect(run.isOver()).toBe(false);
    expect(await run.ended(8000)).toBe(137);
    expect(performance.now() - asked).toBeLessThan(7500);
    expect(run.report()?.outcome).toMatchObject({ kind: 'signaled', exitCode: 137 });
    expect(await allTraces(run)).toEqual([]);
  });

  it('that comes twice ends it at once', async () => {
    const run = await startAlive({ step: stubborn });
    kill(run.supervisor, 'SIGINT');
    await sleep(300);
    expect(run.isOver()).toBe(false);
    const again = performance.now();
    kill(run.supervisor, 'SIGTERM');
    expect(await run.ended(3000)).toBe(137);
    expect(performance.now() - again).toBeLessThan(1500);
    expect(run.report()?.outcome.cause).toBe('interrupted by SIGINT');
    expect(await traces(run)).toEqual([]);
  });

  it(
    'during start-up is answered with a report and without the step',
    async () => {
      const { alive } = await measure();
      const steps = 7;
      let early = 0;
      for (let step = 0; step < steps; step += 1) {
        const run = await launch();
        // Before that Node itself is not there yet, and the kernel ends it as it ends everything.
        expect(await until(() => listens(run.supervisor), 5000)).toBe(true);
        await sleep((alive * step) / steps);
        kill(run.supervisor, 'SIGTERM');
        expect(await run.ended(9000)).toBe(143);
        const { outcome, enforced } = run.report() ?? {};
        const nothingRan =
          outcome?.cause === 'interrupted by SIGTERM before the command was started';
        if (nothingRan) early += 1;
        expect(outcome).toMatchObject({ kind: 'signaled', exitCode: 143 });
        expect(outcome?.cause).toMatch(/^interrupted by SIGTERM/);
        expect(sealOf(enforced ?? {})).toEqual(
          nothingRan ? Array(6).fill(false) : Array(6).fill(true),
        );
        expect(nothingRan && isAlive(run)).toBe(false);
        expect(await allTraces(run)).toEqual([]);
      }
      expect(early).toBeGreaterThan(steps / 3);
    },
    SWEEP_MS,
  );
});

/** Node itself never catches SIGHUP, so whoever does is Glovebox. */
function listens(pid: number): boolean {
  const caught = /^SigCgt:\s+([0-9a-f]+)/m.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1];
  return caught !== undefined && (BigInt(`0x${caught}`) & 1n) === 1n;
}

describe('a reader that never reads', () => {
  /** Runs a step whose output goes into a fifo that nobody reads. */
  async function runUnread(
    options: readonly string[],
    script: string,
    where: 'stdout' | 'stdout and stderr',
    meanwhile: (supervisor: number) => Promise<void> = async () => undefined,
  ): Promise<{ code: number | null; wallMs: number; report: EffectiveSandbox; left: string[] }> {
    const before = lookAround();
    const directory = mkdtempSync('/var/tmp/lab-fifo-');
    const file = join(directory, 'report.json');
    bare(['mkfifo', join(directory, 'fifo')]);
    const fifo = openSync(join(directory, 'fifo'), 'r+');
    const argv = [CLI, 'run', ...options, '--report', file, '--', ...bash(script)];
    const errors = where === 'stdout' ? 'ignore' : fifo;
    const child = spawn(NODE, argv, { cwd: workspace(), stdio: ['ignore', fifo, errors] });
    const began = performance.now();
    await meanwhile(child.pid ?? 0);
    await until(() => child.exitCode !== null, 12_000);
    const wallMs = performance.now() - began;
    child.kill('SIGKILL');
    closeSync(fifo);
    return {
      code: child.exitCode,
      wallMs,
      report: JSON.parse(readOrNull(file) ?? 'null') as EffectiveSandbox,
      left: await remains(before, child.pid ?? 0),
    };
  }

  it.each(['stdout', 'stdout and stderr'] as const)(
    'of %s does not keep a timeout from ending the run',
    async (where) => {
      const ran = await runUnread(['--timeout', '1s'], 'yes; yes >&2', where);
      expect(ran.code).toBe(124);
      expect(ran.report.outcome.kind).toBe('timed-out');
      expect(ran.wallMs).toBeLessThan(10_000);
      expect(ran.left).toEqual([]);
    },
  );

  it('does not keep an interrupt from ending a run whose step is over', async () => {
    const ran = await runUnread(
      [],
      'head -c 150000 /dev/zero; exit 5',
      'stdout',
      async (supervisor) => {
        await sleep(3000);
        kill(supervisor, 'SIGTERM');
      },
    );
    expect(ran.code).toBe(5);
    expect(ran.report.outcome).toMatchObject({ kind: 'exited', stepExitCode: 5 });
    expect(ran.left).toEqual([]);
  });
});
