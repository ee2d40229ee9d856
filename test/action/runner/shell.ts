import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The shells that the runner knows without a `{0}`. */
const BUILT_IN: Readonly<Record<string, string>> = {
  bash: '--noprofile --norc -e -o pipefail {0}',
  sh: '-e {0}',
  python: '{0}',
};
const EXTENSIONS: Readonly<Record<string, string>> = { bash: '.sh', sh: '.sh', python: '.py' };

export interface Shell {
  /** As it is written: what is looked up. */
  readonly command: string;
  /** The script's file name ends with it; empty for shells that the runner does not know. */
  readonly extension: string;
  /** The arguments for a script at this path. */
  arguments(script: string): string[];
}

/**
 * What a step's `shell:` means; null when it has none.
 *
 * @throws when it is neither built in nor has a `{0}`
 */
export function readShell(option: string | null): Shell {
  // Without the option it is bash, but called as sh would be.
  if (option === null) return shell('bash', BUILT_IN['sh'] ?? '', '.sh');
  const space = option.indexOf(' ');
  const command = space < 0 ? option : option.slice(0, space);
  const written = space < 0 ? '' : option.slice(space + 1).trimStart();
  const format = written === '' ? (BUILT_IN[command] ?? '') : written;
  if (!format.includes('{0}')) {
    throw new Error(`Invalid shell option '${option}': it is not built in and has no {0}`);
  }
  return shell(command, format, EXTENSIONS[command] ?? '');
}

function shell(command: string, format: string, extension: string): Shell {
  return { command, extension, arguments: (script) => splitArguments(fill(format, script)) };
}

/** `{0}` is the script, doubled braces are single ones, and any other brace is a mistake. */
function fill(format: string, script: string): string {
  return format.replace(/\{\{|\}\}|\{0\}|[{}]/g, (found) => {
    if (found === '{0}') return script;
    if (found.length === 2) return found.slice(1);
    throw new Error(`Invalid shell option: a single '${found}' in '${format}'`);
  });
}

/** Words as .NET splits them: blanks separate, double quotes group, `\"` is a quote. */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    const read = readWord(text, at);
    words.push(read.word);
    at = read.end;
  }
  return words;
}

function readWord(text: string, start: number): { word: string; end: number } {
  let word = '';
  let quoted = false;
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (!quoted && (character === ' ' || character === '\t')) break;
    const slashes = /^\\*/.exec(text.slice(at))?.[0].length ?? 0;
    if (slashes > 0 && text[at + slashes] === '"') {
      word += '\\'.repeat(slashes >> 1);
      // An odd one makes the quote an ordinary character; otherwise the quote is read next.
      if (slashes % 2 === 1) word += '"';
      at += slashes % 2 === 1 ? slashes : slashes - 1;
    } else if (slashes > 0) {
      word += '\\'.repeat(slashes);
      at += slashes - 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else {
      word += character;
    }
  }
  return { word, end: at };
}

/** The first executable of that name; what steps added to the path comes before the machine's. */
export function which(command: string, paths: readonly string[], machinePath: string): string {
  if (isAbsolute(command) && isExecutable(command)) return command;
  const directories = [...paths.toReversed(), ...machinePath.split(delimiter)];
  const found = directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, command))
    .find((path) => isExecutable(path));
  if (found === undefined) throw new Error(`${command}: command not found`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
