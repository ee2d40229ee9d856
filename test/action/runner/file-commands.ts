import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import type { StepRecord } from './step.ts';

const SUMMARY_LIMIT = 1024 * 1024;

/** In the order in which the runner applies them. */
const FILES = [
  { variable: 'GITHUB_PATH', prefix: 'add_path_', apply: addPaths },
  { variable: 'GITHUB_ENV', prefix: 'set_env_', apply: setEnvironment },
  { variable: 'GITHUB_STEP_SUMMARY', prefix: 'step_summary_', apply: addSummary },
  { variable: 'GITHUB_STATE', prefix: 'save_state_', apply: saveState },
  { variable: 'GITHUB_OUTPUT', prefix: 'set_output_', apply: setOutputs },
] as const;

/** The five files through which one step speaks to the job. */
export class FileCommands {
  readonly directory: string;
  readonly suffix = randomUUID();

  constructor(disk: Disk, temp: string) {
    this.directory = join(temp, '_runner_file_commands');
    disk.directory(this.directory);
    for (const { prefix } of FILES) disk.write(this.path(prefix), '');
  }

  variables(): Record<string, string> {
    return Object.fromEntries(FILES.map(({ variable, prefix }) => [variable, this.path(prefix)]));
  }

  /** Once the step has ended. A file that cannot be read as it should fails the step. */
  apply(record: StepRecord): void {
    for (const { variable, prefix, apply } of FILES) {
      try {
        if (existsSync(this.path(prefix))) apply(this.path(prefix), record);
      } catch (error) {
        record.fail(`Unable to process file command '${variable}': ${(error as Error).message}`);
      }
    }
  }

  private path(prefix: string): string {
    return join(this.directory, `${prefix}${this.suffix}`);
  }
}

/**
 * `NAME=value` and `NAME<<DELIMITER … DELIMITER`: of `=` and `<<` the first in the line decides.
 * Pairs come one by one, so those before a mistake have been applied when it throws.
 */
export function* readPairs(text: string): Generator<readonly [name: string, value: string]> {
  const lines = text.replace(/\n$/, '').split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield [line.slice(0, equals), line.slice(equals + 1)];
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const name = line.slice(0, heredoc);
    const delimiter = line.slice(heredoc + 2);
    if (name === '' || delimiter === '') {
      throw new Error(`Invalid format '${line}': neither name nor delimiter may be empty`);
    }
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) throw new Error(`Invalid value: the delimiter '${delimiter}' was not found`);
    yield [name, lines.slice(at + 1, end).join('\n')];
    at = end;
  }
}

function addPaths(file: string, record: StepRecord): void {
  for (const line of readFileSync(file, 'utf8').split(/\r\n|\n|\r/)) {
    if (line !== '') record.addPath(line);
  }
}

function setEnvironment(file: string, record: StepRecord): void {
  for (const [name, value] of readPairs(readFileSync(file, 'utf8'))) {
    if (name.toUpperCase() === 'NODE_OPTIONS') {
      record.annotate('error', `${name} cannot be stored in GITHUB_ENV.`);
    } else {
      record.setEnvironment(name, value);
    }
  }
}

function saveState(file: string, record: StepRecord): void {
  for (const [name, value] of readPairs(readFileSync(file, 'utf8'))) record.state[name] = value;
}

function setOutputs(file: string, record: StepRecord): void {
  for (const [name, value] of readPairs(readFileSync(file, 'utf8'))) record.outputs[name] = value;
}

function addSummary(file: string, record: StepRecord): void {
  const { size } = statSync(file);
  if (size > SUMMARY_LIMIT) {
    record.annotate('error', `GITHUB_STEP_SUMMARY holds ${size} bytes; 1 MiB is the most.`);
    return;
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  record.summary = lines.map((line) => record.job.masks.hide(line)).join('\n');
}
