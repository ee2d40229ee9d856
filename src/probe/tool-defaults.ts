import type { Configured } from '../policy/groups.ts';
import { execute } from '../tools/execute.ts';
import { findProgram } from '../tools/programs.ts';
import type { Machine } from './machine.ts';

/** A tool answers at once, or it waits for something that it should not need. */
const PATIENCE_MS = 10_000;

/** What npm says of its system-wide configuration and its built-in default; the user's is read already. */
export async function npmDefaults(
  machine: Machine,
): Promise<(Configured & { readonly key: string })[]> {
  const named = Object.fromEntries(
    Object.entries(machine.environment).filter(
      ([name, value]) =>
        /^npm_config_(?:globalconfig|prefix)$/i.test(name) && machine.files.isTrusted(value),
    ),
  );
  const variables = { ...named, npm_config_userconfig: '/dev/null' };
  const answer = await ask(machine, 'npm', ['config', 'list', '--json'], variables, jsonTexts);
  return (answer ?? []).map(([key, url]) => ({ key, url, from: 'npm itself' }));
}

/** pip's own index, and the host that keeps its files. */
const PIP_SCRIPT = `from pip._internal.models.index import PyPI
print(PyPI.simple_url)
print("https://" + PyPI.file_storage_domain)`;

export async function pipDefaults(machine: Machine): Promise<Configured[]> {
  const answer = await ask(machine, 'python3', ['-I', '-c', PIP_SCRIPT], {}, (text) => {
    const [index = '', storage = '', ...more] = text.trim().split('\n');
    const whole = more.length === 0 && URL.canParse(index) && URL.canParse(storage);
    return whole ? [index, storage] : null;
  });
  return (answer ?? []).map((url) => ({ url, from: 'pip itself' }));
}

interface GoDefaults {
  readonly proxy: { readonly value: string; readonly from: string };
  readonly sums: { readonly value: string; readonly from: string };
}

export async function goDefaults(machine: Machine): Promise<GoDefaults | null> {
  const from = 'go itself';
  // No settings of the user's, which are read already, and no other toolchain, which go would fetch.
  const environment = { GOENV: 'off', GOTOOLCHAIN: 'local' };
  return await ask(machine, 'go', ['env', 'GOPROXY', 'GOSUMDB'], environment, (text) => {
    const [proxy = '', sums = ''] = text.split('\n');
    return { proxy: { value: proxy.trim(), from }, sums: { value: sums.trim(), from } };
  });
}

/**
 * The first answer of the programs of that name on PATH. They run in `/`, because they would read the
 * configuration of a project around them, and only with the variables given.
 */
async function ask<T>(
  { home, files, programs }: Machine,
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  read: (stdout: string) => T | null,
): Promise<T | null> {
  const directories = programs.filter((directory) => files.isTrusted(directory));
  for (const directory of directories) {
    const program = await findProgram(name, [directory]);
    if (program === null || !files.isTrusted(program)) continue;
    const { code, stdout } = await execute([program, ...args], {
      timeout: PATIENCE_MS,
      directory: '/',
      environment: { ...variables, HOME: home, PATH: directories.join(':') },
    });
    const answer = code === 0 ? read(stdout) : null;
    if (answer !== null) return answer;
  }
  return null;
}

/** The texts of a map; null where it is none. */
function jsonTexts(text: string): [string, string][] | null {
  try {
    const map = JSON.parse(text) as unknown;
    if (typeof map !== 'object' || map === null) return null;
    return Object.entries(map).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
  } catch {
    return null;
  }
}
