import type { Problem } from '../base/errors.ts';
import { LAYERS } from '../plan/types.ts';
import { readDocument } from '../policy/document.ts';
import { type Finding, type Path, problemOf } from '../policy/findings.ts';
import { accept, shown } from '../policy/reading.ts';
import { checkInput } from '../policy/schema-findings.ts';
import { suggestion } from '../policy/suggestion.ts';
import type { PolicyValues, Source } from '../policy/types.ts';
import { valuesOf } from '../policy/values.ts';
import { DEFAULT_SHELL, readShell, type Shell } from './shells.ts';
import {
  booleanIn,
  type Condition,
  CONDITIONS,
  conditionIn,
  idIn,
  minutesIn,
  nameFrom,
  shellIn,
  textIn,
} from './step-values.ts';

/** One step as the workflow declares it. */
export interface DeclaredStep {
  /** Unique; `step-1` and so on where none is written. */
  readonly id: string;
  readonly name: string;
  readonly script: string;
  readonly shell: Shell;
  /** Relative to the action's working directory; null: that one itself. */
  readonly workingDirectory: string | null;
  readonly continueOnError: boolean;
  /** Whether later steps see what it did to the workspace also where it failed. */
  readonly keepChanges: boolean;
  readonly condition: Condition;
  /** What it says of the policy, its `env` and `timeout-minutes` included. */
  readonly policy: PolicyValues;
}

export interface DeclaredSteps {
  /** Empty when there are problems. */
  readonly steps: readonly DeclaredStep[];
  readonly problems: readonly Problem[];
}

const OWN_KEYS = [
  ...['name', 'id', 'run', 'shell', 'working-directory', 'env', 'timeout-minutes'],
  ...['continue-on-error', 'keep-changes', 'if'],
];
const POLICY_KEYS: readonly string[] = ['on-unavailable', ...LAYERS];
const MOST_STEPS = 40;

/** Reads the list of steps. Never throws: all that is wrong comes back, each with its line. */
export function readSteps(text: string, origin: string): DeclaredSteps {
  const document = readDocument(text);
  const locate = (path: Path): Source => ({
    kind: 'file',
    name: origin,
    ...document.locate(path),
  });
  const read = document.value === undefined ? [] : stepsOf(document.value, locate);
  const findings = [...document.findings, ...read.flatMap((one) => one.findings)];
  const problems = findings.map((finding) =>
    problemOf(finding, origin, finding.position ?? document.locate(finding.path, finding.onKey)),
  );
  return { steps: problems.length > 0 ? [] : read.flatMap(({ step }) => step ?? []), problems };
}

/** The one step of `run` and `shell`. */
export function singleStep(script: string, shell: string | null): DeclaredSteps {
  const read = shell === null ? accept(DEFAULT_SHELL) : readShell(shell);
  if (!read.ok) {
    const { message, expected } = read;
    return {
      steps: [],
      problems: [{ place: { origin: 'input shell' }, path: '', message, expected }],
    };
  }
  const step: DeclaredStep = {
    ...{ id: 'run', name: nameFrom(script), script, shell: read.value, workingDirectory: null },
    ...{ continueOnError: false, keepChanges: false, condition: 'success()', policy: {} },
  };
  return { steps: [step], problems: [] };
}

interface ReadStep {
  readonly step: DeclaredStep | null;
  readonly findings: readonly Finding[];
}

function stepsOf(value: unknown, locate: (path: Path) => Source): ReadStep[] {
  if (!Array.isArray(value) || value.length === 0) {
    return [
      failed({
        path: [],
        message: `\`steps\` is ${shown(value)}`,
        expected: 'a list of steps, each with `run`',
      }),
    ];
  }
  if (value.length > MOST_STEPS) {
    return [
      failed({
        path: [],
        message: `there are ${value.length} steps`,
        expected: `at most ${MOST_STEPS}`,
      }),
    ];
  }
  const read = value.map((item: unknown, index) => readStep(item, index, locate));
  return [...read, ...repeatedIds(read)];
}

function failed(...findings: Finding[]): ReadStep {
  return { step: null, findings };
}

function repeatedIds(read: readonly ReadStep[]): ReadStep[] {
  const seen = new Set<string>();
  return read.flatMap(({ step }, index) => {
    if (step === null || !seen.has(step.id)) {
      if (step !== null) seen.add(step.id);
      return [];
    }
    const message = `the id \`${step.id}\` is there already`;
    return [failed({ path: [index, 'id'], message, expected: 'an id of its own for each step' })];
  });
}

