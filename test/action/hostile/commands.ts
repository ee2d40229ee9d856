import { type Attack, MARK } from './job.ts';

const spelled = (name: string, bytes: string, effect: Attack['succeeded']): Attack => ({
  name: `says ${name}`,
  script: () => `printf '${bytes}'`,
  succeeded: effect,
});
const setsOutput: Attack['succeeded'] = ({ step }) => step.outputs['x'] === MARK;
const output = `::set-output name=x::${MARK}`;
const old = `##[set-output name=x]${MARK}`;
const utf16 = (text: string): string =>
  [...Buffer.from(`\ufeff${text}`, 'utf16le')]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');

/** Workflow commands in the output of the step, in every spelling that a runner obeys. */
const SPELLINGS: readonly Attack[] = [
  spelled('set-output', `${output}\\n`, setsOutput),
  spelled('set-output in capitals', `::SET-OUTPUT name=x::${MARK}\\n`, setsOutput),
  spelled('set-output after blanks', ` \\t${output}\\n`, setsOutput),
  spelled('set-output after U+0085', `\\302\\205${output}\\n`, setsOutput),
  spelled('set-output after U+3000', `\\343\\200\\200${output}\\n`, setsOutput),
  spelled('set-output after a lone return', `10%%\\r${output}\\n`, setsOutput),
  spelled('set-output without an end', `tests pass\\n${output}`, setsOutput),
  spelled('set-output on stderr', `${output}\\n' >&2; printf '`, setsOutput),
  spelled('set-output in the old form', `tests pass ${old}\\n`, setsOutput),
  spelled('set-output in UTF-16', utf16(`${output}\n`), setsOutput),
  spelled('set-output in UTF-16 on stderr', `${utf16(`${output}\n`)}' >&2; printf '`, setsOutput),
  spelled('save-state', `::save-state name=x::${MARK}\\n`, ({ step }) => step.state['x'] === MARK),
  spelled('error', `::error file=widget.mjs::${MARK}\\n`, ({ step }) =>
    step.annotations.some(({ message }) => message === MARK),
  ),
  spelled('stop-commands with a word of its own', `::stop-commands::${MARK}\\n`, ({ step }) =>
    step.commands.some(({ name, data }) => name === 'stop-commands' && data === MARK),
  ),
  spelled('group', `::group::${MARK}\\n`, ({ step }) => step.log.includes(`##[group]${MARK}`)),
];

/** Commands that change what the rest of the job shows. */
const LASTING: readonly Attack[] = [
  {
    name: 'masks every e of the log from now on',
    script: () => "echo '::add-mask::e'",
    later: () => 'echo three',
    succeeded: ({ later }) => later.log === 'thr******',
  },
  {
    name: 'has a problem matcher of its own read the log from now on',
    script: () => "echo '::add-matcher::matcher.json'",
    later: () => 'echo all is well',
    succeeded: ({ later }) => later.annotations.some(({ message }) => message === 'all is well'),
  },
];

/** The files through which a step speaks to the runner. */
const FILES: readonly Attack[] = [
  {
    name: 'sets a variable for later steps',
    script: () => `echo SHELLOPTS_OF=${MARK} >> "$GITHUB_ENV"`,
    succeeded: ({ job }) => job.environment['SHELLOPTS_OF'] === MARK,
  },
  {
    name: 'has later shells read a file of its own',
    script: () => `echo 'echo ${MARK}' > rc; echo "BASH_ENV=$PWD/rc" >> "$GITHUB_ENV"`,
    later: () => 'true',
    succeeded: ({ later }) => later.log.includes(MARK),
  },
  {
    name: 'puts a program first in the PATH of later steps',
    script: () => `
      mkdir -p bin; printf '#!/bin/sh\\necho ${MARK}' > bin/date; chmod +x bin/date
      echo "$PWD/bin" >> "$GITHUB_PATH"`,
    later: () => 'date',
    succeeded: ({ later }) => later.log.includes(MARK),
  },
  {
    name: 'sets an output that nobody declared',
    script: () => `echo x=${MARK} >> "$GITHUB_OUTPUT"`,
    succeeded: ({ step }) => step.outputs['x'] === MARK,
  },
  {
    name: 'sets an output of Glovebox’s own',
    script: () => `echo blocked=${MARK} >> "$GITHUB_OUTPUT"`,
    given: { policy: 'version: 1\nrunner: { outputs: [blocked] }\n' },
    succeeded: ({ step }) => step.outputs['blocked'] === MARK,
  },
  {
    name: 'lists the runner’s files and writes into all of them',
    script: ({ temp }) =>
      `for f in ${temp}/_runner_file_commands/set_env_*; do echo LISTED=${MARK} >> "$f"; done`,
    succeeded: ({ job }) => job.environment['LISTED'] === MARK,
  },
  {
    name: 'has a file of the runner read as its output',
    script: ({ home }) => `rm -f "$GITHUB_OUTPUT"; ln -s ${home}/secret "$GITHUB_OUTPUT"`,
    prepare: (job) => job.disk.write(`${job.layout.home}/secret`, `x=${MARK}\n`),
    given: { policy: 'version: 1\nrunner: { outputs: [x] }\n' },
    succeeded: ({ step }) => step.outputs['x'] === MARK,
  },
  {
    name: 'has a file of the runner shown in the summary',
    script: ({ home }) =>
      `rm -f "$GITHUB_STEP_SUMMARY"; ln -s ${home}/secret "$GITHUB_STEP_SUMMARY"`,
    prepare: (job) => job.disk.write(`${job.layout.home}/secret`, `${MARK}\n`),
    succeeded: ({ step }) => step.summary.includes(MARK),
  },
];

