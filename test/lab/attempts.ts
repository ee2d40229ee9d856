import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import { bash, type Ran, sealInBackground } from './glovebox.ts';

/** Something that a step tries: a script, or the words of a command. */
export interface Attempt {
  readonly name: string;
  readonly does: string | readonly string[];
  /** An absolute path; the step's own directory where none is given. */
  readonly cwd?: string;
}

export interface Made extends Ran {
  /** How long it took. */
  readonly ms: number;
}

/** What came of an attempt, by its name. Throws for one that was not made. */
export type Came = (name: string) => Made;

/**
 * Each attempt is a process of its own with an empty input, and is told in a line of its own as soon as it
 * is over: the name, the exit code as a shell has it, milliseconds, and both streams; text is in hexadecimal.
 */
const MAKE = `
use Time::HiRes;
$| = 1;
my $asks = shift;
while (@ARGV) {
  my ($name, $cwd, $count) = splice @ARGV, 0, 3;
  my @words = splice @ARGV, 0, $count;
  defined <STDIN> or exit if $asks;
  open my $out, '+>', undef or die "stdout: $!";
  open my $err, '+>', undef or die "stderr: $!";
  my $began = Time::HiRes::time();
  my $pid = fork() // die "fork: $!";
  if ($pid == 0) {
    open STDIN, '<', '/dev/null' or die;
    open STDOUT, '>&', $out or die;
    open STDERR, '>&', $err or die;
    !length $cwd or chdir $cwd or die "$cwd: $!";
    exec { $words[0] } @words;
    exit 127;
  }
  waitpid $pid, 0;
  my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  my $ms = int(1000 * (Time::HiRes::time() - $began));
  seek $_, 0, 0 for $out, $err;
  local $/;
  print "attempt:", join(",", unpack("H*", $name), $code, $ms, map { unpack "H*", <$_> // "" } $out, $err), "\\n";
}`;

/** One command that makes all these attempts, one after the other; with `asks` each waits for a line of input. */
export function making(attempts: readonly Attempt[], { asks = false } = {}): string[] {
  const words = attempts.flatMap(({ name, does, cwd = '' }) => {
    const command = typeof does === 'string' ? bash(does) : does;
    return [name, cwd, String(command.length), ...command];
  });
  return ['perl', '-e', MAKE, asks ? '1' : '', ...words];
}

/** What a command of `making` told. */
export function came({ stdout, stderr }: Ran): Came {
  const all = new Map(
    [...stdout.matchAll(/^attempt:(\w+),(\d+),(\d+),(\w*),(\w*)$/gm)].map(
      ([, name = '', code = '', ms = '', out = '', err = '']) => [
        text(name),
        { code: Number(code), ms: Number(ms), stdout: text(out), stderr: text(err) },
      ],
    ),
  );
  return (name) => {
    const one = all.get(name);
    if (one === undefined) throw new Error(`it was not tried: ${name}; stderr:\n${stderr}`);
    return one;
  };
}

/** Makes them in one sealed run that stands still after each, until `after` has looked around; its report. */
export async function oneByOne(
  options: readonly string[],
  attempts: readonly Attempt[],
  cwd: string,
  after: () => void,
): Promise<EffectiveSandbox> {
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const all = ['--report', file, ...options];
  const child = sealInBackground(all, making(attempts, { asks: true }), { cwd }, 'pipe');
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null) throw new Error('it has no streams');
  stderr?.resume();
  const ended = once(child, 'exit');
  stdin.write('\n');
  for await (const line of createInterface({ input: stdout })) {
    if (!line.startsWith('attempt:')) continue;
    after();
    stdin.write('\n');
  }
  await ended;
  return JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
}

/** What `make` gives, made once and only when it is asked for. */
export function shared<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The same for each key. */
export function sharedFor<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, () => T>();
  return (key) => {
    const one = made.get(key) ?? shared(() => make(key));
    made.set(key, one);
    return one();
  };
}

const text = (hexadecimal: string): string => Buffer.from(hexadecimal, 'hex').toString();