function readStep(item: unknown, index: number, locate: (path: Path) => Source): ReadStep {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return failed({
      path: [index],
      message: `the step is ${shown(item)}`,
      expected: 'a map with `run`',
    });
  }
  const raw = item as Record<string, unknown>;
  const findings: Finding[] = Object.keys(raw)
    .filter((key) => !OWN_KEYS.includes(key) && !POLICY_KEYS.includes(key))
    .map((key) => unknownKey(index, key));
  const take = <T>(
    key: string,
    read: (value: unknown) => T | string,
    expected: string,
  ): T | null => {
    if (raw[key] === undefined) return null;
    const result = read(raw[key]);
    if (typeof result !== 'string') return result;
    findings.push({ path: [index, key], message: `\`${key}\` ${result}`, expected });
    return null;
  };
  const run = take('run', textIn, 'the commands to run');
  const name = take('name', textIn, 'a text');
  const id = take('id', idIn, 'a letter or _, then letters, digits, _ and -');
  const directory = take('working-directory', textIn, 'a path relative to the workspace');
  const shell = take(
    'shell',
    shellIn,
    'one of bash, sh, python, node, pwsh, or a command with {0}',
  );
  const condition = take('if', conditionIn, `one of ${CONDITIONS.join(', ')}`);
  const timeout = take('timeout-minutes', minutesIn, 'a number of minutes above 0');
  const goesOn = take('continue-on-error', booleanIn, 'true or false');
  const keeps = take('keep-changes', booleanIn, 'true or false');
  if (raw['run'] === undefined) {
    findings.push({
      path: [index],
      message: 'the step has no `run`',
      expected: '`run` with the commands',
    });
  }
  const policy = policyOf(raw, timeout?.minutes ?? null, index, locate);
  findings.push(...policy.findings);
  if (findings.length > 0 || run === null) return { step: null, findings };
  const script = run.text;
  return {
    step: {
      id: id?.text ?? `step-${index + 1}`,
      name: name?.text ?? nameFrom(script),
      script,
      shell: shell ?? DEFAULT_SHELL,
      workingDirectory: directory?.text ?? null,
      continueOnError: goesOn?.value ?? false,
      keepChanges: keeps?.value ?? goesOn?.value ?? false,
      condition: condition?.condition ?? 'success()',
      policy: policy.values,
    },
    findings,
  };
}

function unknownKey(index: number, key: string): Finding {
  const guess = suggestion(key, [...OWN_KEYS, ...POLICY_KEYS]);
  return {
    path: [index, key],
    message: `${shown(key)} is not a key of a step`,
    expected: `one of ${[...OWN_KEYS, ...POLICY_KEYS].join(', ')}${guess === null ? '' : ` (did you mean \`${guess}\`?)`}`,
    onKey: true,
  };
}

/** The policy sections of a step, with `env` and `timeout-minutes` as what they stand for. */
function policyOf(
  raw: Record<string, unknown>,
  minutes: number | null,
  index: number,
  locate: (path: Path) => Source,
): { values: PolicyValues; findings: Finding[] } {
  const written = Object.entries(raw).filter(([key]) => POLICY_KEYS.includes(key));
  const parts = [
    check({ version: 1, ...Object.fromEntries(written) }, (path) => [index, ...path]),
    ...(raw['env'] === undefined
      ? []
      : [
          check({ version: 1, environment: { set: raw['env'] } }, ([, , ...rest]) => [
            index,
            'env',
            ...rest,
          ]),
        ]),
    ...(minutes === null
      ? []
      : [
          check({ version: 1, resources: { timeout: minutes * 60 } }, () => [
            index,
            'timeout-minutes',
          ]),
        ]),
  ];
  return {
    values: parts.map((part) => part.values(locate)).reduce(joined, {}),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

function check(
  document: Record<string, unknown>,
  whereOf: (path: Path) => Path,
): { values: (locate: (path: Path) => Source) => PolicyValues; findings: Finding[] } {
  const { input, findings } = checkInput(document);
  return {
    values: (locate) => (input === null ? {} : valuesOf(input, (path) => locate(whereOf(path)))),
    findings: findings.map((finding) => ({ ...finding, path: whereOf(finding.path) })),
  };
}

function joined(a: PolicyValues, b: PolicyValues): PolicyValues {
  const set = new Map([...(a.environment?.set ?? []), ...(b.environment?.set ?? [])]);
  return {
    ...a,
    ...b,
    ...(a.resources || b.resources ? { resources: { ...a.resources, ...b.resources } } : {}),
    ...(a.environment || b.environment
      ? { environment: { ...a.environment, ...b.environment, ...(set.size > 0 ? { set } : {}) } }
      : {}),
  };
}
