import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Finding, Path, Position } from './findings.ts';
import { printable } from './reading.ts';
import { readTree } from './tree.ts';

export interface PolicyDocument {
  /** The document as plain data; undefined where it is too broken to be looked at further. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** Where the value at a path stands, or its key; the nearest thing around it where there is none. */
  readonly locate: (path: Path, onKey?: boolean) => Position;
}

const LARGEST_DOCUMENT = 1024 * 1024;
const LONGEST_MESSAGE = 200;
const START: Position = { line: 1, column: 1 };
/** The parser calls itself for each level, so thousands of levels exhaust the stack. */
const TOO_DEEP: Finding = {
  path: [],
  message: 'the file is nested too deeply',
  expected: 'the few levels of a policy',
  position: START,
};
/** These leave the rest of the document readable; after any other error its meaning is a guess. */
const HARMLESS_ERRORS = new Set<string>(['MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED']);

/** Reads YAML 1.2 text. Never throws: all that is wrong is in `findings`. */
export function readDocument(source: string): PolicyDocument {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const unreadable = unreadableText(text);
  if (unreadable) return broken(unreadable);
  try {
    return readYaml(text);
  } catch {
    return broken(TOO_DEEP);
  }
}

function broken(finding: Finding): PolicyDocument {
  return { value: undefined, findings: [finding], locate: () => finding.position ?? START };
}

function unreadableText(text: string): Finding | null {
  if (text.length > LARGEST_DOCUMENT || new TextEncoder().encode(text).length > LARGEST_DOCUMENT) {
    return {
      path: [],
      message: 'the file is too large for a policy',
      expected: 'at most 1 MiB',
      position: START,
    };
  }
  const index = text.search(/[^\P{Cc}\t\n\r\x85]/u);
  if (index < 0) return null;
  const before = text.slice(0, index).split('\n');
  return {
    path: [],
    message: text[index] === '\0' ? 'the file has a NUL byte' : 'the file has a control character',
    expected: 'UTF-8 text without control characters',
    position: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
  };
}

function readYaml(text: string): PolicyDocument {
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // Keys are compared in the tree below: the parser's own comparison takes quadratic time.
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, uniqueKeys: false },
    ...{ version: '1.2', schema: 'core', merge: false, resolveKnownTags: false },
  });
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return broken(TOO_DEEP);
  const syntax = firstAtEachPlace([...document.errors, ...document.warnings]).map((error) =>
    syntaxFinding(error, positionOf),
  );
  if (document.errors.some(({ code }) => !HARMLESS_ERRORS.has(code))) {
    return { value: undefined, findings: syntax, locate: () => START };
  }
  const tree = readTree(document, positionOf);
  return { ...tree, findings: [...syntax, ...tree.findings] };
}

/** One slip makes the parser complain about the same place more than once. */
function firstAtEachPlace(errors: readonly YAMLError[]): YAMLError[] {
  const places = new Set<number>();
  return errors.filter(({ pos: [offset] }) => !places.has(offset) && places.add(offset));
}

const SYNTAX_EXPECTED: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'one document in a file',
  TAB_AS_INDENT: 'spaces',
  TAG_RESOLVE_FAILED: 'no tag',
  BAD_ALIAS: 'a value that starts with * in quotes',
};

function syntaxFinding(error: YAMLError, positionOf: (offset: number) => Position): Finding {
  const [first = ''] = error.message.split('\n');
  const message =
    error.code === 'MULTIPLE_DOCS'
      ? 'the file has several documents'
      : `not YAML: ${lowerFirst(first)}`;
  return {
    path: [],
    message: printable(message.replace(/[.:]$/, ''), LONGEST_MESSAGE),
    expected: SYNTAX_EXPECTED[error.code] ?? 'YAML 1.2; texts with special characters in quotes',
    position: positionOf(error.pos[0]),
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
