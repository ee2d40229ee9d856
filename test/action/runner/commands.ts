/** A workflow command that a step wrote into its output. */
export interface Command {
  /** In lower case: the runner compares names without case. */
  readonly name: string;
  /** Keys in lower case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export const COMMANDS: ReadonlySet<string> = new Set([
  ...['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group'],
  ...[
    'notice',
    'remove-matcher',
    'save-state',
    'set-env',
    'set-output',
    'stop-commands',
    'warning',
  ],
]);

/** What .NET trims from the start of a line: more than a JavaScript `\s`, by U+0085, and less. */
const LEADING_BLANKS = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

type Escapes = readonly (readonly [escaped: string, plain: string])[];
const DATA: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
];
const PROPERTY: Escapes = [...DATA.slice(0, 2), ['%3A', ':'], ['%2C', ','], ['%25', '%']];
const OLD: Escapes = [['%3B', ';'], ...DATA.slice(0, 2), ['%5D', ']'], ['%25', '%']];

/**
 * The command in a line, or null. `::name key=value::data` counts at the start of a line only, after
 * blanks; `##[name key=value]data` counts anywhere.
 *
 * @param registered whether a name, in lower case, is a command at this moment
 */
export function parseCommand(
  line: string,
  registered: (name: string) => boolean = (name) => COMMANDS.has(name),
): Command | null {
  return parseNew(line, registered) ?? parseOld(line, registered);
}

function parseNew(line: string, registered: (name: string) => boolean): Command | null {
  const text = line.replace(LEADING_BLANKS, '');
  if (!text.startsWith('::')) return null;
  const end = text.indexOf('::', 2);
  if (end < 0) return null;
  const head = readHead(text.slice(2, end), ',', PROPERTY);
  if (!registered(head.name)) return null;
  return { ...head, data: unescape(text.slice(end + 2), DATA) };
}

function parseOld(line: string, registered: (name: string) => boolean): Command | null {
  const start = line.indexOf('##[');
  if (start < 0) return null;
  const end = line.indexOf(']', start);
  if (end < 0) return null;
  const head = readHead(line.slice(start + 3, end), ';', OLD);
  if (!registered(head.name)) return null;
  return { ...head, data: unescape(line.slice(end + 1), OLD) };
}

/** `name key=value,key=value`: pairs without a key or a value do not count. */
function readHead(text: string, separator: string, escapes: Escapes): Omit<Command, 'data'> {
  const space = text.indexOf(' ');
  const name = (space < 0 ? text : text.slice(0, space)).toLowerCase();
  const pairs = space < 0 ? '' : text.slice(space + 1).trim();
  const properties: Record<string, string> = {};
  for (const pair of pairs.split(separator)) {
    const [, key = '', value = ''] = /^=*([^=]+)=(.+)$/s.exec(pair) ?? [];
    if (key !== '') properties[key.toLowerCase()] = unescape(value, escapes);
  }
  return { name, properties };
}

function unescape(text: string, escapes: Escapes): string {
  return escapes.reduce((done, [escaped, plain]) => done.replaceAll(escaped, plain), text);
}
