import { GloveboxError } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import type { Launched } from './launch.ts';

/**
 * Before the command is let go: the kernel, asked from outside, must show the uid that the plan
 * promises and no_new_privs. What a process says of itself inside a user namespace proves nothing.
 */
export function confirmPrivilege({ identity, layers }: Plan, { step }: Launched): void {
  if (layers.privilege.status !== 'enforced' && layers.privilege.status !== 'downgraded') return;
  const promised = identity.shed ? identity.uid : process.getuid?.();
  if (step !== null && step.uid === promised && step.noNewPrivs) return;
  const seen = step === null ? 'nothing' : `uid ${step.uid}, no_new_privs ${step.noNewPrivs}`;
  throw new GloveboxError(
    'setup-failed',
    `the step's privileges are not what was promised: uid ${promised} with no_new_privs was, ${seen} was seen`,
  );
}
