import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommand } from './commands.ts';
import { Masks } from './masks.ts';
import { Matchers } from './matchers.ts';
import { CommandProcessor } from './processor.ts';
import { StepRecord } from './step.ts';

let workspace = '';
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'commands-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

function newJob(stepDebug = false) {
  return {
    ...{ workspace, stepDebug, masks: new Masks(), matchers: new Matchers(workspace) },
    environment: new Map<string, string>(),
    paths: [],
  };
}

/** A step that writes these lines. */
function step(
  lines: readonly string[],
  environment: Record<string, string> = {},
  job = newJob(),
): StepRecord {
  const record = new StepRecord(job);
  const processor = new CommandProcessor(record, environment);
  for (const text of lines) processor.take({ stream: 'stdout', text });
  return record;
}

describe('parseCommand', () => {
  it.each([
    ['the plain form', '::set-output name=a::b', 'set-output', { name: 'a' }, 'b'],
    ['no data', '::endgroup::', 'endgroup', {}, ''],
    ['blanks before it', ' \t::debug::b', 'debug', {}, 'b'],
    ['other blanks before it', '\u00a0\u2003\u0085\u3000::debug::b', 'debug', {}, 'b'],
    ['another case', '::Add-MASK::b', 'add-mask', {}, 'b'],
    ['colons in the data', '::debug::a::b', 'debug', {}, 'a::b'],
    ['several properties', '::error file=a,LINE=2::b', 'error', { file: 'a', line: '2' }, 'b'],
    ['empty properties', '::error file=,=x,line::b', 'error', {}, 'b'],
    ['escapes', '::error file=%3A%2C%25::a%0Ab%0D%253A', 'error', { file: ':,%' }, 'a\nb\r%3A'],
    ['the old form', '##[set-output name=a]b', 'set-output', { name: 'a' }, 'b'],
    ['the old form in a line', 'text ##[add-mask]b', 'add-mask', {}, 'b'],
    ['old escapes', '##[error file=%5D%3B;line=1]%0A', 'error', { file: '];', line: '1' }, '\n'],
    ['the old form after a new one that is none', '::no::##[debug]b', 'debug', {}, 'b'],
  ])('reads %s', (_name, line, name, properties, data) => {
    expect(parseCommand(line)).toEqual({ name, properties, data });
  });

  it.each([
    ['a text before it', 'x::debug::b'],
    ['a mark that is no blank', '\ufeff::debug::b'],
    ['an escape sequence before it', '\u001b[0m::debug::b'],
    ['one colon', ':debug::b'],
    ['no end', '::debug'],
    ['a blank before the name', ':: debug::b'],
    ['an unknown name', '::nothing::b'],
    ['no name', '::::b'],
    ['an old form without an end', '##[debug'],
    ['an old form with a blank', '##[ debug]b'],
    ['an old form that is not the first in its line', '##[x]##[debug]b'],
    ['an old form of another kind', '##vso[task.debug]b'],
    ['an empty line', ''],
  ])('does not take %s', (_name, line) => {
    expect(parseCommand(line)).toBeNull();
  });
});

describe('a step`s commands', () => {
  it('do what they say', () => {
    const record = step([
      ...['::set-output name=o::1', '::save-state name=s::2', '::group::G', 'inside'],
      ...['::endgroup::', '::warning file=/elsewhere::careful', '::debug::hidden'],
    ]);
    expect(record.outputs).toEqual({ o: '1' });
    expect(record.state).toEqual({ s: '2' });
    expect(record.log).toEqual(['##[group]G', 'inside', '##[endgroup]', '##[warning]careful']);
    expect(record.annotations).toEqual([
      { level: 'warning', message: 'careful', properties: { file: '/elsewhere' } },
    ]);
    expect(record.commandsObeyed).toEqual([
      ...['set-output', 'save-state', 'group', 'endgroup', 'warning', 'debug'],
    ]);
    expect(record.failed).toBe(false);
  });

  it('name files from the workspace on', () => {
    const record = step([`::error file=${workspace}/src/a.ts,line=3::b`]);
    expect(record.annotations[0]?.properties).toEqual({ file: 'src/a.ts', line: '3' });
  });

  it('mask what comes after, for the whole job', () => {
    const job = newJob();
    const first = step(['hunter2', '::add-mask::hunter2', 'it is hunter2'], {}, job);
    expect(first.log).toEqual(['hunter2', 'it is ***']);
    expect(step(['hunter2 again'], {}, job).log).toEqual(['*** again']);
  });

  it('are shown when echo is on, but not those that would tell', () => {
    const record = step(['::echo::on', '::set-output name=a::b', '::add-mask::b', '::echo::OFF']);
    expect(record.log).toEqual(['::set-output name=a::b', '::add-mask::***', '::echo::OFF']);
  });

  it('show debug lines and themselves when the step is debugged', () => {
    const record = step(['::debug::seen', '::set-output name=a::b'], {}, newJob(true));
    expect(record.log).toEqual(['##[debug]seen', '::set-output name=a::b']);
  });

  it.each([
    ['an output without a name', '::set-output::x'],
    ['a state without a name', '::save-state name=::x'],
    ['set-env', '::set-env name=a::b'],
    ['add-path', '##[add-path]/evil'],
    ['an unknown echo', '::echo::perhaps'],
    ['a matcher that is not there', '::add-matcher::none.json'],
    ['an empty stop token', '::stop-commands::'],
    ['a stop token that is a command', '::stop-commands::Add-Mask'],
    ['a stop token that pauses the log', '::stop-commands::pause-logging'],
  ])('fail the step with %s, and go on', (_name, line) => {
    const record = step([line, '::set-output name=later::1']);
    expect(record.failed).toBe(true);
    expect(record.annotations[0]?.level).toBe('error');
    expect(record.outputs).toEqual({ later: '1' });
    expect([record.environment, record.paths]).toEqual([{}, []]);
  });

  it('include the old ones when the step is allowed them', () => {
    const record = step(
      ['::set-env name=A::b', '::add-path::/p', '::set-env name=node_options::x'],
      {
        ACTIONS_ALLOW_UNSECURE_COMMANDS: 'TRUE',
      },
    );
    expect([record.environment, record.paths]).toEqual([{ A: 'b' }, ['/p']]);
    expect(record.annotations).toHaveLength(1);
    expect(record.failed).toBe(false);
  });
});

