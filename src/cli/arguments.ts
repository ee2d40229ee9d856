import { MIRROR_FORM, readMirror } from '../capabilities/supply.ts';
import type { PolicyFlags } from '../policy/flags.ts';
import { parse, splitAtDashes, usage } from './command-line.ts';

/** What `run` and `explain` share. */
export interface RunArguments {
  readonly policyFiles: readonly string[];
  readonly flags: PolicyFlags;
  readonly directory: string;
  readonly step: readonly string[];
}

/** What `schema` can print. */
const SCHEMAS = ['policy', 'report', 'job-report'] as const;

export type Arguments =
  | { readonly command: 'help'; readonly topic: string | null }
  | { readonly command: 'version' }
  | (RunArguments & {
      readonly command: 'run';
      readonly report: string | null;
      readonly summary: string | null;
      readonly quiet: boolean;
      /** Tell which entries of `network.allow` nothing used. */
      readonly locked: boolean;
      readonly diff: boolean;
      /** Layers of earlier runs to build on, the oldest first. */
      readonly layers: readonly string[];
      readonly keepLayer: string | null;
      /** Keep it also where the command failed. */
      readonly keepChanges: boolean;
    })
  | (RunArguments & {
      readonly command: 'learn';
      readonly output: string;
      readonly quiet: boolean;
    })
  | (RunArguments & { readonly command: 'explain'; readonly json: boolean })
  | {
      readonly command: 'doctor';
      readonly json: boolean;
      readonly fix: boolean;
      readonly quiet: boolean;
      readonly yes: boolean;
      /** Where `--fix` fetches archives of tools; null: where the project releases them. */
      readonly toolsMirror: string | null;
    }
  | { readonly command: 'validate'; readonly files: readonly string[] }
  | { readonly command: 'schema'; readonly which: (typeof SCHEMAS)[number] };

const POLICY_OPTIONS = {
  policy: { type: 'string', short: 'p', multiple: true },
  network: { type: 'string' },
  allow: { type: 'string', multiple: true },
  filesystem: { type: 'string' },
  'on-unavailable': { type: 'string' },
  env: { type: 'string', multiple: true },
  directory: { type: 'string', short: 'C' },
  syscalls: { type: 'string' },
  timeout: { type: 'string' },
} as const;

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** The command line as one of the things that Glovebox can do. Throws a `usage` error otherwise. */
export function parseArguments(argv: readonly string[]): Arguments {
  const [command = 'help', ...rest] = argv;
  switch (command) {
    case 'run':
      return parseRun(rest);
    case 'learn':
      return parseLearn(rest);
    case 'explain':
      return parseExplain(rest);
    case 'doctor':
      return parseDoctor(rest);
    case 'validate':
      return parseValidate(rest);
    case 'schema':
      return parseSchema(rest);
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help', topic: rest[0] ?? null };
    case 'version':
    case '--version':
    case '-V':
      return { command: 'version' };
    default:
      throw usage(`there is no command \`${command}\``, null);
  }
}

function parseRun(argv: readonly string[]): Arguments {
  const { ours, step } = splitAtDashes(argv);
  const { values } = parse(ours, 'run', {
    ...POLICY_OPTIONS,
    ...HELP,
    report: { type: 'string' },
    summary: { type: 'string' },
    quiet: { type: 'boolean', short: 'q' },
    locked: { type: 'boolean' },
    diff: { type: 'boolean' },
    layer: { type: 'string', multiple: true },
    'keep-layer': { type: 'string' },
    'keep-changes': { type: 'boolean' },
  });
  if (values.help === true) return { command: 'help', topic: 'run' };
  const keepLayer = values['keep-layer'] ?? null;
  const keepChanges = values['keep-changes'] ?? false;
  if (keepChanges && keepLayer === null)
    throw usage('--keep-changes needs a place for them: --keep-layer DIR', 'run');
  return {
    command: 'run',
    ...common(values, step, 'run'),
    report: values.report ?? null,
    summary: values.summary ?? null,
    quiet: values.quiet ?? false,
    locked: values.locked ?? false,
    diff: values.diff ?? false,
    layers: values.layer ?? [],
    ...{ keepLayer, keepChanges },
  };
}

