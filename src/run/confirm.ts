import { GloveboxError } from '../base/errors.ts';
import type { Plan } from '../plan/types.ts';
import type { Launched } from './launch.ts';

/**
 * Before the command is let go: the kernel, asked from outside, must show the uid that the plan
 * promises and no_new_privs. What a process says of itself inside a user namespace proves nothing.
 */
export function confirmPrivilege({ identity, layers }: Plan, { privilege }: Launched): void {
  if (layers.privilege.status !== 'enforced' && layers.privilege.status !== 'downgraded') return;
  const promised = identity.shed ? identity.uid : process.getuid?.();
  if (privilege !== null && privilege.uid === promised && privilege.noNewPrivs) return;
  const seen =
    privilege === null ? 'nothing' : `uid ${privilege.uid}, no_new_privs ${privilege.noNewPrivs}`;
  throw new GloveboxError(
    'setup-failed',
    `the step's privileges are not what was promised: uid ${promised} with no_new_privs was, ${seen} was seen`,
  );
}
