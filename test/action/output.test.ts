import { describe, expect, it } from 'vitest';
import type { StepResult } from './runner/step.ts';
import { newJob, use, type Used } from '../lab/action.ts';

/** What the action itself has the runner do for one step; an error when the step fails. */
const OWN = ['group', 'endgroup', 'stop-commands', 'resume-commands'];

const NOTHING: {
  commands: readonly string[];
  annotations: readonly unknown[];
  isSet: boolean;
} = { commands: OWN, annotations: [], isSet: false };

/** Every command that the runner obeys, with what it would do. */
const COMMANDS = [
  ...['::set-output name=x::y', '::save-state name=x::y', '::add-mask::x', '::add-matcher::m.json'],
  ...['::remove-matcher owner=x::', '::group::x', '::endgroup::', '::echo::on', '::debug::x'],
  ...['::error::x', '::warning::x', '::notice::x', '::set-env name=x::y', '::add-path::/x'],
  ...['::stop-commands::x', '::stop-commands::pause-logging', '::x::'],
];

/** Bytes before a command after which the runner still sees one; as printf writes them. */
const LEADS: [string, string][] = [
  ['blanks', '  \\t '],
  ['a carriage return', 'text\\r'],
  ['a vertical tab', '\\v'],
  ['a form feed', '\\f'],
  ['U+0085', '\\xc2\\x85'],
  ['a no-break space', '\\xc2\\xa0'],
  ['an ideographic space', '\\xe3\\x80\\x80'],
  ['a line separator', '\\xe2\\x80\\xa8'],
  ['a byte order mark', '\\xef\\xbb\\xbf'],
  ['a zero-width space', '\\xe2\\x80\\x8b'],
  ['a NUL', '\\0'],
  ['a colour', '\\033[31m'],
  ['broken UTF-8', '\\xff\\xfe'],
];

describe('no command in a step`s output is obeyed', () => {
  it.each(['stdout', 'stderr'])('in any form, on %s', async (stream) => {
    const old = COMMANDS.map((command) => command.replace(/^::(.*)::/, '##[$1]'));
    const lines = [...COMMANDS, ...old, ...old.map((line) => `text ${line}`)];
    const to = stream === 'stderr' ? ' >&2' : '';
    const script = `cat <<'END'${to}\n${lines.join('\n')}\nEND`;
    const used = await use({ run: script });
    expect(obeyed(used)).toEqual(NOTHING);
    expect(linesOf(used)).toHaveLength(lines.length);
  });

  it.each(LEADS)('after %s', async (_name, lead) => {
    const commands = ['::set-output name=x::y', '##[set-output name=x]y', '::STOP-commands::z'];
    const script = commands.map((command) => `printf '${lead}${command}\\n'`).join('\n');
    expect(obeyed(await use({ run: script }))).toEqual(NOTHING);
  });

  it.each([
    ['UTF-16, little end first', '\\xff\\xfe', 'utf16le'],
    ['UTF-8 with a mark', '\\xef\\xbb\\xbf', 'utf8'],
  ])('when it begins as %s', async (_name, mark, encoding) => {
    const text = Buffer.from('\n::set-output name=x::y\n', encoding as BufferEncoding);
    const run = `printf '${mark}'; echo ${text.toString('base64')} | base64 -d`;
    expect(obeyed(await use({ run }))).toEqual(NOTHING);
  });

  it('byte by byte, from two streams', async () => {
    const run = `
text='::set-output name=x::y'
for ((i = 0; i < \${#text}; i++)); do printf %s "\${text:i:1}"; sleep 0.002; done; echo
printf ':' ; sleep 0.05; printf ':set-output name=x::y\\n' >&2; sleep 0.05; echo
printf '#' ; sleep 0.05; printf '#[set-output name=x]y\\n' >&2`;
    expect(obeyed(await use({ run }))).toEqual(NOTHING);
  });

  it('also without a newline at the end, and the next step has commands again', async () => {
    const first = { run: `printf '::set-output name=x::y'` };
    const annotated = { run: 'echo ::error::x', runner: { annotations: true } };
    const used = await use({ steps: JSON.stringify([first, annotated, { run: `printf 'a\\r'` }]) });
    expect(used.commandsObeyed).toEqual([...OWN, ...OWN, 'error', ...OWN]);
    expect(used.annotations.map(({ message }) => message)).toEqual(['x']);
  });

  it('when it guesses at the word that ends the stop', async () => {
    const run = `for i in $(seq 200); do echo "::glovebox-$(printf %032x $i)::"; done
echo ::set-output name=x::y`;
    expect(obeyed(await use({ run }))).toEqual(NOTHING);
  });

  it('in the name or the script of a step either', async () => {
    const name = '::set-output name=x::y';
    const run = `: '\n::set-output name=x::y\n##[set-output name=x]y\n'; exit 1`;
    const used = await use({ steps: JSON.stringify([{ name, run }]) });
    expect(used.commandsObeyed).toEqual([...OWN, 'error']);
    expect(used.outputs).not.toHaveProperty('x');
  });

  it('in a file that is followed either, which is shown in a group', async () => {
    const policy = "version: 1\nfilesystem: { logs: ['*.log'] }\n";
    const run = `echo seen > a.log; echo ::set-output name=x::y >> a.log
printf '##[error]z\n\r::endgroup::' >> a.log; echo > '::endgroup::.log'`;
    const used = await use({ run, policy });
    const group = ['group', 'endgroup'];
    expect(obeyed(used)).toEqual({ ...NOTHING, commands: [...OWN, ...group, ...group] });
    expect(used.log).toContain('seen');
    expect(used.log).toContain('\\::set-output');
  });

  it('of a process that outlives its step', async () => {
    const late = `(sleep 0.3; echo ::set-output name=x::y) & echo "started"`;
    const used = await use({ steps: JSON.stringify([{ run: late }, { run: 'sleep 0.6' }]) });
    expect(used.commandsObeyed).toEqual([...OWN, ...OWN]);
    expect(used.log).not.toContain('\\::set-output');
  });

  it('but without Glovebox all of them are: the control', async () => {
    const step = await newJob().run(
      COMMANDS.slice(0, 3)
        .map((one) => `echo '${one}'`)
        .join('\n'),
    );
    expect(step.commandsObeyed).toEqual(['set-output', 'save-state', 'add-mask']);
  });
});

