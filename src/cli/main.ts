import { GloveboxError, messageOf } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import { EXIT } from '../report/outcome.ts';
import { VERSION } from '../version.ts';
import { parseArguments } from './arguments.ts';
import { helpFor } from './help.ts';
import { problemLines } from '../console/problems.ts';
import { styleFor } from '../console/style.ts';

/** Understands the command line, does what it says, and gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const parsed = parseArguments(argv);
    // What these relay is another matter, and theirs.
    if (parsed.command !== 'run' && parsed.command !== 'learn')
      process.stdout.on('error', ignoreGoneReader);
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
  } catch (error) {
    process.stderr.write(explainError(error));
    return EXIT.refused;
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

/** Who reads what we print may have seen enough of it, as `head` has. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
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
