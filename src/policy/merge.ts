import { DEFAULT_POLICY } from './defaults.ts';
import type { EgressEntry, Policy, PolicyLayer, PolicyValues, Sourced } from './types.ts';

/**
 * The defaults with each layer over them, in order.
 * Of a single value the last layer's stays; lists are joined without repeats, the first source staying;
 * of variables that are set the last layer's value stays, name by name.
 */
export function mergePolicies(layers: readonly PolicyLayer[]): Policy {
  return layers.reduce((policy, layer) => over(policy, layer.values, union), DEFAULT_POLICY);
}

/**
 * The policy with what is said for one step over it: as a further layer, but a list that the values
 * name takes the place of the policy's. Variables that are set still merge name by name.
 */
export function overridePolicy(policy: Policy, values: PolicyValues): Policy {
  return over(policy, values, instead);
}

/** What becomes of a list that a layer may also have. */
type Join = <T>(
  first: readonly Sourced<T>[],
  second: readonly Sourced<T>[] | undefined,
  textOf: (value: T) => string,
) => readonly Sourced<T>[];

function over(policy: Policy, values: PolicyValues, join: Join): Policy {
  const { network, filesystem, syscalls, environment, runner } = policy;
  // A group that nobody expanded opens nothing.
  const { groups: _, ...egress } = values.network ?? {};
  return {
    onUnavailable: values.onUnavailable ?? policy.onUnavailable,
    network: {
      ...network,
      ...egress,
      allow: join(network.allow, egress.allow, canonicalText),
      expectBlocked: join(network.expectBlocked, egress.expectBlocked, canonicalText),
    },
    filesystem: {
      ...filesystem,
      ...values.filesystem,
      read: join(filesystem.read, values.filesystem?.read, asIs),
      write: join(filesystem.write, values.filesystem?.write, asIs),
      hide: join(filesystem.hide, values.filesystem?.hide, asIs),
      outputs: join(filesystem.outputs, values.filesystem?.outputs, asIs),
      logs: join(filesystem.logs, values.filesystem?.logs, asIs),
    },
    resources: { ...policy.resources, ...values.resources },
    privilege: { ...policy.privilege, ...values.privilege },
    syscalls: {
      ...syscalls,
      ...values.syscalls,
      allow: join(syscalls.allow, values.syscalls?.allow, asIs),
      block: join(syscalls.block, values.syscalls?.block, asIs),
    },
    environment: {
      pass: join(environment.pass, values.environment?.pass, asIs),
      set: new Map([...environment.set, ...(values.environment?.set ?? [])]),
    },
    runner: {
      ...runner,
      ...values.runner,
      outputs: join(runner.outputs, values.runner?.outputs, asIs),
      env: join(runner.env, values.runner?.env, asIs),
      path: join(runner.path, values.runner?.path, asIs),
    },
  };
}

const canonicalText = (entry: EgressEntry): string => entry.text;
const asIs = (text: string): string => text;

/** Joined without repeats, the first source staying. */
export function union<T>(
  first: readonly Sourced<T>[],
  second: readonly Sourced<T>[] = [],
  textOf: (value: T) => string,
): readonly Sourced<T>[] {
  const byText = new Map<string, Sourced<T>>();
  for (const item of [...first, ...second]) {
    const text = textOf(item.value);
    if (!byText.has(text)) byText.set(text, item);
  }
  return [...byText.values()];
}

function instead<T>(
  first: readonly Sourced<T>[],
  second?: readonly Sourced<T>[],
): readonly Sourced<T>[] {
  return second ?? first;
}
