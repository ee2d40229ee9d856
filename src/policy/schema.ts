import * as z from 'zod/mini';
import { GROUP_NAMES } from './groups.ts';
import { leaf, type Described } from './leaf.ts';
import {
  GLOB_PATTERN,
  NAME_PATTERN,
  readAllowed,
  readEntry,
  readId,
  readInterface,
  readPass,
  readPath,
  readQuad,
  readResolver,
  readVariable,
} from './readers.ts';
import { OUTPUT_GLOB_PATTERN, readOutputGlob } from './output-globs.ts';
import {
  OUTPUT_PATTERN,
  PREFIX_PATTERN,
  readExport,
  readOutput,
  readPrefix,
} from './runner-readers.ts';
import type { Reading } from './reading.ts';
import { PROFILE_NAMES, readProfile, readSyscallName, SYSCALL_PATTERN } from './syscall-readers.ts';
import { readCount, readDuration, readSize } from './units.ts';

function list<T>(read: (raw: unknown) => Reading<T>, item: Described, description: string) {
  return z.optional(
    z.array(leaf(read, item)).register(z.globalRegistry, { description, uniqueItems: true }),
  );
}

function choice<const T extends readonly string[]>(values: T, description: string) {
  return z.optional(z.enum(values).register(z.globalRegistry, { description }));
}

function section<T extends z.core.$ZodShape>(shape: T, description: string) {
  return z.optional(z.strictObject(shape).register(z.globalRegistry, { description }));
}

/** A map of variables. It is read by hand because a record would lose a variable named `__proto__`. */
function variables(description: string) {
  const reading = z.transform((raw: unknown, context) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      context.issues.push({ code: 'invalid_type', expected: 'object', input: raw });
      return z.NEVER;
    }
    const result = new Map<string, string>();
    for (const [name, value] of Object.entries(raw)) {
      const read = readVariable(name, value);
      if (read.ok) result.set(name, read.value);
      else {
        const { message, expected } = read;
        context.issues.push({
          code: 'custom',
          path: [name],
          input: value,
          message,
          params: { expected },
        });
      }
    }
    return result;
  });
  const shape = {
    type: 'object',
    propertyNames: { pattern: NAME_PATTERN },
    additionalProperties: { type: ['string', 'number', 'boolean'] },
  };
  return z.optional(
    z.pipe(z.unknown(), reading).register(z.globalRegistry, { description, ...shape }),
  );
}

const QUANTITY = { type: ['string', 'number'] };
const NUMBER = String.raw`\d+(\.\d+)?`;
const DURATION_PATTERN = `^(none|${NUMBER}|(${NUMBER}(d|h|m|s|ms) ?)+)$`;
const SIZE_PATTERN = `^(none|\\d+|${NUMBER} ?(B|[kK]B|[MGT]B|[KMGT]iB))$`;

const duration = (description: string) =>
  z.optional(leaf(readDuration, { description, ...QUANTITY, pattern: DURATION_PATTERN }));
const size = (description: string) =>
  z.optional(leaf(readSize, { description, ...QUANTITY, pattern: SIZE_PATTERN }));
const count = (description: string) =>
  z.optional(
    leaf(readCount, {
      description,
      type: ['string', 'integer'],
      pattern: '^(none|[0-9]+)$',
      minimum: 1,
    }),
  );
const paths = (description: string) =>
  list(
    readPath,
    { description: 'Absolute, `~/…`, or relative to the workspace.', type: 'string', minLength: 1 },
    description,
  );
const ENTRY =
  'An address, network or name with ports: `10.1.0.0/16:5432`, `[2001:db8::/32]:443`, `*.example.com`';