function parseLearn(argv: readonly string[]): Arguments {
  const { ours, step } = splitAtDashes(argv);
  const { values } = parse(ours, 'learn', {
    ...POLICY_OPTIONS,
    ...HELP,
    output: { type: 'string', short: 'o' },
    quiet: { type: 'boolean', short: 'q' },
  });
  if (values.help === true) return { command: 'help', topic: 'learn' };
  const { output } = values;
  if (output === undefined) throw usage('learn needs a file to write: -o policy.yml', 'learn');
  if (values.network !== undefined)
    throw usage('learn opens the network by itself: leave --network out', 'learn');
  return {
    command: 'learn',
    ...common(values, step, 'learn'),
    output,
    quiet: values.quiet ?? false,
  };
}

function parseExplain(argv: readonly string[]): Arguments {
  const { ours, step } = splitAtDashes(argv);
  const { values } = parse(ours, 'explain', {
    ...POLICY_OPTIONS,
    ...HELP,
    json: { type: 'boolean' },
  });
  if (values.help === true) return { command: 'help', topic: 'explain' };
  return { command: 'explain', ...common(values, step, 'explain'), json: values.json ?? false };
}

function parseDoctor(argv: readonly string[]): Arguments {
  const { values } = parse(argv, 'doctor', {
    ...HELP,
    json: { type: 'boolean' },
    fix: { type: 'boolean' },
    quiet: { type: 'boolean', short: 'q' },
    'tools-mirror': { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  });
  if (values.help === true) return { command: 'help', topic: 'doctor' };
  const given = values['tools-mirror'];
  const toolsMirror = given === undefined ? null : readMirror(given);
  if (given !== undefined && toolsMirror === null)
    throw usage(`--tools-mirror takes ${MIRROR_FORM}`, 'doctor');
  return {
    command: 'doctor',
    json: values.json ?? false,
    fix: values.fix ?? false,
    quiet: values.quiet ?? false,
    yes: values.yes ?? false,
    toolsMirror,
  };
}

function parseValidate(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv, 'validate', HELP);
  if (values.help === true) return { command: 'help', topic: 'validate' };
  if (positionals.length === 0) throw usage('validate needs at least one policy file', 'validate');
  return { command: 'validate', files: positionals };
}

function parseSchema(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv, 'schema', HELP);
  if (values.help === true) return { command: 'help', topic: 'schema' };
  const which = SCHEMAS.find((name) => name === positionals[0]);
  if (positionals.length !== 1 || which === undefined) {
    throw usage(`schema takes one word: ${SCHEMAS.join(', ')}`, 'schema');
  }
  return { command: 'schema', which };
}

type PolicyValues = {
  readonly [Key in keyof typeof POLICY_OPTIONS]?: (typeof POLICY_OPTIONS)[Key] extends {
    multiple: true;
  }
    ? string[]
    : string;
};

function common(
  values: PolicyValues,
  step: readonly string[] | null,
  command: string,
): RunArguments {
  if (step === null || step.length === 0) {
    throw usage(
      `${command} needs a command after \`--\`, such as: glovebox ${command} -- npm test`,
      command,
    );
  }
  const { network, allow, filesystem, syscalls, timeout, env } = values;
  const onUnavailable = values['on-unavailable'];
  return {
    policyFiles: values.policy ?? [],
    flags: {
      ...(network === undefined ? {} : { network }),
      ...(allow === undefined ? {} : { allow }),
      ...(filesystem === undefined ? {} : { filesystem }),
      ...(onUnavailable === undefined ? {} : { onUnavailable }),
      ...(syscalls === undefined ? {} : { syscalls }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(env === undefined ? {} : { env }),
    },
    directory: values.directory ?? '.',
    step,
  };
}
