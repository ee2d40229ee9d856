import { openOutlet } from '../console/outlets.ts';
import { styleFor } from '../console/style.ts';
import { verdict } from '../console/verdict.ts';
import { GloveboxError } from '../base/errors.ts';
import { learnedPolicy } from '../report/learned.ts';
import { listenForInterrupts } from '../run/interrupts.ts';
import { ownIo } from '../run/step-io.ts';
import { session } from '../session.ts';
import { currentEnvironment } from '../tools/environment.ts';
import type { Arguments } from './arguments.ts';

/** Runs the command with everything open and written down, and writes the policy that allows just that. */
export async function learnCommand(
  parsed: Extract<Arguments, { command: 'learn' }>,
): Promise<number> {
  const { policyFiles, flags, directory, step, output, quiet } = parsed;
  const policyTo = openOutlet(output, 'fresh', directory);
  const interrupts = listenForInterrupts();
  const { report } = await session(
    {
      ...{ policyFiles, command: step, directory, environment: currentEnvironment() },
      flags: { ...flags, network: 'audit' },
    },
    ownIo(),
    interrupts,
  ).catch((error: unknown) => {
    policyTo.abandon();
    throw error;
  });
  interrupts.stop();
  const style = styleFor(process.stderr);
  if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
  const policy = learnedPolicy(report);
  if (policy === null) {
    policyTo.abandon();
    throw new GloveboxError('setup-failed', 'nothing was recorded, so there is nothing to learn', {
      remedy: 'see the verdict above, and `glovebox doctor`',
    });
  }
  policyTo.write(policy);
  if (!quiet) process.stderr.write(`  ${style.good('learned')} ${output}\n`);
  return report.outcome.exitCode;
}
