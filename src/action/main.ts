import { dirname } from 'node:path';
import { error, info } from '@actions/core';
import { GloveboxError, messageOf } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import { problemLines } from '../console/problems.ts';
import { styleInLog } from '../console/style.ts';
import { refusalSummary } from '../report/job-summary.ts';
import { EXIT } from '../report/outcome.ts';
import { listenForInterrupts } from '../run/interrupts.ts';
import { recoverOutputs } from '../run/outputs/recover.ts';
import { readInputs } from './inputs.ts';
import { readJob } from './job.ts';
import { say } from './log.ts';
import { openMachine } from './machine.ts';
import { policySources, readAhead } from './policy-sources.ts';
import { openReport, publish, publishRefusal } from './publish.ts';
import { clearRun, makeRunDirectory } from './run-directory.ts';
import { runSteps } from './run-steps.ts';
import { installTools, offerCommand } from './setup.ts';

/** One use of the action: gives the exit code. */
export async function main(): Promise<number> {
  const interrupts = listenForInterrupts();
  let ran = false;
  try {
    const inputs = await readInputs();
    const job = readJob();
    const runDirectory = makeRunDirectory(job.environment);
    // Of jobs that were killed on this machine; those of our own steps lie elsewhere.
    for (const text of await recoverOutputs(dirname(runDirectory))) info(harmless(text));
    if (inputs.install) {
      await installTools(inputs.toolsMirror, job.environment, inputs.steps.length > 0);
      await openMachine(job.environment, inputs.allowSysctl);
    }
    if (inputs.steps.length === 0) {
      offerCommand(runDirectory);
      return 0;
    }
    const sources = await policySources(inputs, job);
    await readAhead(sources, inputs, job);
    const file = openReport(inputs, job);
    ran = true;
    const results = await runSteps({ inputs, job, sources, runDirectory, interrupts });
    const report = await publish(results, { inputs, file });
    await clearRun(runDirectory);
    return report.exitCode;
  } catch (thrown) {
    return await refuse(thrown, ran);
  }
}

/** The workflow learns of it through the same outputs, of which none may be missing. */
async function refuse(thrown: unknown, ran: boolean): Promise<number> {
  const { message, details } = asOurs(thrown);
  say(problemLines(details.problems ?? [], styleInLog()).join('\n'));
  const problems = (details.problems ?? []).map(
    ({ place, path, message: what, expected }) =>
      `${[place.origin, place.line, place.column].filter((part) => part !== undefined).join(':')} ${path === '' ? '' : `${path}: `}${what}${expected === undefined ? '' : ` (expected ${expected})`}`,
  );
  error([message, ...problems, details.remedy ?? ''].filter((line) => line !== '').join('\n'), {
    title: 'Glovebox',
  });
  if (!ran) info('Nothing was run.');
  await publishRefusal(ran ? null : refusalSummary(message, problems, details.remedy));
  return EXIT.refused;
}

function asOurs(thrown: unknown): GloveboxError {
  if (thrown instanceof GloveboxError) return thrown;
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  return new GloveboxError('setup-failed', `this is a bug in Glovebox: ${messageOf(thrown)}`, {
    cause: thrown,
    remedy: stack,
  });
}
