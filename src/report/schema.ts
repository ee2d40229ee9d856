import { z } from 'zod/mini';

/** The shape of a report. The types everywhere else are read off it; nothing is checked at run time. */

export function told<T extends z.core.$ZodType>(schema: T, description: string): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const layer = z.enum([
  ...['network', 'filesystem', 'resources', 'privilege', 'syscalls'],
  ...['environment', 'runner'],
] as const);
const texts = z.array(z.string());
const count = () => z.int().check(z.nonnegative());
const limit = () => z.nullable(z.number());

const destination = () => ({
  name: told(z.optional(z.string()), 'The name that was asked for; left out where there is none'),
  address: told(z.nullable(z.string()), 'null for a name that went through the gateway'),
  port: z.nullable(z.int().check(z.minimum(0), z.maximum(65535))),
  protocol: told(z.string(), 'tcp, udp, icmp, ipv6-icmp, or the number of another IP protocol'),
  count: told(count(), 'TCP: attempts to connect. Other protocols: packets'),
  process: told(
    z.optional(z.nullable(z.string())),
    'The first process that was seen at it; null where none was',
  ),
});

const requested = z.strictObject({
  onUnavailable: z.enum(['fail', 'degrade']),
  network: z.strictObject({
    mode: z.enum(['deny', 'allowlist', 'audit', 'unrestricted']),
    allow: texts,
    blockMetadata: z.boolean(),
    resolver: z.nullable(z.string()),
    backend: z.string(),
    interface: z.nullable(z.string()),
    address: z.nullable(z.string()),
    netmask: z.nullable(z.string()),
    gateway: z.nullable(z.string()),
    onBlocked: z.enum(['fail', 'warn', 'ignore']),
    expectBlocked: texts,
  }),
  filesystem: z.strictObject({
    mode: z.enum(['scratch-only', 'scratch-plus-ro', 'overlay', 'workspace', 'off']),
    read: texts,
    write: texts,
    hide: texts,
    outputs: texts,
    outputsOn: z.enum(['success', 'always']),
    outputsMissing: z.enum(['fail', 'warn']),
    maxOutputBytes: limit(),
    maxOutputFiles: limit(),
    logs: texts,
  }),
  resources: told(
    z.strictObject({
      timeoutMs: limit(),
      cpuTimeMs: limit(),
      memoryBytes: limit(),
      processes: limit(),
      openFiles: limit(),
      fileSizeBytes: limit(),
      outputBytes: limit(),
    }),
    'null: lifted by the policy',
  ),
  privilege: z.strictObject({
    mode: z.enum(['drop', 'inherit']),
    uid: z.nullable(z.number()),
    gid: z.nullable(z.number()),
  }),
  syscalls: z.strictObject({
    profile: told(z.string(), 'default, strict, off, or the path of a file'),
    allow: texts,
    block: texts,
  }),
  runner: z.strictObject({
    outputs: texts,
    env: texts,
    path: texts,
    summary: z.boolean(),
    annotations: z.boolean(),
  }),
});

const egress = z.strictObject({
  allowed: z.array(
    z.strictObject({
      ...destination(),
      up: told(z.optional(count()), 'Bytes that the step sent, where the gateway counted them'),
      down: z.optional(count()),
    }),
  ),
  blocked: z.array(
    z.strictObject({
      ...destination(),
      reason: told(z.string(), 'Why it was refused'),
      expected: told(
        z.boolean(),
        'Named by network.expect-blocked, or an allowed name whose server did not answer',
      ),
      allow: told(z.nullable(z.string()), 'The entry that would allow it; null where none can'),
    }),
  ),
  allowedNotListed: told(count(), 'Counted but not listed, because the lists are bounded'),
  blockedNotListed: count(),
  unused: told(texts, 'Entries of network.allow that nothing of this run used'),
  malformedLookUps: told(count(), 'Packets to a resolver that were no look-ups'),
});

const syscalls = z.strictObject({
  profile: z.string(),
  filters: told(
    z.array(
      z.strictObject({
        name: told(z.string(), 'The profile that it was compiled from'),
        rules: told(count(), 'Pairs of a system call and a rule for it'),
        sha256: told(z.nullable(z.string()), 'Of the program; null where nothing was run'),
      }),
    ),
    'In force at once; the kernel obeys the strictest',
  ),
});

