import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mend } from '../../src/capabilities/mends.ts';
import { mendAll, type Root, undoMend } from '../../src/tools/mend.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mend-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A program that writes down how it was called, and with what. */
function program(name: string, code = 0): string {
  const file = join(directory, name);
  const script = `#!/bin/sh\n{ echo "${name} $*"; [ ${name} = sudo ] || cat; } >> ${directory}/log\n`;
  const rest = name === 'sudo' ? 'shift 2; exec "$@"\n' : `echo complaint >&2; exit ${code}\n`;
  writeFileSync(file, script + rest);
  chmodSync(file, 0o755);
  return file;
}

const asRoot = async (): Promise<Root> => ({
  prefix: [program('sudo'), '--non-interactive', '--'],
  directories: [directory],
});
const log = (): string =>
  readFileSync(join(directory, 'log'), 'utf8').replaceAll(`${directory}/`, '');

const PROFILE: Mend = {
  kind: 'apparmor-profile',
  aim: 'load a profile',
  commands: [{ argv: ['apparmor_parser', '--replace'], stdin: 'profile x {}\n' }],
};
const TUN: Mend = {
  kind: 'tun',
  aim: 'open the device',
  commands: [{ argv: ['setfacl', 'a'] }, { argv: ['chown', 'b'] }],
  anyOf: true,
};

describe('mendAll', () => {
  it('asks sudo for the very program, hands the profile to it, and tells', async () => {
    program('apparmor_parser');
    const told: string[] = [];
    const result = await mendAll([PROFILE], (line) => told.push(line), asRoot);
    expect(result).toEqual({ done: [PROFILE], begun: [PROFILE], problems: [] });
    expect(told).toEqual(['load a profile']);
    expect(log()).toBe(
      'sudo --non-interactive -- apparmor_parser --replace\napparmor_parser --replace\nprofile x {}\n',
    );
  });

  it.each([
    ['the first is enough', 0, 0, 'setfacl a', []],
    ['the second, where the first fails', 1, 0, 'setfacl a,chown b', []],
    ['neither', 1, 1, 'setfacl a,chown b', ['could not open the device: complaint']],
  ] as const)('of two ways takes one: %s', async (_name, first, second, called, problems) => {
    program('setfacl', first);
    program('chown', second);
    const result = await mendAll([TUN], () => {}, asRoot);
    expect(result.problems).toEqual(problems);
    const calls = log()
      .split('\n')
      .filter((line) => /^(setfacl|chown)/.test(line));
    expect(calls.join()).toBe(called);
  });

  it('goes on after a failure, and tells of a missing program', async () => {
    program('setfacl');
    const { done, problems } = await mendAll([PROFILE, TUN], () => {}, asRoot);
    expect(done).toEqual([TUN]);
    expect(problems).toEqual(['could not load a profile: apparmor_parser was not found']);
  });

  it('does nothing where nobody is root', async () => {
    const nobody = async (): Promise<null> => null;
    const told: string[] = [];
    const { begun, problems } = await mendAll([TUN], (line) => told.push(line), nobody);
    expect([...begun, ...told]).toEqual([]);
    expect(problems).toEqual(['could not open the device: neither root nor passwordless sudo']);
    expect(await undoMend({ argv: ['true'] }, nobody)).toBe('neither root nor passwordless sudo');
  });
});

describe('undoMend', () => {
  it('runs the one command', async () => {
    program('apparmor_parser');
    expect(await undoMend({ argv: ['apparmor_parser', '-R'], stdin: 'x\n' }, asRoot)).toBeNull();
    expect(log()).toContain('apparmor_parser -R\nx\n');
  });
});
