import { GloveboxError, messageOf } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import { EXIT } from '../report/outcome.ts';
import { VERSION } from '../version.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import { helpFor } from './help.ts';
import { problemLines } from '../console/problems.ts';
import { styleFor } from '../console/style.ts';

/** Understands the command line, does what it says, and gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let lost: string | null = null;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Who reads it may have seen enough, as `head` has.
    if (error.code !== 'EPIPE') lost ??= messageOf(error);
  });
  // Nobody could be told, and a verdict without a reader is no reason to end before the report is written.
  process.stderr.on('error', () => undefined);
  try {
    const code = await carryOut(parseArguments(argv));
    // A stream tells later that it could not write.
    await new Promise((resolve) => setImmediate(resolve));
    if (lost === null || code !== 0) return code;
    throw new GloveboxError('output-lost', `standard output cannot be written: ${lost as string}`, {
      remedy: 'lead it to where there is room for it',
    });
  } catch (error) {
    process.stderr.write(explainError(error));
    return EXIT.refused;
  }
}

async function carryOut(parsed: Arguments): Promise<number> {
  if ('directory' in parsed) refuseNowhere();
  switch (parsed.command) {
    case 'help':
      return print(helpFor(parsed.topic));
    case 'version':
      return print(`glovebox ${VERSION}`);
    case 'run':
      return await (await import('./run.ts')).runCommand(parsed);
    case 'learn':
      return await (await import('./learn.ts')).learnCommand(parsed);
    case 'explain':
      return await (await import('./explain.ts')).explainCommand(parsed);
    case 'doctor':
      return await (await import('./doctor.ts')).doctorCommand(parsed);
    case 'validate':
      return await (await import('./validate.ts')).validateCommand(parsed);
    case 'schema':
      return await (await import('./schema.ts')).schemaCommand(parsed);
  }
}

function refuseNowhere(): void {
  try {
    process.cwd();
  } catch (error) {
    const remedy = 'change to a directory that is there';
    throw new GloveboxError('input-invalid', 'the current directory is gone', {
      ...{ cause: error, remedy },
    });
  }
}

function explainError(error: unknown): string {
  const style = styleFor(process.stderr);
  if (!(error instanceof GloveboxError)) {
    const where = error instanceof Error ? `\n${error.stack ?? ''}` : '';
    return `${style.bad('glovebox:')} this is a bug in Glovebox: ${harmless(messageOf(error))}${where}\n`;
  }
  const { problems = [], remedy } = error.details;
  const lines = [
    `${style.bad('glovebox:')} ${harmless(error.message)}`,
    ...problemLines(problems, style),
    ...(remedy === undefined ? [] : [`  ${style.dim('→')} ${harmless(remedy)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