describe('stop-commands', () => {
  const output = '::set-output name=o::1';

  it.each([
    ['nothing is obeyed', ['::stop-commands::tok', output, `##[set-output name=o]1`], {}],
    ['not even another stop', ['::stop-commands::tok', '::stop-commands::x', '::x::', output], {}],
    ['another token does not help', ['::stop-commands::tok', '::token::', output], {}],
    ['the token does', ['::stop-commands::tok', '::tok::', output], { o: '1' }],
    ['in any case', ['::stop-commands::tok', '::TOK::', output], { o: '1' }],
    ['in the old form too', ['::stop-commands::tok', 'x ##[tok]', output], { o: '1' }],
    ['after blanks', ['::stop-commands::tok', '  ::tok::', output], { o: '1' }],
    ['not in the middle', ['::stop-commands::tok', 'no newline::tok::', output], {}],
    [
      'a token can be used again',
      ['::stop-commands::tok', '::tok::', '::stop-commands::tok', output],
      {},
    ],
  ])('%s', (_name, lines, outputs) => {
    expect(step(lines).outputs).toEqual(outputs);
  });

  it('is forgotten at the end of the step', () => {
    const job = newJob();
    step(['::stop-commands::tok'], {}, job);
    expect(step([output], {}, job).outputs).toEqual({ o: '1' });
  });

  it('shows its token, and hides a long one from then on', () => {
    expect(step(['::stop-commands::short', 'short', '::short::']).log).toEqual([
      ...['::stop-commands::short', 'short', '::short::'],
    ]);
    expect(step(['::stop-commands::muchlonger', 'muchlonger']).log).toEqual([
      ...['::stop-commands::***', '***'],
    ]);
  });

  it('tells what was obeyed', () => {
    const record = step(['::stop-commands::tok', output, '::tok::', output]);
    expect(record.commandsObeyed).toEqual(['stop-commands', 'resume-commands', 'set-output']);
  });
});

describe('problem matchers', () => {
  const matcher = (owner: string) =>
    JSON.stringify({
      problemMatcher: [
        { owner, pattern: [{ regexp: '^(E|warning): (.+)$', severity: 1, message: 2 }] },
      ],
    });

  it('annotate ordinary lines, for the whole job and while commands are stopped', () => {
    writeFileSync(join(workspace, 'm.json'), matcher('lint'));
    const job = newJob();
    step(['::add-matcher::m.json'], {}, job);
    const record = step(['::stop-commands::tok', 'warning: odd', 'fine'], {}, job);
    expect(record.annotations).toEqual([{ level: 'warning', message: 'odd', properties: {} }]);
    expect(record.log).toContain('fine');
    step(['::remove-matcher owner=LINT::'], {}, job);
    expect(step(['warning: odd'], {}, job).annotations).toEqual([]);
  });

  it('are replaced by those of the same owner', () => {
    writeFileSync(join(workspace, 'm.json'), matcher('lint'));
    const job = newJob();
    step(['::add-matcher::m.json', '::add-matcher::m.json'], {}, job);
    expect(job.matchers.owners()).toEqual(['lint']);
    step(['::remove-matcher::m.json'], {}, job);
    expect(job.matchers.owners()).toEqual([]);
  });
});

describe('masks', () => {
  it.each([
    ['the value', 'xx s3cr?t xx'],
    ['its URI form', 'a=s3cr%3Ft'],
    ['its base64 form', Buffer.from('s3cr?t').toString('base64')],
    ['its base64 form after a byte', Buffer.from(':s3cr?t').toString('base64')],
    ['its base64 form after two', Buffer.from('::s3cr?t').toString('base64')],
  ])('hide %s', (_name, text) => {
    const masks = new Masks();
    masks.add('s3cr?t');
    expect(masks.hide(text)).toContain('***');
  });

  it('hide a longer value before a shorter one, and each line of a value', () => {
    const masks = new Masks();
    for (const value of ['abc', 'abcdef', 'first\nsecond', ' ']) masks.add(value);
    expect(masks.hide('abcdef abc second a b')).toBe('*** *** *** a b');
  });
});
