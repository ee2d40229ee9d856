import * as z from 'zod/mini';
import { GROUP_NAMES } from './groups.ts';
import { leaf } from './leaf.ts';
import { OUTPUT_GLOB_PATTERN, readOutputGlob } from './output-globs.ts';
import {
  GLOB_PATTERN,
  NAME_PATTERN,
  readAllowed,
  readEntry,
  readInterface,
  readPass,
  readResolver,
} from './readers.ts';
import {
  OUTPUT_PATTERN,
  PREFIX_PATTERN,
  readExport,
  readOutput,
  readPrefix,
} from './runner-readers.ts';
import {
  choice,
  count,
  duration,
  entries,
  id,
  list,
  paths,
  quad,
  section,
  size,
  syscalls,
  toggle,
  variables,
} from './schema-kinds.ts';
import { PROFILE_NAMES, readProfile } from './syscall-readers.ts';

const ENTRY =
  'An address, network or name with ports: `10.1.0.0/16:5432`, `[2001:db8::/32]:443`, `*.example.com`';
const GROUP = `, or a group: ${GROUP_NAMES.map((name) => `\`${name}\``).join(', ')}`;

const WORKSPACE_GLOB = {
  description: 'A path or glob relative to the workspace; with `!` in front an exclusion.',
  type: 'string',
  pattern: OUTPUT_GLOB_PATTERN,
};

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
          WORKSPACE_GLOB,
          'What of a throwaway layer goes to the workspace when the step is over.',
        ),
        logs: list(
          readOutputGlob,
          WORKSPACE_GLOB,
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
