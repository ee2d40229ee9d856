import {
  namesOf,
  type ActionName,
  type ProfileCondition,
  type ProfileRule,
  type SeccompProfile,
} from './profile.ts';
import type { Architecture } from './syscalls.ts';

/** A verdict under conditions that must all hold; none hold always. */
export interface Case {
  readonly conditions: readonly ProfileCondition[];
  /** SECCOMP_RET_* with its data. */
  readonly verdict: number;
}

/** What happens to one system call: the first case that holds decides, and the last one always holds. */
export type Decision = readonly Case[];

export interface Decisions {
  readonly byNumber: ReadonlyMap<number, Decision>;
  /** For every number without one. */
  readonly otherwise: Decision;
  /** Pairs of a system call and a rule for it. */
  readonly rules: number;
  readonly absent: ReadonlySet<string>;
  /** There is a rule that counts from some kernel on, and none was given to compare with. */
  readonly kernelMissed: boolean;
}

const EPERM = 1;
const ERRNO = 0x00050000;
export const KILL_PROCESS = 0x80000000;
const VERDICTS: Readonly<Record<ActionName, number>> = {
  SCMP_ACT_ALLOW: 0x7fff0000,
  SCMP_ACT_ERRNO: ERRNO,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_TRAP: 0x00030000,
};

/** What a profile means on one architecture. `kernel` is a release such as `6.1.0-13`. */
export function decisionsOf(
  profile: SeccompProfile,
  architecture: Architecture,
  kernel: string | null,
): Decisions {
  const otherwise: Decision = [
    { conditions: [], verdict: verdictOf(profile.defaultAction, profile.defaultErrnoRet) },
  ];
  const cases = new Map<number, Case[]>();
  const absent = new Set<string>();
  const counting = (profile.syscalls ?? []).filter((rule) => counts(rule, architecture, kernel));
  let rules = 0;
  for (const rule of counting) {
    const verdict = verdictOf(rule.action, rule.errnoRet ?? profile.defaultErrnoRet);
    for (const name of namesOf(rule)) {
      const number = architecture.numbers.get(name);
      if (number === undefined) absent.add(name);
      else {
        rules += 1;
        const earlier = cases.get(number) ?? [];
        earlier.push({ conditions: rule.args ?? [], verdict });
        cases.set(number, earlier);
      }
    }
  }
  const byNumber = new Map(
    [...cases].map(([number, list]) => [number, decided([...list, ...otherwise])]),
  );
  const kernelMissed =
    kernel === null &&
    (profile.syscalls ?? []).some((rule) => rule.includes?.minKernel ?? rule.excludes?.minKernel);
  return { byNumber, otherwise, rules, absent, kernelMissed };
}

/** Without what comes after a case that always holds. */
function decided(cases: readonly Case[]): Decision {
  return cases.slice(0, cases.findIndex(({ conditions }) => conditions.length === 0) + 1);
}

function verdictOf(action: ActionName, errno: number | null | undefined): number {
  return action === 'SCMP_ACT_ERRNO' ? ERRNO | (errno ?? EPERM) : VERDICTS[action];
}

/** A step has no capability, so what is for holders of one is not for it. */
function counts(rule: ProfileRule, architecture: Architecture, kernel: string | null): boolean {
  const { includes, excludes } = rule;
  const here = (arches: readonly string[] | null | undefined): boolean =>
    arches?.includes(architecture.alias) ?? false;
  if (here(excludes?.arches) || reached(excludes?.minKernel, kernel)) return false;
  if (includes?.arches && includes.arches.length > 0 && !here(includes.arches)) return false;
  if ((includes?.caps?.length ?? 0) > 0) return false;
  return !includes?.minKernel || reached(includes.minKernel, kernel);
}

function reached(wanted: string | null | undefined, kernel: string | null): boolean {
  if (!wanted || kernel === null) return false;
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  const [, given = '0', second = '0'] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  return Number(given) > major || (Number(given) === major && Number(second) >= minor);
}
