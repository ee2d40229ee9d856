import { GloveboxError } from '../base/errors.ts';
import { decisionsOf, KILL_PROCESS, type Decision, type Decisions } from './decisions.ts';
import { branch } from './conditions.ts';
import type { SeccompProfile } from './profile.ts';
import {
  ARCHITECTURE,
  JUMP_EQUAL,
  JUMP_GREATER_EQUAL,
  LOAD,
  NUMBER,
  Program,
  type Target,
} from './program.ts';
import { ARCHITECTURES, type Arch, type Architecture } from './syscalls.ts';

export interface CompiledProfile {
  /** `struct sock_filter[]`, as bubblewrap and the kernel take it. */
  readonly filter: Uint8Array;
  /** How many pairs of a system call and a rule for it are in force. */
  readonly rules: number;
  /** What a reader of the profile might not expect, in sentences without a full stop. */
  readonly notes: readonly string[];
}

/** BPF_MAXINSNS: the kernel loads no longer program. */
const LONGEST = 4096;
const X32_FIRST = 0x40000000;
/** -1, which tracers set for a call that is to be skipped, is no x32 call. */
const X32_LAST = 0xfffffffe;
const SHOWN_NAMES = 8;

/**
 * Compiles a profile for one architecture. The first rule of the profile whose conditions hold decides a
 * call. Calls of other architectures, x32 among them, end the process, whatever the profile says.
 * `kernel` is the release that `minKernel` is compared with; without it no such condition is met.
 * Throws `input-invalid` for a profile that comes out longer than the kernel takes.
 */
export function compileProfile(
  profile: SeccompProfile,
  arch: Arch,
  kernel: string | null = null,
): CompiledProfile {
  const architecture = ARCHITECTURES[arch];
  const decisions = decisionsOf(profile, architecture, kernel);
  const filter = programOf(decisions, architecture);
  return { filter, rules: decisions.rules, notes: notesOf(profile, decisions, architecture) };
}

function programOf(decisions: Decisions, { audit, x32 }: Architecture): Uint8Array {
  const program = new Program();
  program.first(search(program, waysOf(program, startsOf(decisions, x32))));
  const known = program.before(LOAD, NUMBER);
  program.test(JUMP_EQUAL, audit, known, { verdict: KILL_PROCESS });
  program.before(LOAD, ARCHITECTURE);
  if (program.length > LONGEST) {
    throw new GloveboxError(
      'input-invalid',
      `the seccomp profile needs ${program.length} instructions, and the kernel takes ${LONGEST}`,
      { remedy: 'leave out rules, or join conditions on arguments with MASKED_EQ' },
    );
  }
  return program.bytes();
}

/** From this number on, up to the next start, the decision is the same. */
interface Start {
  readonly from: number;
  readonly decision: Decision;
  /** The same text for the same decision. */
  readonly key: string;
}

function startsOf({ byNumber, otherwise }: Decisions, x32: boolean): Start[] {
  const start = (from: number, decision: Decision): Start => ({
    from,
    decision,
    key: keyOf(decision),
  });
  const points = new Set([0, ...[...byNumber.keys()].flatMap((number) => [number, number + 1])]);
  const starts = [...points]
    .toSorted((a, b) => a - b)
    .map((from) => start(from, byNumber.get(from) ?? otherwise));
  if (x32) {
    const killed: Decision = [{ conditions: [], verdict: KILL_PROCESS }];
    starts.push(start(X32_FIRST, killed), start(X32_LAST + 1, otherwise));
  }
  return starts.filter(({ key }, index) => key !== starts[index - 1]?.key);
}

function keyOf(decision: Decision): string {
  return decision
    .map(({ conditions, verdict }) => {
      const terms = conditions.map(({ index, op, value, valueTwo }) => [
        index,
        op,
        value,
        valueTwo,
      ]);
      return `${terms.join(',')}:${verdict}`;
    })
    .join(';');
}

interface Way {
  readonly from: number;
  readonly target: Target;
}

/** Where each start leads: the same decision in one place for all calls that share it. */
function waysOf(program: Program, starts: readonly Start[]): Way[] {
  const targets = new Map<string, Target>();
  return starts.map(({ from, decision, key }) => {
    const target = targets.get(key) ?? branch(program, decision);
    targets.set(key, target);
    return { from, target };
  });
}

/** A balanced search for the last way that does not begin above the number. */
function search(program: Program, ways: readonly Way[]): Target {
  const middle = Math.ceil(ways.length / 2);
  const pivot = ways[middle];
  if (pivot === undefined) return ways[0]?.target ?? { verdict: KILL_PROCESS };
  const above = search(program, ways.slice(middle));
  const below = search(program, ways.slice(0, middle));
  return program.test(JUMP_GREATER_EQUAL, pivot.from, above, below);
}

function notesOf(
  { architectures, archMap, flags }: SeccompProfile,
  { absent, kernelMissed }: Decisions,
  { label, token }: Architecture,
): string[] {
  const notes: string[] = [];
  if (absent.size > 0) {
    const names = [...absent].toSorted();
    const more = names.length - SHOWN_NAMES;
    const list = `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    notes.push(`not system calls of ${label}, so their rules have no effect: ${list}`);
  }
  const others = [
    ...(architectures ?? []),
    ...(archMap ?? [])
      .filter(({ architecture }) => architecture === token)
      .flatMap(({ subArchitectures }) => subArchitectures ?? []),
  ].filter((name) => name !== token);
  if (others.length > 0) {
    notes.push(`calls of other architectures than ${label} end the process, listed or not`);
  }
  if ((flags?.length ?? 0) > 0) notes.push('the flags of the profile are not applied');
  if (kernelMissed) notes.push('rules with a least kernel were left out: the kernel is not known');
  return notes;
}