const HEADING = '## Glovebox: all steps were sealed';

/** The job's summary, on which people decide. */
const SUMMARY: readonly Attack[] = [
  {
    name: 'writes a verdict into the summary that could be Glovebox’s',
    script: () => `printf '</details>\\n\\n%s\\n' '${HEADING}' > "$GITHUB_STEP_SUMMARY"`,
    succeeded: ({ step }) => step.summary.split('\n').includes(HEADING),
  },
  {
    name: 'leaves the summary’s collapsed part',
    script: () => `echo '</details><h1>${MARK}' > "$GITHUB_STEP_SUMMARY"`,
    succeeded: ({ step }) => step.summary.includes('</details><h1>'),
  },
  {
    name: 'has the summary fetch an image',
    script: () => `echo '![ok](https://evil.example.com/${MARK})' > "$GITHUB_STEP_SUMMARY"`,
    succeeded: ({ step }) => step.summary.includes('![ok](https:'),
  },
  {
    name: 'makes the summary too large to be shown at all',
    script: () => `head -c 1100000 /dev/zero | tr '\\0' x >> "$GITHUB_STEP_SUMMARY"`,
    succeeded: ({ step }) => step.summary === '',
  },
  {
    name: 'puts markup into the summary by the names of files',
    script: () => `touch -- '<h1>${MARK}'; ls >> "$GITHUB_STEP_SUMMARY"`,
    succeeded: ({ step }) => step.summary.includes(`<h1>${MARK}`),
  },
];

/** Steps that go on after their end. */
const OUTLIVING: readonly Attack[] = [
  {
    name: 'outlives its step and writes into a later one’s files',
    script: ({ temp }) =>
      outliving(`for f in ${temp}/_runner_file_commands/set_env_*; do
        [ "$f" = "$GITHUB_ENV" ] || { [ -e "$f" ] && echo LATE=${MARK} >> "$f"; } done`),
    later: () => waitFor('grep -q LATE "$GITHUB_ENV"'),
    succeeded: ({ job }) => job.environment['LATE'] === MARK,
  },
  {
    name: 'outlives its step and writes into a later one’s log',
    script: ({ temp }) =>
      outliving(`for f in /proc/[0-9]*/environ; do p=\${f%/environ}
        grep -qs LATER_STEP=${temp} "$f" && { echo ${MARK} > "$p/fd/1"; touch seen; } done`),
    later: () => waitFor('[ -e seen ]'),
    succeeded: ({ later }) => later.log.includes(MARK),
  },
  {
    name: 'outlives its step and adds to a later one’s script',
    script: ({ temp }) =>
      outliving(`for f in ${temp}/*.sh; do
        grep -qs waits-for "$f" && { echo 'echo ${MARK}' >> "$f"; touch seen; } done`),
    later: () => waitFor('[ -e seen ]'),
    succeeded: ({ later }) => later.log.includes(MARK),
  },
];

/** Tries it again and again until the step after this one is over, and longer than that never. */
function outliving(commands: string): string {
  const body = `for i in $(seq 100); do ${commands}; sleep 0.05; done`;
  return `setsid bash -c '${body.replaceAll("'", String.raw`'\''`)}' </dev/null >/dev/null 2>&1 &`;
}

/** Gives a process that was left behind the time to do it. */
function waitFor(condition: string): string {
  const wait = `for i in $(seq 15); do ${condition} && break; sleep 0.1; done`;
  return `: waits-for; LATER_STEP=$RUNNER_TEMP bash -c '${wait.replaceAll("'", '"')}'\n`;
}

export const ON_THE_RUNNER = [...SPELLINGS, ...LASTING, ...FILES, ...SUMMARY, ...OUTLIVING];
