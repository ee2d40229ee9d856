import { relative } from 'node:path';
import { type Command, COMMANDS, parseCommand } from './commands.ts';
import type { Line, StepRecord } from './step.ts';

/** The names that only a step which was allowed them may use. */
const ALLOW_OLD = 'ACTIONS_ALLOW_UNSECURE_COMMANDS';
const ALLOW_ANY_TOKEN = 'ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS';
const LONGEST_OPEN_TOKEN = 6;
/** These are not shown again when `echo` is on. */
const NEVER_ECHOED = new Set(['add-mask', 'debug', 'error', 'notice', 'warning']);

/** Reads the output of one step and does what the runner would do. Each step has its own. */
export class CommandProcessor {
  private stopToken: string | null = null;
  private echo: boolean;
  private readonly record: StepRecord;
  private readonly environment: Readonly<Record<string, string>>;

  /** @param environment the step's own `env` context, which can allow old commands */
  constructor(record: StepRecord, environment: Readonly<Record<string, string>>) {
    this.record = record;
    this.environment = environment;
    this.echo = record.job.stepDebug;
  }

  take(line: Line): void {
    this.record.lines.push(line);
    if (line.text !== '' && this.tryCommand(line.text)) return;
    const match = this.record.job.matchers.match(line.text);
    if (match === null) this.record.print(line.text);
    else this.record.annotate(match.level, match.message);
  }

  /** Whether the line was a command and is therefore no ordinary output. */
  private tryCommand(line: string): boolean {
    const command = parseCommand(line, (name) => COMMANDS.has(name) || name === this.stopToken);
    if (command === null) return false;
    if (this.stopToken !== null) {
      if (command.name !== this.stopToken) return false;
      this.stopToken = null;
      this.note({ ...command, name: 'resume-commands' });
      this.record.print(line);
    } else if (command.name === 'stop-commands') {
      this.stop(line, command);
    } else {
      this.note(command);
      if (this.echo && !NEVER_ECHOED.has(command.name)) this.record.print(line);
      try {
        this.obey(command);
      } catch (error) {
        this.record.fail(`Unable to process command '${line}' successfully.`);
        this.record.annotate('error', (error as Error).message);
      }
    }
    return true;
  }

  /**
   * The runner gives a step up whose token is refused. Here it is read to its end with commands
   * live, which is what an attacker would want.
   */
  private stop(line: string, command: Command): void {
    const token = command.data.toLowerCase();
    const refused = token === '' || token === 'pause-logging' || COMMANDS.has(token);
    if (refused && !isTrue(this.environment[ALLOW_ANY_TOKEN])) {
      this.record.fail(`You cannot use '${command.data}' as the token of stop-commands.`);
      return;
    }
    this.note(command);
    this.stopToken = token;
    if (command.data.length > LONGEST_OPEN_TOKEN) this.record.job.masks.add(command.data);
    this.record.print(line);
  }

  private note(command: Command): void {
    this.record.commandsObeyed.push(command.name);
    this.record.commands.push(command);
  }

  private obey({ name, properties, data }: Command): void {
    const { record } = this;
    switch (name) {
      case 'set-output':
        record.outputs[nameIn(properties)] = data;
        return;
      case 'save-state':
        record.state[nameIn(properties)] = data;
        return;
      case 'set-env':
        this.needsPermission(name);
        this.setEnvironment(nameIn(properties), data);
        return;
      case 'add-path':
        this.needsPermission(name);
        if (data === '') throw new Error('add-path needs a path');
        record.addPath(data);
        return;
      case 'add-mask':
        this.addMask(data);
        return;
      case 'add-matcher':
        if (data === '') record.annotate('warning', 'add-matcher needs a file');
        else record.job.matchers.add(data);
        return;
      case 'remove-matcher':
        if (data === '') record.job.matchers.remove([properties['owner'] ?? '']);
        else record.job.matchers.removeFile(data);
        return;
      case 'error':
      case 'warning':
      case 'notice':
        record.annotate(name, data, this.inWorkspace(properties));
        return;
      case 'debug':
        if (record.job.stepDebug) record.print(`##[debug]${data}`);
        return;
      case 'echo':
        this.setEcho(data);
        return;
      case 'group':
        record.print(`##[group]${data}`);
        return;
      default:
        record.print('##[endgroup]');
    }
  }

  private needsPermission(name: string): void {
    if (isTrue(this.environment[ALLOW_OLD])) return;
    throw new Error(`The ${name} command is disabled: use an environment file, or ${ALLOW_OLD}.`);
  }

  private setEnvironment(name: string, value: string): void {
    if (name.toUpperCase() === 'NODE_OPTIONS') {
      this.record.annotate('error', `${name} cannot be set by set-env.`);
    } else {
      this.record.setEnvironment(name, value);
    }
  }

  private addMask(value: string): void {
    if (value.trim() === '') {
      this.record.annotate('warning', 'An empty text cannot be masked.');
      return;
    }
    if (this.echo) this.record.print('::add-mask::***');
    this.record.job.masks.add(value);
  }

  private setEcho(value: string): void {
    const wanted = value.trim().toLowerCase();
    if (wanted !== 'on' && wanted !== 'off') throw new Error(`echo is on or off, not '${value}'`);
    this.echo = wanted === 'on';
  }

  /** A file of the repository is named from the workspace on. */
  private inWorkspace(properties: Command['properties']): Command['properties'] {
    const file = properties['file'];
    const { workspace } = this.record.job;
    if (file === undefined || !file.startsWith(`${workspace}/`)) return properties;
    return { ...properties, file: relative(workspace, file) };
  }
}

function nameIn(properties: Command['properties']): string {
  const name = properties['name'] ?? '';
  if (name === '') throw new Error("the field 'name' is missing");
  return name;
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}
