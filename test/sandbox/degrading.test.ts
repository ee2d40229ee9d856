import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ToolName, TOOL_NAMES } from '../../src/capabilities/facts.ts';
import type { EffectiveSandbox } from '../../src/report/schema.ts';
import {
  bare,
  bash,
  CLI,
  GREETING,
  INTERNET,
  NODE,
  PERSONA,
  PORTS,
  type Ran,
  workspace,
} from '../lab/glovebox.ts';

const ROOT = PERSONA === 'root';
const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Each file under which this tool is found. */
function filesOf(tool: ToolName): string[] {
  const files = DIRECTORIES.map((directory) => join(directory, tool)).filter((path) => existsSync(path));
  return [...new Set(files.map((file) => realpathSync(file)))];
}

/** Once it is hidden, `unshare` has to come from somewhere else. */
const UNSHARE = join(mkdtempSync('/var/tmp/lab-unshare-'), 'unshare');
copyFileSync('/usr/bin/unshare', UNSHARE);
chmodSync(join(UNSHARE, '..'), 0o755);
chmodSync(UNSHARE, 0o755);

/** Runs what follows in mounts of its own, on which the script works first; the same user as before. */
function withMounts(script: string): string[] {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const back = ROOT ? '' : `${UNSHARE} --user --map-user=${uid} --map-group=${gid} --`;
  return [
    ...[UNSHARE, ...(ROOT ? [] : ['--user', '--map-root-user'])],
    ...['--mount', '--propagation', 'private', '--'],
    ...bash(`set -e\n${script}\nexec ${back} "$@"`),
    'bash',
  ];
}

/** `mount` hides itself last. */
function without(...tools: readonly ToolName[]): string[] {
  const files = [...tools.flatMap(filesOf)].sort((a, b) => Number(a.endsWith('/mount')) - Number(b.endsWith('/mount')));
  return withMounts(files.map((file) => `mount --bind /dev/null ${file}`).join('\n'));
}

interface Degraded extends Ran {
  readonly report: EffectiveSandbox;
  /** The step left its mark. */
  readonly ran: boolean;
}

/** Runs a step with what a prefix leaves of the machine. */
function sealWithin(
  prefix: readonly string[],
  options: readonly string[],
  step = (mark: string): string => `echo > ${mark}`,
): Degraded {
  const directory = mkdtempSync('/var/tmp/lab-mark-');
  chmodSync(directory, 0o777);
  const policyFile = join(directory, 'policy.yml');
  const file = join(mkdtempSync('/var/tmp/lab-report-'), 'report.json');
  const mark = join(directory, 'mark');
  bare(bash(`echo 'version: 1\nfilesystem: {write: [${directory}]}' > ${policyFile}`));
  const ran = bare([
    ...prefix,
    ...[NODE, CLI, 'run', '-p', policyFile, '--report', file, ...options, '--'],
    ...bash(step(mark)),
  ]);
  if (!existsSync(file)) throw new Error(`no report was written: ${ran.code} ${ran.stderr}`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as EffectiveSandbox;
  return { ...ran, report, ran: existsSync(mark) };
}

describe('explore', () => {
  const nothing = withMounts('');
  it.each([
    ['control', nothing, []],
    ...TOOL_NAMES.map((tool) => [tool, without(tool), []] as const),
    ...TOOL_NAMES.map((tool) => [`${tool} allowlist`, without(tool), ['--network', 'allowlist', '--allow', `${INTERNET.allowed}:80`]] as const),
  ] as const)('%s', (name, prefix, options) => {
    for (const mode of ['fail', 'degrade']) {
    const { code, stdout, stderr, report, ran } = sealWithin(prefix, ['--on-unavailable', mode, ...options], (mark) => `echo > ${mark}; exec 3<>/dev/tcp/${INTERNET.allowed}/${PORTS.web} && read -t 1 -r line <&3 && echo "$line"`);
    console.log(PERSONA, name, mode, code, ran, JSON.stringify(stdout), report.outcome.kind, report.outcome.cause, Object.entries(report.enforced).filter((e) => !e[1]).map((e) => e[0]), report.downgrades.map((d) => `${d.layer}/${d.code}`), report.notes.map((n) => n.code), report.egress === null, report.layers.network.mechanism, code === 125 ? '' : stderr.split('\n')[0]);
    }
    expect(1).toBe(1);
    void [GREETING];
  });
});
