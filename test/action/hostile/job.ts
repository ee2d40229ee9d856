import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { exampleRepository, GLOVEBOX } from '../glovebox.ts';
import { createJob, type Job } from '../runner/job.ts';
import type { CheckoutOptions } from '../runner/repository.ts';
import type { StepResult } from '../runner/step.ts';

/** What an attack leaves wherever it gets to. */
export const MARK = 'owned-by-the-pull-request';

/** Where things are on this runner. The attacker knows all of it. */
export interface Place {
  readonly temp: string;
  readonly actions: string;
  readonly tools: string;
  readonly home: string;
  readonly workspace: string;
  readonly event: string;
  /** Sockets of services that run beside the job. */
  readonly docker: string;
  readonly workspaceSocket: string;
  readonly port: number;
  /** The name of a process of the runner's. */
  readonly runner: string;
}

/** What came of an attack. */
export interface Done {
  readonly job: Job;
  readonly place: Place;
  /** The step that ran the attack. */
  readonly step: StepResult;
  /** The step after it, which runs nothing that the pull request wrote. */
  readonly later: StepResult;
  readonly posts: readonly StepResult[];
  readonly neighbour: Neighbour;
  /** Which of the services were connected to. */
  readonly visits: readonly string[];
}

export interface Attack {
  readonly name: string;
  /** What the pull request runs, for bash. */
  readonly script: (place: Place) => string;
  /** The commands of the step after it. */
  readonly later?: (place: Place) => string;
  /** What is there before: on the runner, or of the pull request's where git alone cannot say it. */
  readonly prepare?: (job: Job, place: Place) => Promise<unknown> | void;
  readonly checkout?: CheckoutOptions;
  /** Inputs of the action besides those of the example. */
  readonly given?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Glovebox sees what is up and does not run the step at all, or not the one after it: in its words. */
  readonly refused?: string;
  readonly succeeded: (done: Done) => boolean;
}

/** A process of the same user that could be the runner's own: it has a secret, and may be traced. */
export interface Neighbour {
  readonly secret: string;
  readonly name: string;
  readonly process: ChildProcess;
}

const FIXTURE = join(import.meta.dirname, '../runner/fixture');
export const OTHER_ACTION = 'example/fixture@v1';

/** What the whole job has seen, printed by the step under attack. */
export const printed = ({ step }: Done): string => step.lines.map(({ text }) => text).join('\n');

export interface Attacked {
  readonly succeeded: boolean;
  /** Whether the script ran to its end. */
  readonly ended: boolean;
  readonly log: string;
}

/** Runs the example's pull request with this attack in it: sealed, or as an ordinary step. */
export async function attackJob(
  attack: Attack,
  { action, sealed }: { readonly action: string; readonly sealed: boolean },
): Promise<Attacked> {
  const visits: string[] = [];
  const servers: Server[] = [];
  const neighbour = await startNeighbour();
  const job = hostileJob(action);
  try {
    const { home, workspace, temp, actions, tools, event, base } = job.layout;
    const docker = join(base, 'docker.sock');
    const workspaceSocket = join(workspace, 'docker.sock');
    await job.checkout({ fetchDepth: 0, persistCredentials: false, ...attack.checkout });
    servers.push(
      await serve(visits, 'docker', docker),
      await serve(visits, 'workspace', workspaceSocket),
    );
    const loopback = await serve(visits, 'loopback', 0);
    servers.push(loopback);
    const { port } = loopback.address() as { port: number };
    const place = {
      ...{ home, workspace, temp, actions, tools, event },
      ...{ docker, workspaceSocket, port, runner: neighbour.name },
    };
    await attack.prepare?.(job, place);
    job.disk.write(join(workspace, 'attack.sh'), `${attack.script(place)}\nexit ${ENDED}\n`);
    const step = await (sealed ? runSealed(job, attack) : runBare(job, attack));
    const later = await job.run(attack.later?.(place) ?? 'true', { if: 'always()' });
    const posts = await job.end();
    const exitCode = sealed ? step.outputs['exit-code'] : String(step.exitCode);
    return {
      succeeded: attack.succeeded({ job, place, step, later, posts, neighbour, visits }),
      ended: exitCode === String(ENDED),
      log: step.log,
    };
  } finally {
    for (const server of servers) server.close();
    neighbour.process.kill('SIGKILL');
    job.remove();
  }
}

/** With this a script tells that it came to its end. */
const ENDED = 7;

const STEP = 'bash "$GITHUB_WORKSPACE/attack.sh"';

async function runBare(job: Job, { workingDirectory }: Attack): Promise<StepResult> {
  return await job.run(STEP, {
    id: 'attack',
    ...(workingDirectory !== undefined && { workingDirectory }),
  });
}

async function runSealed(job: Job, { given, workingDirectory }: Attack): Promise<StepResult> {
  return await job.uses(GLOVEBOX, {
    id: 'attack',
    with: {
      'policy-file': '.github/glovebox.yml',
      ...(given?.['steps'] === undefined && { run: STEP }),
      ...(workingDirectory !== undefined && { 'working-directory': workingDirectory }),
      ...given,
    },
  });
}

/** Secrets stand where careless workflows put them: in the environment of the whole job. */
function hostileJob(action: string): Job {
  const example = exampleRepository('untrusted-pull-request');
  const token = `ghs_${randomUUID()}`;
  const job = createJob({
    token,
    env: { GITHUB_TOKEN: token, NPM_TOKEN: `npm_${randomUUID()}` },
    actions: { [GLOVEBOX]: action, [OTHER_ACTION]: FIXTURE },
    commits: [example, { 'attack.sh': '', 'matcher.json': MATCHER }],
    eventName: 'pull_request',
    ref: 'refs/pull/7/merge',
    patience: { streams: 500 },
  });
  const git = ['-c', 'safe.directory=*', '-C', job.layout.origin];
  const base = execFileSync('git', [...git, 'rev-parse', 'main~1'], { encoding: 'utf8' }).trim();
  job.disk.write(job.layout.event, JSON.stringify({ pull_request: { base: { sha: base } } }));
  return job;
}

const MATCHER = JSON.stringify({
  problemMatcher: [{ owner: 'attack', pattern: [{ regexp: '^(.+)$', message: 1 }] }],
});

/** Says yes to whoever wants to trace it: on hosted runners sudo needs nobody's yes. */
async function startNeighbour(): Promise<Neighbour> {
  const secret = `in-memory-${randomUUID()}`;
  const prctl = process.arch === 'arm64' ? 167 : 157;
  const name = `worker-${secret.slice(-8)}`;
  const code = `$0 = '${name}'; syscall(${prctl}, 0x59616d61, -1, 0, 0, 0); $s = <STDIN>; $| = 1; print "ready\\n"; sleep 60;`;
  const child = spawn('perl', ['-e', code], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], NEIGHBOURS_TOKEN: secret.replace('memory', 'environ') },
  });
  child.stdin.write(`${secret}\n`);
  await once(child.stdout, 'data');
  return { secret, name, process: child };
}

async function serve(visits: string[], name: string, where: string | number): Promise<Server> {
  const server = createServer((socket) => {
    visits.push(name);
    socket.on('error', () => undefined);
    socket.end('hello\n');
  });
  server.listen(typeof where === 'string' ? { path: where } : { port: where, host: '127.0.0.1' });
  await once(server, 'listening');
  if (typeof where === 'string') chmodSync(where, 0o777);
  return server;
}