describe('a step`s output', () => {
  it('passes as it is: colours, broken UTF-8, long lines', async () => {
    const run = `printf '\\033[31mred\\033[0m \\xff\\xfe \\x00 é\\n'; head -c 300000 /dev/zero | tr '\\0' x; echo; echo "last"`;
    const [first, long, last] = linesOf(await use({ run }));
    expect(first).toBe('\u001b[31mred\u001b[0m \ufffd\ufffd \0 é');
    expect(long).toHaveLength(300_000);
    expect(last).toBe('last');
  });

  it('of 50 MB flows', async () => {
    const run = `yes "$(head -c 999 /dev/zero | tr '\\0' x)" | head -n 50000; echo "last"`;
    const used = await use({ run });
    expect([used.outcome, linesOf(used).length, linesOf(used).at(-1)]).toEqual([
      ...['success', 50_001, 'last'],
    ]);
  });

  it('has the job`s secrets hidden, also in what was made harmless', async () => {
    const job = newJob({ secrets: { KEY: 'opensesame' } });
    const policy = 'version: 1\nrunner: { annotations: true, outputs: [key] }\n';
    const run = `
key=open; key=\${key}sesame
echo "plain $key"; echo "::error::told $key"; echo "##[warning]$key"; echo "::add-mask::no"
echo "key=$key" >> $GITHUB_OUTPUT; echo "# $key" >> $GITHUB_STEP_SUMMARY`;
    const used = await use({ run, policy }, job);
    expect(used.log).toContain('plain ***');
    expect(used.log).toContain('\\::error::told ***');
    expect(used.log).toContain('##\\[warning]***');
    for (const text of [used.log, used.summary, JSON.stringify(used.annotations)])
      expect(text).not.toContain('opensesame');
    expect(used.outputs['key']).toBe('opensesame');
  });
});

/** What came of a step's attempts to set `x`. */
function obeyed(step: Used): typeof NOTHING {
  const { commandsObeyed, annotations, outputs } = step;
  return { commands: commandsObeyed, annotations, isSet: Object.hasOwn(outputs, 'x') };
}

/** The lines between the two words that stop commands and let them in again. */
function linesOf({ lines }: StepResult): string[] {
  const texts = lines.map(({ text }) => text);
  const start = texts.findIndex((text) => text.startsWith('::stop-commands::'));
  const token = texts[start]?.slice('::stop-commands::'.length) ?? '';
  return texts.slice(start + 1, texts.indexOf(`::${token}::`, start));
}
