import { accessSync, appendFileSync, constants, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GloveboxError, messageOf } from '../base/errors.ts';
import type { EffectiveSandbox } from '../report/schema.ts';
import { markdownSummary } from '../report/summary.ts';
import { session } from '../session.ts';
import type { Arguments } from './arguments.ts';
import { currentEnvironment } from './environment.ts';
import { styleFor } from './style.ts';
import { verdict } from './verdict.ts';

const LAST_READ_MS = 500;

/** Runs the command sealed, writes what was asked for, and ends with a verdict. */
export async function runCommand(parsed: Extract<Arguments, { command: 'run' }>): Promise<number> {
  const { policyFiles, flags, directory, step, report: reportFile, summary, quiet } = parsed;
  for (const file of [reportFile, summary]) {
    if (file !== null) onDisk(file, () => accessSync(dirname(file), constants.W_OK));
  }
  if (reportFile !== null) onDisk(reportFile, () => discard(reportFile));
  const report = await session({
    policyFiles,
    flags,
    command: step,
    directory,
    environment: currentEnvironment(),
  });
  if (!quiet) process.stderr.write(verdict(report, styleFor(process.stderr)));
  writeOut(report, reportFile, summary);
  // What a reader has not taken by then is lost: it may never read again.
  setTimeout(() => process.exit(), LAST_READ_MS).unref();
  return report.outcome.exitCode;
}

/**
 * A report of an earlier run must not be taken for this one's, and a symlink that a step left in its
 * place must not be followed. Pipes and devices stay.
 */
function discard(file: string): void {
  const special = statSync(file, { throwIfNoEntry: false });
  if (special !== undefined && !special.isFile() && !special.isDirectory()) return;
  rmSync(file, { force: true });
}

function writeOut(
  report: EffectiveSandbox,
  reportFile: string | null,
  summary: string | null,
): void {
  if (reportFile !== null) {
    onDisk(reportFile, () => writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`));
  }
  if (summary !== null) onDisk(summary, () => appendFileSync(summary, markdownSummary(report)));
}

function onDisk(file: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new GloveboxError('report-unwritable', `${file} cannot be written: ${messageOf(error)}`, {
      cause: error,
      remedy: 'name a file in a directory that exists and can be written',
    });
  }
}
