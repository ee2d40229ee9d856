import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const ORDER = 'eslint(no-restricted-imports)';
const CYCLE = 'import(no-cycle)';
const GLOBALS = 'eslint(no-restricted-globals)';

/** What someone might write, in which file of src/, and the rule that must stop it. */
const violations: [path: string, code: string, rule: string][] = [
  ['base/value.ts', `import { x } from '../policy/x.ts'; export const y = x;`, ORDER],
  ['base/type.ts', `import type { X } from '../run/x.ts'; export type Y = X;`, ORDER],
  ['base/again.ts', `export * from '../run/x.ts';`, ORDER],
  ['base/lazy.ts', `export const y = () => import('../run/x.ts');`, ORDER],
  ['base/deep/er.ts', `import { x } from '../../run/x.ts'; export const y = x;`, ORDER],
  ['base/session.ts', `import { x } from '../session.ts'; export const y = x;`, ORDER],
  [
    'base/inline.ts',
    `export type Y = import('../run/x.ts').X;`,
    'typescript(consistent-type-imports)',
  ],
  ['policy/order.ts', `import { x } from '../capabilities/x.ts'; export const y = x;`, ORDER],
  ['policy/seccomp.ts', `import { x } from '../seccomp/x.ts'; export const y = x;`, ORDER],
  ['seccomp/order.ts', `import { x } from '../capabilities/x.ts'; export const y = x;`, ORDER],
  ['capabilities/order.ts', `import { x } from '../plan/x.ts'; export const y = x;`, ORDER],
  ['plan/order.ts', `import { x } from '../tools/x.ts'; export const y = x;`, ORDER],
  ['plan/workflow.ts', `import { x } from '../workflow/x.ts'; export const y = x;`, ORDER],
  ['workflow/order.ts', `import { x } from '../tools/x.ts'; export const y = x;`, ORDER],
  ['tools/order.ts', `import { x } from '../probe/x.ts'; export const y = x;`, ORDER],
  ['probe/order.ts', `import { x } from '../gateway/x.ts'; export const y = x;`, ORDER],
  ['gateway/order.ts', `import { x } from '../run/x.ts'; export const y = x;`, ORDER],
  ['report/gateway.ts', `import type { X } from '../gateway/x.ts'; export type Y = X;`, ORDER],
  ['run/order.ts', `import { x } from '../report/x.ts'; export const y = x;`, ORDER],
  ['report/order.ts', `import { x } from '../cli/x.ts'; export const y = x;`, ORDER],
  ['report/acting.ts', `import { x } from '../run/holder.ts'; export const y = x;`, ORDER],
  ['report/type.ts', `import type { X } from '../run/holder.ts'; export type Y = X;`, ORDER],
  ['report/value.ts', `import { x } from '../run/observations.ts'; export const y = x;`, ORDER],
  ['report/probe.ts', `import type { X } from '../probe/x.ts'; export type Y = X;`, ORDER],
  ['cli/entry.ts', `import { x } from '../cli.ts'; export const y = x;`, ORDER],
  ['tools/entry.ts', `import { x } from '../fetch.ts'; export const y = x;`, ORDER],
  ['plan/round.ts', `import type { Y } from './about.ts'; export type X = Y[];`, CYCLE],
  ['plan/about.ts', `import type { X } from './round.ts'; export type Y = X[];`, CYCLE],
  ['run/shell.ts', `import { exec } from 'node:child_process'; export const y = exec;`, ORDER],
  [
    'base/old.ts',
    `import { sep } from 'path'; export const y = sep;`,
    'unicorn(prefer-node-protocol)',
  ],
  ...['base', 'policy', 'seccomp', 'capabilities', 'plan', 'workflow', 'report'].flatMap(
    (folder): [string, string, string][] => [
      [`${folder}/fs.ts`, `import { rmSync } from 'node:fs'; export const y = rmSync;`, ORDER],
      [`${folder}/lazyfs.ts`, `export const y = () => import('node:fs');`, ORDER],
      [`${folder}/core.ts`, `import { x } from '@actions/core'; export const y = x;`, ORDER],
      [`${folder}/process.ts`, `export const y = process.env;`, GLOBALS],
      [`${folder}/console.ts`, `console.log('y');`, GLOBALS],
      [`${folder}/fetch.ts`, `export const y = () => fetch('y');`, GLOBALS],
      [`${folder}/timer.ts`, `export const y = () => setTimeout(() => null, 1);`, GLOBALS],
      [`${folder}/date.ts`, `export const y = Date.now();`, GLOBALS],
      [`${folder}/around.ts`, `export const y = globalThis.process;`, GLOBALS],
    ],
  ),
];

const legal: [path: string, code: string][] = [
  [
    'plan/fine.ts',
    `import { x } from '../policy/x.ts'; import { z } from 'zod'; export const y = [x, z];`,
  ],
  [
    'run/fine.ts',
    `import { rmSync } from 'node:fs'; import { x } from '../plan/x.ts'; export const y = [rmSync, x];`,
  ],
  ['report/fine.ts', `import type { X } from '../run/observations.ts'; export type Y = X;`],
  ['report/inline.ts', `import { type X } from '../run/observations.ts'; export type Y = X;`],
  [
    'cli/fine.ts',
    `import { x } from '../session.ts'; export const y = [x, process.argv, Date.now()];`,
  ],
  [
    'session.ts',
    `import { x } from './run/x.ts'; import { z } from './report/z.ts'; export const y = [x, z];`,
  ],
];

const dir = mkdtempSync(join(tmpdir(), 'glovebox-walls-'));
const found = new Map<string, string[]>();

/** The linter finds its overrides relative to its configuration, so that is copied too. */
beforeAll(async () => {
  for (const file of ['oxlint.config.ts', 'tsconfig.json'])
    cpSync(join(ROOT, file), join(dir, file));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  for (const [path, code] of [...violations, ...legal]) {
    const file = join(dir, 'src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${code}\n`);
  }
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [oxlint, '--config', 'oxlint.config.ts', '--format', 'json', 'src'],
    { cwd: dir },
  ).catch((failure: { stdout: string }) => failure);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[];
  };
  for (const { code, filename } of diagnostics) {
    const path = filename.replace(/^.*?src\//, '');
    found.set(path, [...(found.get(path) ?? []), code]);
  }
}, 60_000);

afterAll(() => {
  rmSync(dir, { recursive: true });
});

test.each(violations)('the linter stops src/%s: %s', (path, _code, rule) => {
  expect(found.get(path)).toContain(rule);
});

test.each(legal)('the linter lets src/%s pass: %s', (path) => {
  expect(found.get(path)).toBeUndefined();
});

test('docs/architecture.md has every room, in the order that the linter holds', () => {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const told = [...page.matchAll(/^\| `([a-z]+)` \|/gm)].map(({ 1: room = '' }) => room);
  const linter = readFileSync(join(ROOT, 'oxlint.config.ts'), 'utf8');
  const [, list = ''] = /FOLDERS = \[(.*?)\]/s.exec(linter) ?? [];
  expect(told).toEqual([...list.matchAll(/'([a-z]+)'/g)].map(({ 1: room = '' }) => room));
  const entries = readdirSync(join(ROOT, 'src'), { withFileTypes: true });
  const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(told.toSorted()).toEqual(rooms.toSorted());
});
