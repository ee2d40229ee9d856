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
	}
};

// src/policy/merge.ts
/**
* The defaults with each layer over them, in order.
* Of a single value the last layer's stays; lists are joined without repeats, the first source staying;
* of variables that are set the last layer's value stays, name by name.
*/
function mergePolicies(layers) {
	return layers.reduce((policy, layer) => over(policy, layer.values), DEFAULT_POLICY);
}
function over(policy, values) {
	const { network, filesystem, environment } = policy;
	return {
		onUnavailable: values.onUnavailable ?? policy.onUnavailable,
		network: {
			...network,
			...values.network,
			allow: union(network.allow, values.network?.allow, canonicalText),
			expectBlocked: union(network.expectBlocked, values.network?.expectBlocked, canonicalText)
		},
		filesystem: {
			...filesystem,
			...values.filesystem,
			read: union(filesystem.read, values.filesystem?.read, asIs),
			write: union(filesystem.write, values.filesystem?.write, asIs),
			hide: union(filesystem.hide, values.filesystem?.hide, asIs)
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
			pass: union(environment.pass, values.environment?.pass, asIs),
			set: new Map([...environment.set, ...values.environment?.set ?? []])
		}
	};
}
const canonicalText = (entry) => entry.text;
const asIs = (text) => text;
function union(first, second = [], textOf) {
	const byText = /* @__PURE__ */ new Map();
	for (const item of [...first, ...second]) {
		const text = textOf(item.value);
		if (!byText.has(text)) byText.set(text, item);
	}
	return [...byText.values()];
}

export { mergePolicies as t };