const changes = z.strictObject({
  files: z.array(
    z.strictObject({
      path: told(z.string(), 'Relative to the workspace; `.` for itself'),
      hex: told(z.optional(z.string()), 'The bytes of the path; left out where they are UTF-8'),
      change: z.enum(['created', 'modified', 'deleted']),
      kind: told(
        z.enum(['file', 'directory', 'symlink', 'other']),
        'What is there now; of what is deleted, what was there',
      ),
      size: told(count(), 'Bytes of a plain file; 0 for anything else'),
    }),
  ),
  notListed: told(count(), 'Found but not listed, because the list is bounded'),
  unread: told(count(), 'Places that could not be looked at, or that were too many'),
});

const toldPaths = () => z.array(z.strictObject({ path: z.string(), reason: z.string() }));

const outputs = z.strictObject({
  done: told(z.boolean(), 'All of them are in the workspace; otherwise none is'),
  files: told(count(), 'Files, directories and links that were not there just so before'),
  bytes: count(),
  missing: told(texts, 'Globs that nothing matched'),
  refused: told(toldPaths(), 'What cannot come out; with one of them nothing does'),
  refusedNotListed: count(),
  leftOut: told(toldPaths(), 'What globs mean that never comes out, or not as it was'),
  leftOutNotListed: count(),
  problem: told(z.nullable(z.string()), 'Why nothing came out'),
});

const outcome = z.strictObject({
  kind: z.enum([
    'exited',
    'signaled',
    'timed-out',
    'out-of-memory',
    'refused',
    'blocked',
    'outputs-failed',
    'failed-to-start',
  ]),
  exitCode: told(z.int(), 'What glovebox exits with'),
  stepExitCode: told(z.nullable(z.int()), "The command's own; null when it did not get that far"),
  cause: told(z.nullable(z.string()), 'The first cause, in words; null for an exit with 0'),
});

const source = z.strictObject({
  name: told(z.string(), 'As it was named'),
  sha256: told(z.nullable(z.string()), 'Of its bytes; null for options of the command line'),
  commit: told(z.nullable(z.string()), 'The commit that it was read from; null: it lay on disk'),
});

export const effectiveSandbox = told(
  z.strictObject({
    version: z.literal(1),
    glovebox: told(z.string(), 'The version of Glovebox that wrote this'),
    command: texts,
    requested: told(requested, 'The merged policy'),
    enforced: told(
      z.record(layer, z.boolean()),
      'True only where the layer was in force, whole, while the command ran',
    ),
    layers: z.record(
      layer,
      z.strictObject({
        status: z.enum(['enforced', 'downgraded', 'unavailable', 'not-requested']),
        mechanism: told(z.string(), 'What holds the layer'),
      }),
    ),
    downgrades: told(
      z.array(z.strictObject({ layer, code: z.string(), reason: z.string(), remedy: z.string() })),
      'Layers that were requested and are not, or not fully, enforced',
    ),
    notes: z.array(z.strictObject({ code: z.string(), text: z.string() })),
    egress: told(z.nullable(egress), 'null where nothing was recorded'),
    changes: told(
      z.nullable(changes),
      'What the step did to the workspace in its throwaway layer; null without one',
    ),
    outputs: told(
      z.nullable(outputs),
      'What came out of the throwaway layer; null where nothing was to',
    ),
    syscalls: told(syscalls, 'The filters of system calls that the step ran under'),
    environment: told(
      z.strictObject({ passed: texts, set: texts, dropped: texts }),
      'Names only, never values',
    ),
    usage: z.strictObject({
      wallMs: z.number(),
      cpuMs: z.number(),
      peakMemoryBytes: z.nullable(z.number()),
      peakProcesses: z.nullable(z.number()),
      outputBytes: z.number(),
      truncated: z.boolean(),
    }),
    outcome,
    policy: z.strictObject({
      sources: z.array(source),
      floors: told(z.array(source), 'What bounded the policy, in this order'),
    }),
    host: z.strictObject({
      platform: z.string(),
      arch: z.string(),
      kernel: z.string(),
      node: z.string(),
      uid: z.number(),
      root: z.boolean(),
    }),
    tools: told(
      z.record(z.string(), z.nullable(z.string())),
      'Versions, as the tools tell them; null where a tool is missing',
    ),
    toolOrigins: told(
      z.record(
        z.string(),
        z.strictObject({
          source: z.enum(['system', 'archive', 'packages']),
          path: z.string(),
          sha256: told(z.string(), "Of the program's file"),
        }),
      ),
      'Where each of them came from; a tool that is missing is not among them',
    ),
  }),
  'What was requested of the sandbox, what was enforced and how, and what was seen.',
);

export type EffectiveSandbox = z.infer<typeof effectiveSandbox>;
