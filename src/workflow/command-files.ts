import { shown } from '../policy/reading.ts';

/** One variable, output or state. */
export interface Entry {
  readonly name: string;
  readonly value: string;
}

export interface FileProblem {
  /** Counts from 1. */
  readonly line: number;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** What a step wrote into one of its command files: with a problem anywhere, nothing of it counts. */
export interface EntryFile {
  readonly entries: readonly Entry[];
  readonly problems: readonly FileProblem[];
}

export interface PathFile {
  readonly paths: readonly string[];
  readonly problems: readonly FileProblem[];
}

const LARGEST_FILE = 4 * 1024 * 1024;
const LARGEST_VALUE = 1024 * 1024;
const MOST_ENTRIES = 10_000;

/**
 * Reads the format of GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STATE as the runner on Linux does: `NAME=value`, or
 * `NAME<<DELIMITER` and lines up to the delimiter. Only `\n` ends a line; a `\r` before it belongs to the text.
 * Never throws. Unlike the runner it takes no empty name, no NUL byte, no broken UTF-8 and no file above 4 MiB.
 */
export function parseEntries(bytes: Uint8Array): EntryFile {
  const text = decode(bytes);
  return typeof text === 'string' ? readEntries(text) : { entries: [], problems: [text] };
}

/** Reads the format of GITHUB_PATH: a path in each line, whatever ends it. Never throws. */
export function parsePaths(bytes: Uint8Array): PathFile {
  const text = decode(bytes);
  if (typeof text !== 'string') return { paths: [], problems: [text] };
  const paths = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (paths.length <= MOST_ENTRIES) return { paths, problems: [] };
  return { paths: [], problems: [{ line: 1, message: TOO_MANY }] };
}

const TOO_MANY = `the file has more than ${MOST_ENTRIES} entries`;

/** The text without a byte order mark, which the runner drops too. */
function decode(bytes: Uint8Array): string | FileProblem {
  if (bytes.length > LARGEST_FILE) return { line: 1, message: 'the file is larger than 4 MiB' };
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { line: lineAt(bytes, nul), message: 'the file has a NUL byte' };
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { line: firstBrokenLine(bytes), message: 'the file is not UTF-8 text' };
  }
}

function lineAt(bytes: Uint8Array, index: number): number {
  return bytes.subarray(0, index).reduce((line, byte) => (byte === 0x0a ? line + 1 : line), 1);
}

/** Broken UTF-8 is decoded to what it was not. Only an end cut short may agree as far as it goes. */
function firstBrokenLine(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(text);
  const broken = bytes.findIndex((byte, index) => byte !== again[index]);
  return lineAt(bytes, broken < 0 ? bytes.length - 1 : broken);
}

/** The lines of a text, one after the other. */
class Lines {
  private readonly text: string;
  private index = 0;
  /** Of the line that was taken last. */
  number = 0;

  constructor(text: string) {
    this.text = text;
  }

  take(): string | null {
    if (this.index >= this.text.length) return null;
    const found = this.text.indexOf('\n', this.index);
    const end = found < 0 ? this.text.length : found;
    const line = this.text.slice(this.index, end);
    this.index = end + 1;
    this.number += 1;
    return line;
  }
}

function readEntries(text: string): EntryFile {
  const lines = new Lines(text);
  const entries: Entry[] = [];
  for (let line = lines.take(); line !== null; line = lines.take()) {
    if (line === '') continue;
    const number = lines.number;
    const entry = entries.length < MOST_ENTRIES ? readEntry(line, lines) : TOO_MANY;
    if (typeof entry === 'string')
      return { entries: [], problems: [{ line: number, message: entry }] };
    entries.push(entry);
  }
  return { entries, problems: [] };
}

/** The entry that starts in `line`, or what is wrong with it. */
function readEntry(line: string, lines: Lines): Entry | string {
  const [, name, sign, rest] = /^(.*?)(=|<<)(.*)$/su.exec(line) ?? [];
  if (name === undefined || rest === undefined)
    return 'the line is neither NAME=value nor NAME<<DELIMITER';
  if (name === '') return 'the name is empty';
  const value = sign === '=' ? rest : heredoc(rest, lines);
  if (value === null)
    return rest === ''
      ? `the delimiter of ${shown(name)} is empty`
      : `the value of ${shown(name)} has no end: there is no line ${shown(rest)} after it`;
  return tooLarge(value) ? `the value of ${shown(name)} is larger than 1 MiB` : { name, value };
}

/** The lines up to the delimiter; null where it does not come. */
function heredoc(delimiter: string, lines: Lines): string | null {
  if (delimiter === '') return null;
  const value: string[] = [];
  for (let line = lines.take(); line !== null; line = lines.take()) {
    if (line === delimiter) return value.join('\n');
    value.push(line);
  }
  return null;
}

function tooLarge(value: string): boolean {
  return (
    value.length > LARGEST_VALUE ||
    (value.length > LARGEST_VALUE / 3 && new TextEncoder().encode(value).length > LARGEST_VALUE)
  );
}

/** Whether the runner would read a name back as it was written: no sign that ends it, nothing unseen. */
export function isWritableName(name: string): boolean {
  return /^[^=<\p{C}\p{Zl}\p{Zp}]+$/u.test(name);
}
