/** One setting of a git configuration. Section and key in small letters, as git compares them. */
export interface GitSetting {
  /** Empty where the setting stands before every section. */
  readonly section: string;
  readonly subsection: string | null;
  readonly key: string;
  /** null for a key alone, which git takes for true. */
  readonly value: string | null;
}

export interface GitDocument {
  readonly settings: readonly GitSetting[];
  /** What stands behind `#` and `;`. */
  readonly comments: readonly string[];
}

/** Reads text exactly as git does; null where git would call the file bad. */
export function readGitConfig(text: string): GitDocument | null {
  // Where git's own strings would end.
  if (text.includes('\0')) return null;
  const reader = readerOf(text);
  const settings: GitSetting[] = [];
  const comments: string[] = [];
  let base: string | null = '';
  for (;;) {
    const char = reader.next();
    if (reader.ended()) return { settings, comments };
    if (isSpace(char)) continue;
    if (isCommentMark(char)) {
      comments.push(restOfLine(reader));
    } else if (char === '[') {
      base = readHeader(reader);
      if (base === null) return null;
    } else {
      const setting = /[a-z]/i.test(char) ? readSetting(char, base, reader, comments) : null;
      if (setting === null) return null;
      settings.push(setting);
    }
  }
}

/** Text that git reads back as these settings, in this order. */
export function writeGitConfig(settings: readonly GitSetting[]): string {
  const lines: string[] = [];
  let last = '';
  for (const { section, subsection, key, value } of settings) {
    const header = subsection === null ? `[${section}]` : `[${section} "${quoted(subsection)}"]`;
    if (header !== last) lines.push(header);
    last = header;
    lines.push(value === null ? `\t${key}` : `\t${key} = "${escaped(value)}"`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

interface Reader {
  /** The next character; past the end, line ends for ever. */
  next(): string;
  /** Whether the end was read. */
  ended(): boolean;
}

function readerOf(text: string): Reader {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  return {
    next: () => {
      if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
      const char = text[at] ?? '\n';
      at += 1;
      return char;
    },
    ended: () => at > text.length,
  };
}

/** What stands between brackets, as git keeps it: `section` or `section.subsection`. */
function readHeader(reader: Reader): string | null {
  let name = '';
  for (;;) {
    const char = reader.next();
    if (reader.ended()) return null;
    if (char === ']') return name === '' ? null : name;
    if (isSpace(char)) return readSubsection(name, char, reader);
    if (!/[a-z0-9.-]/i.test(char)) return null;
    name += char.toLowerCase();
  }
}

function readSubsection(section: string, space: string, reader: Reader): string | null {
  let char = space;
  while (isSpace(char)) {
    if (char === '\n') return null;
    char = reader.next();
  }
  if (char !== '"') return null;
  let subsection = '';
  for (;;) {
    char = reader.next();
    if (char === '"') break;
    if (char === '\\') char = reader.next();
    if (char === '\n') return null;
    subsection += char;
  }
  return reader.next() === ']' ? `${section}.${subsection}` : null;
}

function readSetting(
  first: string,
  base: string,
  reader: Reader,
  comments: string[],
): GitSetting | null {
  let key = first.toLowerCase();
  let char = reader.next();
  for (; /[a-z0-9-]/i.test(char); char = reader.next()) key += char.toLowerCase();
  while (char === ' ' || char === '\t') char = reader.next();
  const dot = base.indexOf('.');
  const setting = {
    section: dot === -1 ? base : base.slice(0, dot),
    subsection: dot === -1 ? null : base.slice(dot + 1),
    key,
  };
  if (char === '\n') return { ...setting, value: null };
  if (char !== '=') return null;
  const value = readValue(reader, comments);
  return value === null ? null : { ...setting, value };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['t', '\t'],
  ['b', '\b'],
  ['n', '\n'],
  ['\\', '\\'],
  ['"', '"'],
]);

function readValue(reader: Reader, comments: string[]): string | null {
  let value = '';
  /** Blanks that count only if something follows. */
  let blanks = '';
  let inQuotes = false;
  for (;;) {
    const char = reader.next();
    if (char === '\n') return inQuotes ? null : value;
    if (!inQuotes && isSpace(char)) {
      if (value !== '') blanks += char;
      continue;
    }
    if (!inQuotes && isCommentMark(char)) {
      comments.push(restOfLine(reader));
      return value;
    }
    value += blanks;
    blanks = '';
    if (char === '"') {
      inQuotes = !inQuotes;
    } else if (char === '\\') {
      const meant = ESCAPES.get(reader.next());
      if (meant === undefined) return null;
      value += meant;
    } else {
      value += char;
    }
  }
}

function restOfLine(reader: Reader): string {
  let line = '';
  for (let char = reader.next(); char !== '\n'; char = reader.next()) line += char;
  return line;
}

/** git's own idea: no form feed, no vertical tab, nothing beyond ASCII. */
function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

function isCommentMark(char: string): boolean {
  return char === '#' || char === ';';
}

function quoted(subsection: string): string {
  return subsection.replace(/[\\"]/g, '\\$&');
}

function escaped(value: string): string {
  return quoted(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\b', '\\b');
}
