import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { EffectiveSandbox } from '../../src/report/schema.ts';

export * from './addresses.mjs';

/** Whether the suite runs as root or as an ordinary user. */
export const PERSONA = process.env['GLOVEBOX_LAB'] === 'root' ? 'root' : 'user';
export const CLI = resolve(import.meta.dirname, '../../dist/cli.mjs');
export const NODE = process.env['GLOVEBOX_NODE'] ?? process.execPath;

if (process.env['GLOVEBOX_LAB'] === undefined) {
  throw new Error('The sandbox suite needs its laboratory: run `npm run test:sandbox`.');
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Sealed extends Ran {
  /** What was written to --report; fails the test when nothing was. */
  readonly report: EffectiveSandbox;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Words that start Glovebox in place of the caller. */
  readonly under?: readonly string[];
}

/** A fresh directory with these files in it. */
export function workspace(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync('/var/tmp/lab-');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** Runs dist/cli.mjs as a user would. */
export function cli(
  args: readonly string[],
  { cwd = workspace(), env = {}, input = '', under = [] }: Options = {},
): Ran {
  const [program = NODE, ...words] = [...under, NODE, CLI, ...args];
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    input,
    encoding: 'utf8',
    env: { ...environment(), ...env },
    maxBuffer: 1 << 30,
    timeout: 55_000,
  });
  return { code: status, stdout, stderr };
}

/** `glovebox run OPTIONS -- COMMAND`, with its report. */
export function seal(
  options: readonly string[],
  command: readonly string[],
  rest: Options = {},
): Sealed {
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const ran = cli(['run', '--report', file, ...options, '--', ...command], rest);
  try {
    return { ...ran, report: JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox };
  } catch {
    throw new Error(`no report was written; exit code ${ran.code}; stderr:\n${ran.stderr}`);
  }
}

/** The same without waiting: for tests that kill things. */
export function sealInBackground(
  options: readonly string[],
  command: readonly string[],
  { cwd = workspace(), env = {}, under = [] }: Options = {},
  stdin: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  const [program = NODE, ...words] = [...under, NODE, CLI, 'run', ...options, '--', ...command];
  return spawn(program, words, {
    cwd,
    env: { ...environment(), ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
}

/** The control: the same attack without Glovebox around it. */
export function bare(
  command: readonly string[],
  { cwd = workspace(), env = {}, input = '' }: Options = {},
): Ran {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    // With a socket as its input bash takes itself for a remote login, and runs what such a one runs.
    ...(input === '' ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    encoding: 'utf8',
    env: { ...environment(), ...env },
    timeout: 55_000,
  });
  return { code: status, stdout, stderr };
}

export const bash = (script: string): string[] => ['bash', '-c', script];

/** A policy file with this text; its path. */
export function policy(text: string): string {
  const file = join(mkdtempSync('/var/tmp/lab-policy-'), 'policy.yml');
  writeFileSync(file, text);
  return file;
}

function environment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TMPDIR'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/** Whether each layer held; the one towards a workflow is nobody's who runs a command by hand. */
export function sealOf(enforced: Readonly<Record<string, boolean>>): boolean[] {
  return Object.entries(enforced).flatMap(([layer, held]) => (layer === 'runner' ? [] : [held]));
}
