import { DEFAULT_POLICY } from './defaults.ts';
import type { EgressEntry, Policy, PolicyLayer, PolicyValues, Sourced } from './types.ts';

/**
 * The defaults with each layer over them, in order.
 * Of a single value the last layer's stays; lists are joined without repeats, the first source staying;
 * of variables that are set the last layer's value stays, name by name.
 */
export function mergePolicies(layers: readonly PolicyLayer[]): Policy {
  return layers.reduce((policy, layer) => over(policy, layer.values), DEFAULT_POLICY);
}

function over(policy: Policy, values: PolicyValues): Policy {
  const { network, filesystem, environment, runner } = policy;
  return {
    onUnavailable: values.onUnavailable ?? policy.onUnavailable,
    network: {
      ...network,
      ...values.network,
      allow: union(network.allow, values.network?.allow, canonicalText),
      expectBlocked: union(network.expectBlocked, values.network?.expectBlocked, canonicalText),
    },
    filesystem: {
      ...filesystem,
      ...values.filesystem,
      read: union(filesystem.read, values.filesystem?.read, asIs),
      write: union(filesystem.write, values.filesystem?.write, asIs),
      hide: union(filesystem.hide, values.filesystem?.hide, asIs),
    },
    resources: { ...policy.resources, ...values.resources },
    privilege: { ...policy.privilege, ...values.privilege },
    environment: {
      pass: union(environment.pass, values.environment?.pass, asIs),
      set: new Map([...environment.set, ...(values.environment?.set ?? [])]),
    },
    runner: {
      ...runner,
      ...values.runner,
      outputs: union(runner.outputs, values.runner?.outputs, asIs),
      env: union(runner.env, values.runner?.env, asIs),
      path: union(runner.path, values.runner?.path, asIs),
    },
  };
}

const canonicalText = (entry: EgressEntry): string => entry.text;
const asIs = (text: string): string => text;

function union<T>(
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
