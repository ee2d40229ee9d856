import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANNOTATION_LEVELS,
  type Annotation,
  annotationCommand,
  AnnotationCollector,
  parseAnnotation,
} from '../../src/workflow/annotations.ts';

const WORKSPACE = '/home/me/work';
const parse = (line: string): Annotation | null =>
  parseAnnotation(new TextEncoder().encode(line), WORKSPACE);
const placed = (properties: string): Omit<Annotation, 'level' | 'message'> => {
  const { level: _level, message: _message, ...rest } = parse(`::error ${properties}::x`) ?? {};
  return rest;
};

describe('parseAnnotation', () => {
  it.each([
    ['::error::x', { level: 'error', message: 'x' }],
    ['::WARNING::x', { level: 'warning', message: 'x' }],
    ['::notice ::', { level: 'notice', message: '' }],
    ['::error::a::b', { level: 'error', message: 'a::b' }],
    ['::error::a%0Ab%250A%3A', { level: 'error', message: 'a\nb%0A%3A' }],
    ['::error::a%0D%0Ab%0Dc', { level: 'error', message: 'a\nb\nc' }],
    ['::error::\u001b[31ma\u202eb', { level: 'error', message: '\\u001b[31ma\\u202eb' }],
    [
      '::error file=src/a.ts,line=3,col=5,endLine=4,endColumn=6,title=T::x',
      {
        level: 'error',
        message: 'x',
        file: 'src/a.ts',
        line: 3,
        column: 5,
        endLine: 4,
        endColumn: 6,
        title: 'T',
      },
    ],
  ])('reads %j', (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });

  it.each([
    '',
    '::',
    '::error',
    ':\u200b:error::x',
    '::::x',
    '::errors::x',
    ':: error::x',
    '::set-output name=a::b',
    '::add-mask::x',
    '::stop-commands::x',
    '\\::error::x',
  ])('takes %j for no annotation', (line) => {
    expect(parse(line)).toBeNull();
  });

  it.each([
    ['of any case', 'FILE=a,LINE=2', { file: 'a', line: 2 }],
    ['of two the last', 'title=a,title=b', { title: 'b' }],
    ['with an equals sign in it', 'title=a=b', { title: 'a=b' }],
    ['with more equals signs around', '=title==b', { title: 'b' }],
    ['with empty pieces around', ',,title=b,,', { title: 'b' }],
    ['escaped', 'title=a%2Cb%3A%25', { title: 'a,b:%' }],
    ['with a line end in it', 'title=a%0Ab', { title: 'a\\u000ab' }],
    ['that is empty', 'file=,title=', {}],
    ['with a blank in its name', 'file=a, line=2', { file: 'a' }],
    ['that nobody knows', 'repo=a,code=b', {}],
  ])('reads a property %s', (_name, properties, expected) => {
    expect(placed(properties)).toEqual(expected);
  });

  it.each([
    ['./src//a.ts', 'src//a.ts'],
    ['a b/ö.ts', 'a b/ö.ts'],
    ['..a/b..', '..a/b..'],
    [`${WORKSPACE}/src/a.ts`, 'src/a.ts'],
  ])('takes the file %j as %j', (file, expected) => {
    expect(placed(`file=${file},line=1`)).toEqual({ file: expected, line: 1 });
  });

  it.each([
    '../a',
    'a/../../b',
    '/etc/passwd',
    `${WORKSPACE}/../a`,
    `${WORKSPACE}/`,
    `${WORKSPACE}-other/a`,
    `${WORKSPACE}//etc/passwd`,
    './/etc/passwd/..',
    '~/a',
    'c%3A/a',
    'a\\b',
    'a%0Ab',
    'a\u202eb',
    'x'.repeat(4097),
  ])('leaves out the file %j, and its lines with it', (file) => {
    expect(placed(`file=${file},line=1,col=2,title=T`)).toEqual({ title: 'T' });
  });

  it.each(['0', '-1', '1.5', '1e3', ' 1', '1 2', 'x', '9999999999'])(
    'leaves out the line %j',
    (line) => {
      expect(placed(`file=a,line=${line},title=T`)).toEqual({ file: 'a', title: 'T' });
    },
  );

  it('cuts what is too long, and never a character in two', () => {
    const cut = parse(`::error title=${'t'.repeat(1000)}::x${'😀'.repeat(3000)}`);
    expect(cut?.title).toBe(`${'t'.repeat(255)}…`);
    expect(cut?.message).toBe(`x${'😀'.repeat(2047)}…`);
  });
});