const GROUP = `, or a group: ${GROUP_NAMES.map((name) => `\`${name}\``).join(', ')}`;
const entries = <T>(read: (raw: unknown) => Reading<T>, item: string, description: string) =>
  list(
    read,
    {
      description: `${item}.`,
      anyOf: [
        { type: 'string', pattern: String.raw`^\S+$` },
        {
          type: 'object',
          required: ['host'],
          additionalProperties: false,
          properties: {
            host: { type: 'string', description: 'A name, or `*.` and a name.' },
            port: {
              type: ['string', 'integer'],
              description: 'A port, or ports like `80,443` and `1024-2047`; 443 where left out.',
            },
            protocol: { enum: ['tcp', 'udp', 'icmp'] },
            tls: {
              enum: ['on', 'off', true, false],
              description: '`off` for protocols that start in the clear, such as ssh.',
            },
            private: {
              type: 'boolean',
              description: 'The name may lead to an address of a private range.',
            },
          },
        },
      ],
    },
    description,
  );
const syscalls = (description: string) =>
  list(
    readSyscallName,
    { description: 'The name of a system call.', type: 'string', pattern: SYSCALL_PATTERN },
    description,
  );
const toggle = (description: string) =>
  z.optional(z.boolean().register(z.globalRegistry, { description }));
const quad = (description: string) =>
  z.optional(leaf(readQuad, { description, type: 'string', format: 'ipv4' }));
const id = (description: string) =>
  z.optional(leaf(readId, { description, type: 'integer', minimum: 1, maximum: 4294967294 }));

/** A policy document as it is written, in kebab case; the readers turn units and entries into values. */
export const policySchema = z
  .strictObject({
    version: z
      .literal(1)
      .register(z.globalRegistry, { description: 'The version of the policy language.' }),
    'on-unavailable': choice(
      ['fail', 'degrade'],
      'What happens when this machine cannot enforce a layer: refuse to run, or run without it and say so.',
    ),
    network: section(
      {
        mode: choice(
          ['deny', 'allowlist', 'audit', 'unrestricted'],
          'deny: no network. allowlist: only `allow`. audit: everything, written down. unrestricted: everything.',
        ),
        allow: entries(readAllowed, ENTRY + GROUP, 'What the step may reach.'),
        'block-metadata': toggle(
          'Whether the metadata addresses of cloud machines stay out of reach even where the rest allows them.',
        ),
        resolver: z.optional(
          leaf(readResolver, {
            description:
              "The resolver that Glovebox asks for the addresses of allowed names: `192.0.2.53`, `192.0.2.53:5353`. The system's where left out.",
            type: 'string',
          }),
        ),
        backend: choice(
          ['auto', 'slirp4netns', 'pasta', 'macvlan'],
          'What carries packets out of the sandbox. auto: slirp4netns, or else pasta. macvlan: a link of its own on an interface of the host, for root.',
        ),
        interface: z.optional(
          leaf(readInterface, {
            description: 'For `backend: macvlan`: the interface of the host, such as `eth1`.',
            type: 'string',
          }),
        ),
        address: quad("For `backend: macvlan`: the step's own IPv4 address on that network."),
        netmask: quad('For `backend: macvlan`: the netmask of that network: `255.255.255.0`.'),
        gateway: quad("For `backend: macvlan`: that network's router."),
        'on-blocked': choice(
          ['fail', 'warn', 'ignore'],
          'What a blocked attempt does to the result of the step.',
        ),
        'expect-blocked': entries(
          readEntry,
          ENTRY,
          'Attempts that are blocked without changing the result.',
        ),
      },
      'What the step may reach over the network.',
    ),
    filesystem: section(
      {
        mode: choice(
          ['scratch-only', 'scratch-plus-ro', 'overlay', 'workspace', 'off'],
          'Where the step may write: scratch space, a copy over the workspace, or the workspace itself.',
        ),
        read: paths('Paths that may be read besides the built-in ones.'),
        write: paths('Paths that may be written.'),
        hide: paths('Paths that are out of sight.'),
        outputs: list(
          readOutputGlob,
          {
            description:
              'A path or glob relative to the workspace; with `!` in front an exclusion.',
            type: 'string',
            pattern: OUTPUT_GLOB_PATTERN,
          },
          'What of a throwaway layer goes to the workspace when the step is over.',
        ),
        logs: list(
          readOutputGlob,
          {
            description:
              'A path or glob relative to the workspace; with `!` in front an exclusion.',
            type: 'string',
            pattern: OUTPUT_GLOB_PATTERN,
          },
          'Files of which is shown what the step writes to them.',
        ),
        'outputs-on': choice(
          ['success', 'always'],
          'Whether outputs also come from a step that failed.',
        ),
        'outputs-missing': choice(
          ['fail', 'warn'],
          'What an output that is not there does to the result of the step.',
        ),
        'max-output-size': size('Size of all outputs together, or none.'),
        'max-output-files': count('Number of files, directories and links, or none.'),
      },
      'What the step may read and write.',
    ),
    resources: section(
      {
        timeout: duration('Wall clock: 90s, 15m, 1h30m, a number of seconds, or none.'),
        'cpu-time': duration('Processor time: 90s, 15m, 1h30m, a number of seconds, or none.'),
        memory: size('Memory: 512MiB, 1.5GiB, a number of bytes, or none.'),
        processes: count('Processes and threads at one time, or none.'),
        'open-files': count('Open files of one process, or none.'),
        'file-size': size('Size of any one file that the step writes, or none.'),
        output: size('stdout and stderr together, or none.'),
      },
      'How much the step may use; `none` lifts a limit.',
    ),
    privilege: section(
      {
        mode: choice(['drop', 'inherit'], 'Whether the step loses the privileges of the job.'),
        uid: id('The user number the step runs as.'),
        gid: id('The group number the step runs as.'),
      },
      'Who the step runs as.',
    ),
    syscalls: section(
      {
        profile: z.optional(
          leaf(readProfile, {
            description:
              'Which system calls the step may make: default, strict, off, or a file in the shape of Docker and the OCI.',
            anyOf: [
              { enum: [...PROFILE_NAMES] },
              { type: 'string', pattern: String.raw`[^/]$`, not: { enum: [...PROFILE_NAMES] } },
            ],
          }),
        ),
        allow: syscalls('System calls that the profile would refuse.'),
        block: syscalls('System calls that are refused whatever the profile says.'),
      },
      'Which system calls the step may make.',
    ),
    environment: section(
      {
        pass: list(
          readPass,
          {
            description: 'A variable name, or a glob like `CARGO_*`.',
            type: 'string',
            pattern: GLOB_PATTERN,
          },
          'Variables of the job that the step sees besides the built-in list.',
        ),
        set: variables('Variables that the step gets with these values.'),
      },
      'Which variables the step sees.',
    ),
    runner: section(
      {
        outputs: list(
          readOutput,
          { description: 'The name of an output.', type: 'string', pattern: OUTPUT_PATTERN },
          'Outputs of the step that later steps see.',
        ),
        env: list(
          readExport,
          { description: 'The name of a variable.', type: 'string', pattern: NAME_PATTERN },
          'Variables that the step may set for later steps.',
        ),
        path: list(
          readPrefix,
          {
            description: 'A directory, absolute or relative to the workspace.',
            type: 'string',
            pattern: PREFIX_PATTERN,
          },
          'Directories in which the step may add to the PATH of later steps.',
        ),
        summary: toggle('Whether the job summary that the step writes is shown.'),
        annotations: toggle('Whether the errors, warnings and notices of the step are shown.'),
      },
      'What of a workflow step goes on to the rest of its job.',
    ),
  })
  .register(z.globalRegistry, {
    title: 'Glovebox policy',
    description: 'What a sealed CI step may reach, read, write and use.',
  });

/** A document that passed the schema: kebab case, units and entries already read. */
export type PolicyInput = z.output<typeof policySchema>;
