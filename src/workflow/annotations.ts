import { ACTING_CHARACTERS, bounded, harmless } from '../base/text.ts';

export const ANNOTATION_LEVELS = ['error', 'warning', 'notice'] as const;
export type AnnotationLevel = (typeof ANNOTATION_LEVELS)[number];

/** What a step wanted to say about a place in the code; all text is the step's, made harmless. */
export interface Annotation {
  readonly level: AnnotationLevel;
  /** At most 4 KiB; may have several lines, parted by `\n`. */
  readonly message: string;
  /** Relative to the workspace, without `..`. Without a file there are no lines and columns. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** At most 256 characters, one line. */
  readonly title?: string;
}

const LONGEST_MESSAGE = 4 * 1024;
const LONGEST_TITLE = 256;
const LONGEST_STEP_NAME = 100;
/** A path on Linux is no longer. */
const LONGEST_FILE = 4096;
/** The runner shows as many of each level for a step, and drops the rest unseen. */
const SHOWN_OF_EACH = 10;

/**
 * Reads a captured `::error file=…,line=…::message` as the runner would; null for any other command.
 * A file in `workspace`, an absolute path, becomes relative to it; any other absolute one is left out.
 */
export function parseAnnotation(captured: Uint8Array, workspace: string): Annotation | null {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(captured);
  const [, head, data] = /^::(.*?)::(.*)$/su.exec(text) ?? [];
  if (head === undefined || data === undefined) return null;
  const blank = head.indexOf(' ');
  const name = (blank < 0 ? head : head.slice(0, blank)).toLowerCase();
  const level = ANNOTATION_LEVELS.find((one) => one === name);
  if (level === undefined) return null;
  const properties = propertiesOf(blank < 0 ? '' : head.slice(blank + 1));
  const title = bounded(harmless(properties.get('title') ?? ''), LONGEST_TITLE);
  return {
    level,
    message: bounded(harmlessLines(unescaped(data, DATA)), LONGEST_MESSAGE),
    ...placeOf(properties, workspace),
    ...(title !== '' && { title }),
  };
}

/** `a=1,b=2` as the runner splits it: empty pieces do not count, and of two values the last stays. */
function propertiesOf(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const pair of text.trim().split(',')) {
    const [, name, value] = /^=*([^=]+)=+(.+)$/su.exec(pair) ?? [];
    if (name !== undefined && value !== undefined)
      properties.set(name.toLowerCase(), unescaped(value, PROPERTY));
  }
  return properties;
}

type Place = Pick<Annotation, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'>;

function placeOf(properties: ReadonlyMap<string, string>, workspace: string): Place {
  const file = relativeFile(properties.get('file') ?? '', workspace);
  if (file === null) return {};
  const line = numberOf(properties.get('line'));
  const column = numberOf(properties.get('col'));
  const endLine = numberOf(properties.get('endline'));
  const endColumn = numberOf(properties.get('endcolumn'));
  return {
    file,
    ...(line !== null && { line }),
    ...(column !== null && { column }),
    ...(endLine !== null && { endLine }),
    ...(endColumn !== null && { endColumn }),
  };
}

/** null for a path that is not in the workspace, or that would act on a page. */
function relativeFile(written: string, workspace: string): string | null {
  const inside = written.startsWith(`${workspace}/`)
    ? written.slice(workspace.length + 1)
    : written;
  const file = inside.replace(/^(?:\.\/+)+/, '');
  const unusable =
    file === '' ||
    file.length > LONGEST_FILE ||
    /^[/~=]|[\\:]/.test(file) ||
    file.split('/').includes('..') ||
    file.search(ACTING_CHARACTERS) >= 0;
  return unusable ? null : file;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function harmlessLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(harmless)
    .join('\n');
}

/** What stands for a character that would end a value, in the order of the runner's unescaping. */
type Escapes = readonly (readonly [char: string, escape: string])[];

const DATA: Escapes = [
  ['\r', '%0D'],
  ['\n', '%0A'],
  ['%', '%25'],
];
const PROPERTY: Escapes = [
  ['\r', '%0D'],
  ['\n', '%0A'],
  [':', '%3A'],
  [',', '%2C'],
  ['%', '%25'],
];

function unescaped(text: string, escapes: Escapes): string {
  return escapes.reduce((made, [char, escape]) => made.replaceAll(escape, char), text);
}

function escaped(text: string, escapes: Escapes): string {
  return escapes.reduceRight((made, [char, escape]) => made.replaceAll(char, escape), text);
}

/**
 * The annotation as one line for the runner, without a line end. Its title starts with `step NAME`,
 * so that none of a step's can pose as Glovebox's own.
 */
export function annotationCommand(annotation: Annotation, stepName: string): string {
  const step = `step ${bounded(harmless(stepName), LONGEST_STEP_NAME)}`;
  const properties: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['file', annotation.file],
    ['line', annotation.line],
    ['endLine', annotation.endLine],
    ['col', annotation.column],
    ['endColumn', annotation.endColumn],
    ['title', annotation.title === undefined ? step : `${step}: ${annotation.title}`],
  ];
  const written = properties
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escaped(`${value}`, PROPERTY)}`);
  return `::${annotation.level} ${written.join(',')}::${escaped(annotation.message, DATA)}`;
}

/** Keeps the first ten annotations of each level, and counts the rest. */
export class AnnotationCollector {
  private readonly workspace: string;
  private readonly all: Annotation[] = [];
  private readonly seen: Record<AnnotationLevel, number> = { error: 0, warning: 0, notice: 0 };

  /** `workspace` is absolute and without a slash at its end. */
  constructor(workspace: string) {
    this.workspace = workspace;
  }

  /** Takes a captured command; one that is no annotation is passed over. */
  add(captured: Uint8Array): void {
    const annotation = parseAnnotation(captured, this.workspace);
    if (annotation === null) return;
    this.seen[annotation.level] += 1;
    if (this.seen[annotation.level] <= SHOWN_OF_EACH) this.all.push(annotation);
  }

  /** In the order in which they came. */
  kept(): readonly Annotation[] {
    return this.all;
  }

  /** How many more there were of each level. */
  dropped(): Readonly<Record<AnnotationLevel, number>> {
    const beyond = (level: AnnotationLevel): number =>
      Math.max(0, this.seen[level] - SHOWN_OF_EACH);
    return { error: beyond('error'), warning: beyond('warning'), notice: beyond('notice') };
  }
}
