import * as z from 'zod/mini';
import type { Problem } from '../base/errors.ts';
import { readDocument } from '../policy/document.ts';
import { problemOf, type Finding } from '../policy/findings.ts';
import { leaf } from '../policy/leaf.ts';
import { findingsOf } from './profile-findings.ts';
import { readErrno, readIndex, readKernel, readUnsigned } from './profile-readers.ts';
import { readSyscall } from './syscalls.ts';

/** What Glovebox can carry out; TRACE and NOTIFY need somebody who answers, and there is nobody. */
const action = z.enum([
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRAP',
]);
const operator = z.enum([
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
]);
const texts = z.nullish(z.array(z.string()));
const errno = z.nullish(leaf(readErrno, { description: 'An error number.' }));
const value = leaf(readUnsigned, { description: 'An unsigned number of 64 bits.' });
const name = leaf(readSyscall, { description: 'The name of a system call.' });

const condition = z.strictObject({
  index: leaf(readIndex, { description: 'Which argument, from 0.' }),
  /** What the argument is compared with; the mask for MASKED_EQ. */
  value,
  /** For MASKED_EQ what is left under the mask. */
  valueTwo: z.nullish(value),
  op: operator,
});

const circumstances = z.nullish(
  z.strictObject({
    caps: texts,
    arches: texts,
    minKernel: z.nullish(leaf(readKernel, { description: 'A kernel release.' })),
  }),
);

const rule = z.strictObject({
  names: z.nullish(z.array(name)),
  /** The older form of `names`. */
  name: z.nullish(name),
  action,
  errnoRet: errno,
  /** Podman names the number that is in `errnoRet` as well. */
  errno: z.nullish(z.string()),
  args: z.nullish(z.array(condition)),
  comment: z.nullish(z.string()),
  includes: circumstances,
  excludes: circumstances,
});

/** A seccomp profile in the shape that Docker, Podman and the OCI runtimes read. */
export const profileSchema = z.strictObject({
  defaultAction: action,
  defaultErrnoRet: errno,
  defaultErrno: z.nullish(z.string()),
  architectures: texts,
  archMap: z.nullish(
    z.array(z.strictObject({ architecture: z.string(), subArchitectures: texts })),
  ),
  flags: texts,
  syscalls: z.nullish(z.array(rule)),
});

/** `value` and `valueTwo` of conditions are bigints; all else is as in the file. */
export type SeccompProfile = z.output<typeof profileSchema>;
export type ProfileRule = z.output<typeof rule>;
export type ProfileCondition = z.output<typeof condition>;
export type ActionName = z.output<typeof action>;

export interface ParsedProfile {
  /** null exactly when there are problems. */
  readonly profile: SeccompProfile | null;
  /** All of them, in the order of the text. */
  readonly problems: Problem[];
}

/** In UTF-16 units; Docker's has 17 thousand. */
const LARGEST_PROFILE = 256 * 1024;
const TOO_LARGE: Finding = {
  path: [],
  message: 'the file is too large for a seccomp profile',
  expected: 'at most 256 KiB',
};

/** Reads the text of a profile; `file` as the user named it. Never throws. */
export function parseProfile(text: string, file: string): ParsedProfile {
  if (text.length > LARGEST_PROFILE)
    return { profile: null, problems: [problemOf(TOO_LARGE, file)] };
  const document = readDocument(jsonAsYaml(text));
  const checked = document.value === undefined ? null : checkProfile(document.value);
  const findings = [...document.findings.map(ofJson), ...(checked?.findings ?? [])];
  const problems = findings.map((finding) =>
    problemOf(finding, file, finding.position ?? document.locate(finding.path, finding.onKey)),
  );
  return { profile: findings.length === 0 ? (checked?.profile ?? null) : null, problems };
}

/** Checks plain data; `profile` is null exactly when there are findings. */
export function checkProfile(data: unknown): {
  profile: SeccompProfile | null;
  findings: Finding[];
} {
  const result = profileSchema.safeParse(data, { reportInput: true });
  if (!result.success) {
    return { profile: null, findings: findingsOf(result.error.issues, profileSchema, data) };
  }
  const findings = (result.data.syscalls ?? []).flatMap(ruleFindings);
  return { profile: findings.length === 0 ? result.data : null, findings };
}

/**
 * JSON is YAML but for its tabs. Numbers that a JavaScript number cannot hold exactly go in quotes, which
 * readUnsigned takes too.
 */
function jsonAsYaml(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(/"(?:[^"\\\n]|\\.)*"|(?<![\w.+-])\d{16,20}(?![\w.+-])/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    );
}

function ofJson(finding: Finding): Finding {
  const [, complaint] = /^not YAML: (.*)/s.exec(finding.message) ?? [];
  return complaint === undefined
    ? finding
    : { ...finding, message: `not JSON: ${complaint}`, expected: 'a JSON object' };
}

function ruleFindings(given: ProfileRule, index: number): Finding[] {
  const path = ['syscalls', index];
  const findings: Finding[] = [];
  if (namesOf(given).length === 0 || (given.names && given.name)) {
    findings.push({
      path,
      message: given.name ? 'both `name` and `names`' : 'a rule without a system call',
      expected: '`names`, a list of system calls',
    });
  }
  const conditions = given.args ?? [];
  for (const [at, { index: argument, value: mask, valueTwo, op }] of conditions.entries()) {
    const place = [...path, 'args', at];
    if (conditions.findIndex((other) => other.index === argument) < at) {
      findings.push({
        path: place,
        message: `two conditions on argument ${argument}, which runtimes read differently`,
        expected: 'a rule of its own for each, of which any may hold, or one MASKED_EQ',
      });
    }
    if (op === 'SCMP_CMP_MASKED_EQ' && ((valueTwo ?? 0n) & ~mask) !== 0n) {
      findings.push({
        path: place,
        message: '`valueTwo` has bits outside of the mask, so the rule never holds',
        expected: 'the mask in `value`, and in `valueTwo` what is to be left under it',
      });
    }
  }
  return findings;
}

/** The system calls that a rule is for. */
export function namesOf(given: ProfileRule): readonly string[] {
  return given.names ?? (given.name ? [given.name] : []);
}
