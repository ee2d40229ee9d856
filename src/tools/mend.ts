import type { Mend, RootCommand } from '../capabilities/mends.ts';
import { execute } from './execute.ts';
import { privilegePrefix, ROOT_DIRECTORIES } from './install.ts';
import { findProgram } from './programs.ts';

/** How root is asked to run something, and where its programs are. */
export interface Root {
  readonly prefix: readonly string[];
  readonly directories: readonly string[];
}

type FindRoot = () => Promise<Root | null>;

const NO_ROOT = 'neither root nor passwordless sudo';

async function wayToRoot(): Promise<Root | null> {
  const prefix = await privilegePrefix();
  return prefix === null ? null : { prefix, directories: ROOT_DIRECTORIES };
}

export interface Mended {
  readonly done: readonly Mend[];
  /** What was begun: one that failed may have changed something all the same. */
  readonly begun: readonly Mend[];
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
}

/** Changes what root can change. Never throws. */
export async function mendAll(
  mends: readonly Mend[],
  tell: (line: string) => void,
  findRoot: FindRoot = wayToRoot,
): Promise<Mended> {
  const done: Mend[] = [];
  const problems: string[] = [];
  if (mends.length === 0) return { done, begun: [], problems };
  const root = await findRoot();
  for (const mend of mends) {
    if (root !== null) tell(mend.aim);
    const problem =
      root === null ? NO_ROOT : await runCommands(root, mend.commands, mend.anyOf === true);
    if (problem === null) done.push(mend);
    else problems.push(`could not ${mend.aim}: ${problem}`);
  }
  return { done, begun: root === null ? [] : mends, problems };
}

/** Takes one change back; what went wrong, or null. */
export async function undoMend(
  command: RootCommand,
  findRoot: FindRoot = wayToRoot,
): Promise<string | null> {
  const root = await findRoot();
  return root === null ? NO_ROOT : await runCommands(root, [command], false);
}

async function runCommands(
  root: Root,
  commands: readonly RootCommand[],
  oneIsEnough: boolean,
): Promise<string | null> {
  let problem: string | null = null;
  for (const command of commands) {
    problem = await runAsRoot(root, command);
    if ((problem === null) === oneIsEnough) return problem;
  }
  return problem;
}

/** What it complained of; null when it succeeded. */
async function runAsRoot(root: Root, { argv, stdin = '' }: RootCommand): Promise<string | null> {
  const [name = '', ...args] = argv;
  const program = await findProgram(name, root.directories);
  if (program === null) return `${name} was not found`;
  const { code, stderr } = await execute([...root.prefix, program, ...args], { stdin });
  return code === 0 ? null : (stderr.trim().split('\n').at(-1) ?? '') || `exit code ${code}`;
}
