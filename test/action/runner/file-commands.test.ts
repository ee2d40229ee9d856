import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Disk } from './disk.ts';
import { FileCommands, readPairs } from './file-commands.ts';
import { Masks } from './masks.ts';
import { Matchers } from './matchers.ts';
import { StepRecord } from './step.ts';

describe('readPairs', () => {
  it.each([
    ['a pair', 'a=b\n', [['a', 'b']]],
    ['no newline at the end', 'a=b', [['a', 'b']]],
    ['an empty value', 'a=\n', [['a', '']]],
    ['more equals signs', 'a=b=c\n', [['a', 'b=c']]],
    ['blanks, which stay', ' a = b \n', [[' a ', ' b ']]],
    ['a carriage return, which stays', 'a=b\r\n', [['a', 'b\r']]],
    ['empty lines', '\n\na=b\n\n', [['a', 'b']]],
    ['a long value', 'a<<E\nb\nc\nE\n', [['a', 'b\nc']]],
    ['an empty long value', 'a<<E\nE\n', [['a', '']]],
    ['an empty line in it', 'a<<E\n\nE\n', [['a', '']]],
    [
      'pairs in it, which are text',
      'a<<E\nb=c\nE\nd=e\n',
      [
        ['a', 'b=c'],
        ['d', 'e'],
      ],
    ],
    ['a delimiter only almost there', 'a<<E\n E\nE \nE', [['a', ' E\nE ']]],
    ['= before <<', 'a=b<<c\n', [['a', 'b<<c']]],
    ['<< before =', 'a<<b=c\nd\nb=c\n', [['a', 'd']]],
  ])('reads %s', (_name, text, pairs) => {
    expect([...readPairs(text)]).toEqual(pairs);
  });

  it.each([
    ['neither sign', 'a\n'],
    ['no end', 'a<<E\nb\n'],
    ['no name', '<<E\nb\nE\n'],
    ['no delimiter', 'a<<\nb\n\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => [...readPairs(text)]).toThrow(/Invalid/);
  });
});

describe('the files of a step', () => {
  let temp = '';
  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'files-'));
  });
  afterEach(() => rmSync(temp, { recursive: true }));

  function step(texts: Record<string, string>): StepRecord {
    const files = new FileCommands(new Disk(null), temp);
    const variables = files.variables();
    for (const [name, text] of Object.entries(texts)) appendFileSync(variables[name] ?? '', text);
    const masks = new Masks();
    masks.add('hunter2');
    const record = new StepRecord({
      ...{ workspace: temp, masks, matchers: new Matchers(temp), stepDebug: false },
      environment: new Map([['OLD', '1']]),
      paths: ['/a', '/b'],
    });
    files.apply(record);
    return record;
  }

  it('are all applied', () => {
    const record = step({
      GITHUB_ENV: 'A=1\n',
      GITHUB_PATH: '/c\n\n/a\n',
      GITHUB_OUTPUT: 'o=1\n',
      GITHUB_STATE: 's=1\n',
      GITHUB_STEP_SUMMARY: '# It is hunter2\n',
    });
    expect(record.environment).toEqual({ A: '1' });
    expect([...record.job.environment.keys()]).toEqual(['OLD', 'A']);
    expect(record.paths).toEqual(['/c', '/a']);
    expect(record.job.paths).toEqual(['/b', '/c', '/a']);
    expect([record.outputs, record.state]).toEqual([{ o: '1' }, { s: '1' }]);
    expect(record.summary).toBe('# It is ***\n');
    expect(record.failed).toBe(false);
  });

  it('let through what is on nobody`s list but NODE_OPTIONS', () => {
    const record = step({ GITHUB_ENV: 'BASH_ENV=/x\nNode_Options=--require=/x\nLD_PRELOAD=/y\n' });
    expect(record.environment).toEqual({ BASH_ENV: '/x', LD_PRELOAD: '/y' });
    expect(record.annotations).toHaveLength(1);
    expect(record.failed).toBe(false);
  });

  it('fail the step at a mistake, after what came before it, and go on with the next file', () => {
    const record = step({ GITHUB_ENV: 'A=1\nB<<E\n', GITHUB_OUTPUT: 'o=1\n' });
    expect(record.failed).toBe(true);
    expect(record.environment).toEqual({ A: '1' });
    expect(record.outputs).toEqual({ o: '1' });
  });

  it('hold a summary of at most 1 MiB', () => {
    const most = 1024 * 1024;
    expect(step({ GITHUB_STEP_SUMMARY: 'x'.repeat(most) }).summary).toHaveLength(most);
    const over = step({ GITHUB_STEP_SUMMARY: 'x'.repeat(most + 1) });
    expect([over.summary, over.failed, over.annotations.length]).toEqual(['', false, 1]);
  });
});
