import { parseArgs, type ParseArgsConfig } from 'node:util';
import { GloveboxError, messageOf } from '../base/errors.ts';

/** Everything after the first `--` is the step's, whatever it looks like. */
export function splitAtDashes(argv: readonly string[]): {
  ours: readonly string[];
  step: readonly string[] | null;
} {
  const at = argv.indexOf('--');
  return at === -1
    ? { ours: argv, step: null }
    : { ours: argv.slice(0, at), step: argv.slice(at + 1) };
}

/** Options of a command and what stands between them. Throws a `usage` error for what it does not know. */
export function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  command: string,
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options; allowPositionals: true; strict: true }>> {
  try {
    const parsed = parseArgs({
      args: [...args],
      options,
      allowPositionals: true as const,
      strict: true as const,
    });
    const stray = ['run', 'learn', 'explain', 'doctor'].includes(command)
      ? parsed.positionals[0]
      : undefined;
    if (stray !== undefined && command === 'doctor')
      throw usage(`doctor takes options only, and not \`${stray}\``, command);
    if (stray !== undefined)
      throw usage(`\`${stray}\` is in the way: put \`--\` before the command`, command);
    return parsed;
  } catch (error) {
    if (error instanceof GloveboxError) throw error;
    throw usage(messageOf(error).split(/\.\s/)[0] ?? '', command);
  }
}

export function usage(message: string, command: string | null): GloveboxError {
  return new GloveboxError('usage', message, {
    remedy: `see \`glovebox ${command === null ? '' : `${command} `}--help\``,
  });
}
