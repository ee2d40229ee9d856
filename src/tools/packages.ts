import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SuppliedTool } from '../capabilities/facts.ts';
import { PACKAGE_OF } from '../capabilities/missing-tool.ts';
import { execute } from './execute.ts';
import { findProgram } from './programs.ts';
import { Unobtainable } from './staging.ts';

const APT_MS = 300_000;
const DIRECTORIES = ['/usr/bin', '/bin'];

/** Packages are looked up and fetched by apt, which checks what they are, without any right to install. */
export interface PackageRequest {
  readonly tool: SuppliedTool;
  /** Empty; lists, packages and what is in them end up there. */
  readonly directory: string;
  /** More for apt: another architecture, or a system on which nothing is installed. */
  readonly options?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Unpacked {
  /** The packages' files, as below `/`. */
  readonly root: string;
  /** `name=version`, of the tool's and of all that it needs and the system does not have. */
  readonly packages: readonly string[];
}

/** Fetches a tool's package with what it needs, and unpacks them. Throws `Unobtainable`. */
export async function unpackPackages(request: PackageRequest): Promise<Unpacked> {
  const { tool, directory, options = [] } = request;
  const programs = await Promise.all(
    ['apt-get', 'dpkg-deb'].map(async (name) => await findProgram(name, DIRECTORIES)),
  );
  const [apt = null, unpacker = null] = programs;
  if (apt === null || unpacker === null)
    throw new Unobtainable('only packages of apt can be unpacked without root');
  const places = ['lists/partial', 'cache/archives/partial', 'packages', 'root'];
  for (const name of places) mkdirSync(join(directory, name), { recursive: true });
  const ours = [
    ...['-o', `Dir::State::lists=${directory}/lists`, '-o', `Dir::Cache=${directory}/cache`],
    ...['-o', 'Debug::NoLocking=true', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=2'],
    ...['-o', 'Acquire::http::Timeout=30', '-o', 'Acquire::https::Timeout=30', ...options],
  ];
  const aptGet = async (...args: string[]): Promise<string> =>
    await must([apt, ...ours, ...args], request, join(directory, 'packages'));
  await aptGet('--quiet', 'update');
  const plan = ['--simulate', '--no-install-recommends', '--reinstall'];
  const packages = packagesIn(await aptGet(...plan, 'install', PACKAGE_OF[tool]));
  if (packages.length === 0) throw new Unobtainable(`apt names no package for ${tool}`);
  await aptGet('--quiet', 'download', ...packages);
  const root = join(directory, 'root');
  for (const name of readdirSync(join(directory, 'packages')).sort())
    await must([unpacker, '--extract', name, root], request, join(directory, 'packages'));
  return { root, packages };
}

/** What `apt-get --simulate` would install, as `name=version`. */
export function packagesIn(simulated: string): string[] {
  const lines = simulated.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm);
  return [...lines].map(({ 1: name = '', 2: version = '' }) => `${name}=${version}`);
}

/** Copies a tool and the libraries of its packages to `bin/` and `lib/` of a directory. */
export function gather(root: string, tool: SuppliedTool, to: string): void {
  const program = ['usr/bin', 'usr/sbin', 'bin', 'sbin']
    .map((directory) => join(root, directory, tool))
    .find((file) => existsSync(file));
  if (program === undefined) throw new Unobtainable(`there is no ${tool} in its package`);
  // Nobody else may write there, whatever the umask.
  for (const name of ['bin', 'lib']) mkdirSync(join(to, name), { recursive: true, mode: 0o755 });
  copyFileSync(program, join(to, 'bin', tool));
  for (const [name, file] of librariesIn(root)) {
    copyFileSync(file, join(to, 'lib', name));
    chmodSync(join(to, 'lib', name), statSync(file).mode & 0o755);
  }
}

/** By the name under which a program asks for it. */
function librariesIn(root: string): Map<string, string> {
  const tops = ['lib', 'usr/lib'].map((name) => join(root, name));
  const directories = tops.flatMap((top) =>
    existsSync(top) ? [top, ...directoriesIn(top).map((name) => join(top, name))] : [],
  );
  const found = directories.flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => /\.so(?:\.|$)/.test(name))
      .map((name): [string, string] => [name, join(directory, name)]),
  );
  // A link may lead out of what was unpacked, to a file of this machine.
  return new Map(
    found.filter(
      ([, file]) => existsSync(file) && realpathSync(file).startsWith(realpathSync(root)),
    ),
  );
}

/** Of the architecture: others, such as `systemd`, hold no libraries for all. */
function directoriesIn(top: string): string[] {
  return readdirSync(top).filter(
    (name) => name.endsWith('-linux-gnu') && statSync(join(top, name)).isDirectory(),
  );
}

async function must(
  argv: readonly string[],
  { environment }: PackageRequest,
  directory: string,
): Promise<string> {
  const { code, stdout, stderr } = await execute(argv, {
    ...{ timeout: APT_MS, directory },
    environment: { ...environment, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code === 0) return stdout;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw new Unobtainable(`${argv[0]?.split('/').at(-1)}: ${said || `exit code ${code}`}`);
}
