import { spawn } from 'node:child_process';
import { GloveboxError } from '../base/errors.ts';
import { findProgram } from './programs.ts';

interface PackageManager {
  readonly name: string;
  /** Each is run in turn, with the packages after the last one. */
  readonly commands: readonly (readonly string[])[];
}

const MANAGERS: readonly PackageManager[] = [
  {
    name: 'apt-get',
    commands: [
      ['update'],
      ['install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60'],
    ],
  },
  { name: 'dnf', commands: [['install', '--assumeyes']] },
  { name: 'apk', commands: [['add', '--no-cache']] },
  { name: 'pacman', commands: [['--sync', '--refresh', '--noconfirm']] },
  { name: 'zypper', commands: [['--non-interactive', 'install']] },
];

/** What root runs is looked for in these alone. */
export const ROOT_DIRECTORIES = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin'];

/**
 * Installs packages through the system's package manager, as root or with passwordless sudo.
 * `tell` gets one line before each command. Throws when that is not possible.
 */
export async function installPackages(
  packages: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const byHand = `install ${packages.join(', ')} by hand`;
  const manager = await findManager();
  if (manager === null) {
    throw new GloveboxError('setup-failed', 'no package manager that Glovebox knows was found', {
      remedy: byHand,
    });
  }
  const commands = commandsOf(manager, packages);
  const prefix = await privilegePrefix();
  if (prefix === null) {
    throw new GloveboxError(
      'setup-failed',
      `${packages.join(', ')} cannot be installed: neither root nor passwordless sudo`,
      {
        remedy: `${byHand}: sudo ${commands.at(-1)?.join(' ')}`,
      },
    );
  }
  for (const command of commands) {
    const last = command === commands.at(-1);
    tell(last ? `installing ${packages.join(', ')}` : 'refreshing the package lists');
    const problem = await runManager([...prefix, ...command]);
    // A stale or partly unreachable list may still hold what is needed.
    if (problem !== null && last) {
      throw new GloveboxError(
        'setup-failed',
        `${manager.name} could not install ${packages.join(', ')}: ${problem}`,
        {
          remedy: byHand,
        },
      );
    }
  }
}

/** What `installPackages` does, to be read by whoever is asked for consent. */
export async function installLine(packages: readonly string[]): Promise<string> {
  const manager = await findManager();
  const commands = manager === null ? [] : commandsOf(manager, packages);
  return commands.map((command) => `sudo ${command.join(' ')}`).join('; ');
}

interface FoundManager extends PackageManager {
  readonly file: string;
}

function commandsOf({ file, commands }: FoundManager, packages: readonly string[]): string[][] {
  return commands.map((command, index, { length }) => [
    file,
    ...command,
    ...(index === length - 1 ? packages : []),
  ]);
}

async function findManager(): Promise<FoundManager | null> {
  for (const manager of MANAGERS) {
    const file = await findProgram(manager.name, ROOT_DIRECTORIES);
    if (file !== null) return { ...manager, file };
  }
  return null;
}

/** What to put before a command to run it as root; null where we cannot. */
export async function privilegePrefix(): Promise<string[] | null> {
  if (process.getuid?.() === 0) return [];
  const sudo = await findProgram('sudo', ROOT_DIRECTORIES);
  if (sudo === null) return null;
  return (await runManager([sudo, '--non-interactive', '--', '/bin/true'])) === null
    ? [sudo, '--non-interactive', '--']
    : null;
}

/** What a command complained of; null when it succeeded. Keeps the environment: proxies and mirrors are set there. */
async function runManager(argv: readonly string[]): Promise<string | null> {
  const [program = '', ...args] = argv;
  return await new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) =>
      resolve(code === 0 ? null : (said.trim().split('\n').at(-1) ?? `exit code ${code}`)),
    );
  });
}
