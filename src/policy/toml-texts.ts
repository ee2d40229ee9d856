/** A text in a TOML document, and the keys that lead to it. */
export interface TomlText {
  readonly path: readonly string[];
  readonly value: string;
}

/** Arrays and inline tables within each other; more of them hold nothing that anybody looks for. */
const DEEPEST = 20;

const BLANKS = /[ \t]*/y;
const BLANKS_AND_LINES = /(?:[ \t\r\n,]|#[^\n]*)*/y;
const REST_OF_LINE = /[^\n]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}\n#]*/y;
const LONG_TEXT = /"""(?:[^\\]|\\[^])*?"{3,5}|'''[^]*?'{3,5}/y;
const BASIC_TEXT = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL_TEXT = /'[^'\n]*'/y;

/**
 * All texts on one line that are the value of a key, in their order. Numbers, dates, texts of several
 * lines and what is in arrays are left out. Never throws: a line that is no TOML is passed over.
 */
export function tomlTexts(text: string): TomlText[] {
  const reader = new TomlReader(text);
  reader.document();
  return reader.found;
}

class TomlReader {
  readonly found: TomlText[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let table: readonly string[] = [];
    for (this.#take(BLANKS_AND_LINES); this.#at < this.#text.length; this.#take(BLANKS_AND_LINES)) {
      const heading = this.#heading();
      if (heading === null) this.#pair(table, 0);
      else table = heading;
      // Whatever is left of the line is a comment, or no TOML.
      this.#take(REST_OF_LINE);
    }
  }

  /** `[a.b]` or `[[a.b]]`; null for any other line. */
  #heading(): readonly string[] | null {
    if (!this.#has('[')) return null;
    this.#has('[');
    return this.#keys() ?? [];
  }

  /** `key = value`, below a table; null: in an array, where nothing is kept. */
  #pair(table: readonly string[] | null, depth: number): boolean {
    const keys = this.#keys();
    if (keys === null || !this.#has('=')) return false;
    this.#take(BLANKS);
    return this.#value(table === null ? null : [...table, ...keys], depth);
  }

  /** `a`, `a.b`, `a."b.c"`. */
  #keys(): string[] | null {
    const keys: string[] = [];
    do {
      this.#take(BLANKS);
      const key = this.#quoted() ?? this.#take(BARE_KEY);
      if (key === null) return null;
      keys.push(key);
      this.#take(BLANKS);
    } while (this.#has('.'));
    return keys;
  }

  #value(path: readonly string[] | null, depth: number): boolean {
    if (this.#take(LONG_TEXT) !== null) return true;
    const text = this.#quoted();
    if (text !== null) {
      if (path !== null) this.found.push({ path, value: text });
      return true;
    }
    if (depth < DEEPEST && this.#has('{'))
      return this.#until('}', () => this.#pair(path, depth + 1));
    if (depth < DEEPEST && this.#has('['))
      return this.#until(']', () => this.#value(null, depth + 1));
    return this.#take(BARE_VALUE) !== null;
  }

  /** Parts with commas between them, up to the end; false where a part cannot be read. */
  #until(end: string, part: () => boolean): boolean {
    for (;;) {
      this.#take(BLANKS_AND_LINES);
      if (this.#has(end)) return true;
      const before = this.#at;
      if (!part() || this.#at === before) return false;
    }
  }

  #quoted(): string | null {
    const literal = this.#take(LITERAL_TEXT);
    if (literal !== null) return literal.slice(1, -1);
    const basic = this.#take(BASIC_TEXT);
    return basic === null ? null : plainText(basic);
  }

  #has(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** The text that matches here, and past it; null where none does. */
  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const [taken = ''] = pattern.exec(this.#text) ?? [];
    this.#at += taken.length;
    return taken === '' ? null : taken;
  }
}

/** Its escapes are nearly those of JSON; a text with another one has nothing that anybody looks for. */
function plainText(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return '';
  }
}
