import type { Policy, Sourced } from './types.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

function byDefault<T>(value: T): Sourced<T> {
  return { value, source: { kind: 'default', name: '' } };
}

/** What holds where no file and no option says otherwise. */
export const DEFAULT_POLICY: Policy = {
  onUnavailable: byDefault('fail'),
  network: {
    mode: byDefault('deny'),
    allow: [],
    blockMetadata: byDefault(true),
    resolver: byDefault(null),
    backend: byDefault('auto'),
    interface: byDefault(null),
    address: byDefault(null),
    netmask: byDefault(null),
    gateway: byDefault(null),
    onBlocked: byDefault('fail'),
    expectBlocked: [],
  },
  filesystem: {
    mode: byDefault('overlay'),
    read: [],
    write: [],
    hide: [],
    outputs: [],
    logs: [],
    outputsOn: byDefault('success'),
    outputsMissing: byDefault('fail'),
    maxOutputSize: byDefault(2 * GIBIBYTE),
    maxOutputFiles: byDefault(100_000),
  },
  resources: {
    timeout: byDefault(HOUR),
    cpuTime: byDefault(2 * HOUR),
    memory: byDefault(8 * GIBIBYTE),
    processes: byDefault(4096),
    openFiles: byDefault(65536),
    fileSize: byDefault(8 * GIBIBYTE),
    output: byDefault(256 * MEBIBYTE),
  },
  privilege: { mode: byDefault('drop'), uid: byDefault(null), gid: byDefault(null) },
  syscalls: { profile: byDefault('default'), allow: [], block: [], further: [] },
  environment: { pass: [], set: new Map() },
  runner: {
    outputs: [],
    env: [],
    path: [],
    summary: byDefault(true),
    annotations: byDefault(false),
  },
};
