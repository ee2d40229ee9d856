import type { PolicyLayer, Sourced } from './types.ts';

const MINUTE = 60_000;
const MEBIBYTE = 2 ** 20;

function written<T>(value: T): Sourced<T> {
  return { value, source: { kind: 'default', name: '' } };
}

/** Binds every key, as tight as a step can still run: for a floor that was named and cannot be read. */
export const STRICTEST_FLOOR: PolicyLayer = {
  name: 'the strictest floor',
  sha256: null,
  values: {
    onUnavailable: written('fail'),
    network: {
      mode: written('deny'),
      allow: [],
      blockMetadata: written(true),
      resolver: written(null),
      backend: written('auto'),
      interface: written(null),
      address: written(null),
      netmask: written(null),
      gateway: written(null),
      onBlocked: written('fail'),
      expectBlocked: [],
    },
    filesystem: {
      mode: written('scratch-only'),
      read: [],
      write: [],
      hide: [],
      outputs: [],
      logs: [],
      outputsOn: written('success'),
      outputsMissing: written('fail'),
      maxOutputSize: written(256 * MEBIBYTE),
      maxOutputFiles: written(1000),
    },
    resources: {
      timeout: written(10 * MINUTE),
      cpuTime: written(10 * MINUTE),
      memory: written(1024 * MEBIBYTE),
      processes: written(256),
      openFiles: written(1024),
      fileSize: written(256 * MEBIBYTE),
      output: written(16 * MEBIBYTE),
    },
    privilege: { mode: written('drop') },
    syscalls: { profile: written('strict'), allow: [], block: [] },
    environment: { pass: [], set: new Map() },
    runner: {
      outputs: [],
      env: [],
      path: [],
      summary: written(false),
      annotations: written(false),
    },
  },
};
