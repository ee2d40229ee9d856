// src/policy/defaults.ts
const HOUR = 36e5;
const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;
function byDefault(value) {
	return {
		value,
		source: {
			kind: "default",
			name: ""
		}
	};
}
/** What holds where no file and no option says otherwise. */
const DEFAULT_POLICY = {
	onUnavailable: byDefault("fail"),
	network: {
		mode: byDefault("deny"),
		allow: [],
		blockMetadata: byDefault(true),
		resolver: byDefault(null),
		backend: byDefault("auto"),
		interface: byDefault(null),
		address: byDefault(null),
		netmask: byDefault(null),
		gateway: byDefault(null),
		onBlocked: byDefault("fail"),
		expectBlocked: []
	},
	filesystem: {
		mode: byDefault("overlay"),
		read: [],
		write: [],
		hide: []
	},
	resources: {
		timeout: byDefault(HOUR),
		cpuTime: byDefault(2 * HOUR),
		memory: byDefault(8 * GIBIBYTE),
		processes: byDefault(4096),
		openFiles: byDefault(65536),
		fileSize: byDefault(8 * GIBIBYTE),
		output: byDefault(256 * MEBIBYTE)
	},
	privilege: {
		mode: byDefault("drop"),
		uid: byDefault(null),
		gid: byDefault(null)
	},
	environment: {
		pass: [],
		set: /* @__PURE__ */ new Map()
	},
	runner: {
		outputs: [],
		env: [],
		path: [],
		summary: byDefault(true),
		annotations: byDefault(false)
	}
};

// src/policy/merge.ts
/**
* The defaults with each layer over them, in order.
* Of a single value the last layer's stays; lists are joined without repeats, the first source staying;
* of variables that are set the last layer's value stays, name by name.
*/
function mergePolicies(layers) {
	return layers.reduce((policy, layer) => over(policy, layer.values, union), DEFAULT_POLICY);
}
/**
* The policy with what is said for one step over it: as a further layer, but a list that the values
* name takes the place of the policy's. Variables that are set still merge name by name.
*/
function overridePolicy(policy, values) {
	return over(policy, values, instead);
}
function over(policy, values, join) {
	const { network, filesystem, environment, runner } = policy;
	const { groups: _, ...egress } = values.network ?? {};
	return {
		onUnavailable: values.onUnavailable ?? policy.onUnavailable,
		network: {
			...network,
			...egress,
			allow: join(network.allow, egress.allow, canonicalText),
			expectBlocked: join(network.expectBlocked, egress.expectBlocked, canonicalText)
		},
		filesystem: {
			...filesystem,
			...values.filesystem,
			read: join(filesystem.read, values.filesystem?.read, asIs),
			write: join(filesystem.write, values.filesystem?.write, asIs),
			hide: join(filesystem.hide, values.filesystem?.hide, asIs)
		},
		resources: {
			...policy.resources,
			...values.resources
		},
		privilege: {
			...policy.privilege,
			...values.privilege
		},
		environment: {
			pass: join(environment.pass, values.environment?.pass, asIs),
			set: new Map([...environment.set, ...values.environment?.set ?? []])
		},
		runner: {
			...runner,
			...values.runner,
			outputs: join(runner.outputs, values.runner?.outputs, asIs),
			env: join(runner.env, values.runner?.env, asIs),
			path: join(runner.path, values.runner?.path, asIs)
		}
	};
}
const canonicalText = (entry) => entry.text;
const asIs = (text) => text;
/** Joined without repeats, the first source staying. */
function union(first, second = [], textOf) {
	const byText = /* @__PURE__ */ new Map();
	for (const item of [...first, ...second]) {
		const text = textOf(item.value);
		if (!byText.has(text)) byText.set(text, item);
	}
	return [...byText.values()];
}
function instead(first, second) {
	return second ?? first;
}

export { overridePolicy as n, union as r, mergePolicies as t };