import { GloveboxError } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import type { Launched } from './launch.ts';

/** Before the command is let go: throws `setup-failed` where it is not held as the plan says. */
export function confirmHeld(plan: Plan, launched: Launched): void {
  confirmPrivilege(plan, launched);
  confirmFilters(plan, launched);
}

/**
 * Before the command is let go: the kernel, asked from outside, must show the uid that the plan
 * promises and no_new_privs. What a process says of itself inside a user namespace proves nothing.
 * Where root built the sandbox, nothing of it may be left.
 */
function confirmPrivilege({ identity, layers }: Plan, { step }: Launched): void {
  if (layers.privilege.status !== 'enforced' && layers.privilege.status !== 'downgraded') return;
  const promised = identity.shed ? identity.uid : process.getuid?.();
  const held = step !== null && step.uid === promised && step.noNewPrivs;
  if (held && (step.bare || !identity.byRoot)) return;
  const left = held ? ' with groups or capabilities of root' : '';
  const seen =
    step === null ? 'nothing' : `uid ${step.uid}, no_new_privs ${step.noNewPrivs}${left}`;
  throw new GloveboxError(
    'setup-failed',
    `the step's privileges are not what was promised: uid ${promised} with no_new_privs was, ${seen} was seen`,
  );
}

/** The kernel must show all filters of the plan in force, and that nothing can shake them off. */
function confirmFilters({ syscalls }: Plan, { step }: Launched): void {
  const promised = syscalls.filters.length;
  if (promised === 0) return;
  if (step !== null && step.noNewPrivs && step.filtered && step.filters >= promised) return;
  const seen = step === null || !step.filtered ? 'none was' : `${step.filters} were`;
  throw new GloveboxError(
    'setup-failed',
    `the step's filters of system calls are not in force: ${promised} were promised, ${seen} seen`,
  );
}
