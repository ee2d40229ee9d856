import { accept, type Reading, refuse } from '../policy/reading.ts';

/** How a step's script is run. */
export interface Shell {
  /** Words of the command; `{0}` stands for the script. */
  readonly command: readonly string[];
  /** Of the script's file, with its dot, or empty. */
  readonly extension: string;
  /** The script as the shell is to read it. */
  readonly prepare: (script: string) => string;
}

const asWritten = (script: string): string => script;

/** The runner's own, each with the options that it gives it. */
const KNOWN: Readonly<Record<string, Shell>> = {
  bash: {
    command: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '{0}'],
    extension: '.sh',
    prepare: asWritten,
  },
  sh: { command: ['sh', '-e', '{0}'], extension: '.sh', prepare: asWritten },
  python: { command: ['python', '{0}'], extension: '.py', prepare: asWritten },
  node: { command: ['node', '{0}'], extension: '.js', prepare: asWritten },
  pwsh: {
    command: ['pwsh', '-command', ". '{0}'"],
    extension: '.ps1',
    prepare: (script) =>
      [
        "$ErrorActionPreference = 'stop'",
        script,
        'if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }',
        '',
      ].join('\n'),
  },
};

/** What a step without a `shell` gets. */
export const DEFAULT_SHELL: Shell = {
  command: ['bash', '-e', '{0}'],
  extension: '.sh',
  prepare: asWritten,
};

/** One of the known names, or any command in which `{0}` stands for the script. */
export function readShell(raw: unknown): Reading<Shell> {
  const expected = `one of ${Object.keys(KNOWN).join(', ')}, or a command with {0}`;
  if (typeof raw !== 'string' || raw.trim() === '') return refuse('it is not a text', expected);
  const known = Object.hasOwn(KNOWN, raw) ? KNOWN[raw] : undefined;
  if (known !== undefined) return accept(known);
  const command = wordsOf(raw);
  if (command === null) return refuse('a double quote is not closed', expected);
  if (!command.some((word) => word.includes('{0}'))) {
    return refuse(
      command.length === 1 ? `\`${raw}\` is no shell that is known` : 'it has no {0}',
      expected,
    );
  }
  return accept({ command, extension: '', prepare: asWritten });
}

/** Split at blanks; double quotes group, as the runner has it. null: a quote is open at the end. */
function wordsOf(text: string): string[] | null {
  if ((text.match(/"/g) ?? []).length % 2 === 1) return null;
  const words = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}
