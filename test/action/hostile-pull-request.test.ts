import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAction, type BuiltAction } from './glovebox.ts';
import { ON_THE_RUNNER } from './hostile/commands.ts';
import { type Attacked, attackJob } from './hostile/job.ts';
import { ON_THE_MACHINE } from './hostile/machine.ts';

let action: BuiltAction;
beforeAll(async () => {
  action = await buildAction();
});
afterAll(() => action.remove());

describe.each([
  ['the runner', ON_THE_RUNNER],
  ['the machine', ON_THE_MACHINE],
])('a pull request that attacks %s in an ordinary step, but not sealed', (_target, attacks) => {
  it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const as = (sealed: boolean): Promise<Attacked> =>
      attackJob(attack, { action: action.directory, sealed });
    const [bare, sealed] = await Promise.all([as(false), as(true)]);
    expect(bare).toMatchObject({ succeeded: true, ended: true });
    expect(sealed).toMatchObject({ succeeded: false, ended: attack.refused === undefined });
    expect(sealed.log).toContain(attack.refused ?? '');
  });
});