describe('annotationCommand', () => {
  it.each([
    [{ level: 'notice', message: 'x' }, '::notice title=step build::x'],
    [{ level: 'error', message: 'a\nb%', title: 'T' }, '::error title=step build%3A T::a%0Ab%25'],
    [
      {
        level: 'warning',
        message: 'x',
        file: 'a,b.ts',
        line: 1,
        column: 2,
        endLine: 3,
        endColumn: 4,
      },
      '::warning file=a%2Cb.ts,line=1,endLine=3,col=2,endColumn=4,title=step build::x',
    ],
  ] satisfies [Annotation, string][])('writes %j', (annotation, expected) => {
    expect(annotationCommand(annotation, 'build')).toBe(expected);
  });

  it('makes the name of the step harmless, and cuts it', () => {
    const text = annotationCommand(
      { level: 'error', message: '' },
      `a\n::error::,b${'c'.repeat(200)}`,
    );
    expect(text).toMatch(/^::error title=step a\\u000a%3A%3Aerror%3A%3A%2Cbc{81}…::$/);
  });
});

/** Any characters, those that mean something more often. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...['%', '%0A', '%25', ':', '::', ',', '=', '\n', '\r', ' ', '##[error]']),
      fc.constantFrom('title=', 'file=', 'step', '\0', '\u202e', '\u2028', '😀', 'a'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('any annotation', () => {
  it('is read as it was written, with the step before its title', () => {
    const written = fc.tuple(fc.constantFrom(...ANNOTATION_LEVELS), text, text, text, text);
    fc.assert(
      fc.property(written, ([level, file, line, title, message]) => {
        const made = parse(`::${level} file=${file},line=${line},title=${title}::${message}`);
        if (made === null) return;
        const command = annotationCommand(made, 'build');
        expect(command).not.toMatch(/[\r\n]|\p{Bidi_Control}/u);
        expect(command.startsWith(`::${made.level} `)).toBe(true);
        const whole = made.title === undefined ? 'step build' : `step build: ${made.title}`;
        // The runner trims blanks at the end of the properties.
        expect(parse(command)).toEqual({ ...made, title: whole.trimEnd() });
      }),
      { numRuns: 2000 },
    );
  });

  it('comes from any bytes without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const line = new Uint8Array([...new TextEncoder().encode('::error file='), ...bytes]);
        const made = parseAnnotation(line, WORKSPACE);
        expect(made?.level ?? 'error').toBe('error');
      }),
    );
  });
});

describe('AnnotationCollector', () => {
  const add = (collector: AnnotationCollector, line: string): void =>
    collector.add(new TextEncoder().encode(line));

  it('keeps ten of each level in order, and counts the rest', () => {
    const collector = new AnnotationCollector(WORKSPACE);
    for (let index = 0; index < 13; index += 1) {
      add(collector, `::error::e${index}`);
      if (index < 11) add(collector, `::notice::n${index}`);
      add(collector, '::set-output name=a::b');
    }
    expect(collector.kept()).toHaveLength(20);
    expect(
      collector
        .kept()
        .slice(0, 3)
        .map(({ message }) => message),
    ).toEqual(['e0', 'n0', 'e1']);
    expect(collector.dropped()).toEqual({ error: 3, warning: 0, notice: 1 });
  });

  it('makes paths relative to its workspace', () => {
    const collector = new AnnotationCollector(WORKSPACE);
    add(collector, `::warning file=${WORKSPACE}/a::x`);
    expect(collector.kept()).toEqual([{ level: 'warning', message: 'x', file: 'a' }]);
  });
});
