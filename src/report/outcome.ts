import { formatDuration, formatSize } from '../policy/units.ts';
import type { Plan } from '../plan/types.ts';
import type { Ending, Observations } from '../run/observations.ts';
import type { Blocked } from './blocked.ts';
import type { EffectiveSandbox } from './schema.ts';

type Outcome = EffectiveSandbox['outcome'];

export const EXIT = { blocked: 1, outputs: 1, timedOut: 124, refused: 125, killed: 137 } as const;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const SIGNAL_MEANINGS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  24: 'SIGXCPU: it passed resources.cpu-time',
  25: 'SIGXFSZ: a file passed resources.file-size',
  31: 'SIGSYS: a forbidden system call',
};

/** How the run ended, and the code that glovebox exits with. */
export function outcomeOf(
  plan: Plan,
  seen: Observations | null,
  blocked: readonly Blocked[],
): Outcome {
  if (seen === null) return refusal(plan);
  if (seen.ending !== null) return ended(plan, seen, seen.ending);
  if (seen.setupFailure !== null) {
    return {
      kind: 'failed-to-start',
      exitCode: EXIT.refused,
      stepExitCode: null,
      cause: seen.setupFailure,
    };
  }
  if (seen.exitCode === null) {
    return {
      kind: 'signaled',
      exitCode: EXIT.refused,
      stepExitCode: null,
      cause: 'the sandbox was killed from outside',
    };
  }
  return finished(plan, seen.exitCode, seen, blocked);
}

function refusal(plan: Plan): Outcome {
  const [first] = plan.downgrades;
  return {
    kind: 'refused',
    exitCode: EXIT.refused,
    stepExitCode: null,
    cause: first === undefined ? null : `${first.layer}: ${first.reason}`,
  };
}

function ended(
  { limits }: Plan,
  { exitCode, released }: Observations,
  { by, detail }: Ending,
): Outcome {
  const stepExitCode = exitCode;
  switch (by) {
    case 'timeout':
      return {
        kind: 'timed-out',
        exitCode: EXIT.timedOut,
        stepExitCode,
        cause: `it ran longer than ${formatDuration(limits.timeoutMs ?? 0)}`,
      };
    case 'cpu-time':
      return {
        kind: 'timed-out',
        exitCode: EXIT.timedOut,
        stepExitCode,
        cause: `it used more than ${formatDuration(limits.cpuMs ?? 0)} of processor time`,
      };
    case 'memory':
      return {
        kind: 'out-of-memory',
        exitCode: EXIT.killed,
        stepExitCode,
        cause: `it held more than ${formatSize(limits.memoryBytes ?? 0)}: ${detail}`,
      };
    case 'interrupt': {
      const own = exitCode ?? 0;
      return {
        kind: 'signaled',
        exitCode: own === 0 ? 128 + (SIGNAL_NUMBERS[detail] ?? 0) : own,
        stepExitCode,
        cause: `interrupted by ${detail}${released ? '' : ' before the command was started'}`,
      };
    }
    case 'holder-lost':
    case 'network-lost':
      return {
        kind: 'signaled',
        exitCode: EXIT.refused,
        stepExitCode,
        cause: `the sandbox was lost: ${detail}`,
      };
  }
}

function finished(
  plan: Plan,
  code: number,
  seen: Observations,
  blocked: readonly Blocked[],
): Outcome {
  const unexpected = blocked.filter(({ expected }) => !expected);
  const unlisted =
    (seen.egress?.refusedNotListed ?? 0) + (seen.egress?.names?.refusalsNotListed ?? 0) > 0;
  const reached = unexpected.length > 0 ? summary(unexpected) : unlisted ? 'unlisted places' : '';
  const tried = reached === '' ? '' : `it tried to reach ${reached}`;
  const unrecorded = plan.network.counters !== null && seen.egress === null;
  if (
    code === 0 &&
    plan.policy.network.onBlocked.value === 'fail' &&
    (tried !== '' || unrecorded)
  ) {
    const cause =
      tried === ''
        ? 'the record of what it tried to reach could not be read'
        : `${tried}, which is not allowed`;
    return { kind: 'blocked', exitCode: EXIT.blocked, stepExitCode: 0, cause };
  }
  const { outputs } = seen;
  if (code === 0 && outputs !== null && !outputs.done) {
    const cause = `its outputs did not come out: ${outputs.problem ?? 'nobody knows why'}`;
    return { kind: 'outputs-failed', exitCode: EXIT.outputs, stepExitCode: 0, cause };
  }
  if (code === 0) return { kind: 'exited', exitCode: 0, stepExitCode: 0, cause: null };
  const after = tried === '' ? '' : `, after ${tried} and was refused`;
  if (code > 128 && code <= 128 + 64) {
    const meaning = SIGNAL_MEANINGS[code - 128] ?? `signal ${code - 128}`;
    return {
      kind: 'signaled',
      exitCode: code,
      stepExitCode: code,
      cause: `ended by ${meaning}${after}`,
    };
  }
  return { kind: 'exited', exitCode: code, stepExitCode: code, cause: `exit code ${code}${after}` };
}

function summary(blocked: readonly Blocked[]): string {
  const [first] = blocked;
  const more = blocked.length > 1 ? ` and ${blocked.length - 1} more` : '';
  return `${first?.text ?? ''}${more}`;
}
