import { f as suggestion, o as parseEntry, s as readLongEntry } from "./entries.mjs";
import { o as readOutputGlob, t as OUTPUT_GLOB_PATTERN } from "./output-globs.mjs";
import { C as globalRegistry, E as NEVER, a as literal, d as pipe, g as unknown, h as transform, n as array, p as strictObject, r as boolean, t as _enum, u as optional } from "./vendor-zod.mjs";
import { c as parseAddress, i as formatAddress } from "./host-names.mjs";
import { i as shown, n as printable, r as refuse, t as accept } from "./reading.mjs";
import { a as readSize, i as readDuration, r as readCount } from "./units.mjs";

// src/policy/syscall-readers.ts
/** From the strictest. */
const PROFILE_NAMES = [
	"strict",
	"default",
	"off"
];
const SYSCALL_PATTERN = "^[a-z_][a-z0-9_]{0,63}$";
const SYSCALL = new RegExp(SYSCALL_PATTERN);
/** One of the profiles that Glovebox has, or the path of one: something with a `/`, or that ends in `.json`. */
function readProfile(raw) {
	const text = typeof raw === "string" ? raw : "";
	const name = PROFILE_NAMES.find((known) => known === text);
	if (name !== void 0) return accept(name);
	if (/\/|\.json$/.test(text) && !text.endsWith("/") && !text.includes("\0")) return accept({
		path: text,
		content: null
	});
	const guess = suggestion(text, PROFILE_NAMES);
	return refuse(`${shown(raw)} is no profile`, `one of ${PROFILE_NAMES.join(", ")}, or a file such as ./profile.json${guess === null ? "" : ` (did you mean \`${guess}\`?)`}`);
}
/** Whether there is such a system call is known only where the tables are. */
function readSyscallName(raw) {
	return typeof raw === "string" && SYSCALL.test(raw) ? accept(raw) : refuse(`${shown(raw)} is not the name of a system call`, "a name like `ptrace`");
}
/** A profile as people name it, fit for one line. */
function profileText(profile) {
	return typeof profile === "string" ? profile : printable(profile.path);
}

// src/policy/groups.ts
const GROUP_NAMES = [
	"apt",
	"cargo",
	"github",
	"go",
	"npm",
	"pip"
];
/** The group that a text is the word of; null for any other text. */
function groupNamed(text) {
	return GROUP_NAMES.find((name) => name === text.toLowerCase()) ?? null;
}
/** A name alone, which means port 443; with the port where the name alone would be a group. */
function shortEntry(name) {
	return groupNamed(name) === null ? name : `${name}:443`;
}
/** Where a URL leads to: its host and port. Null for what is not http or https. Never has a user or a path. */
function entryOfUrl(url) {
	const plain = url.trim().replace(/^sparse\+/, "");
	if (!/^https?:\/\//i.test(plain) || !URL.canParse(plain)) return null;
	const { protocol, hostname, port } = new URL(plain);
	if (hostname.includes("*")) return null;
	const read = parseEntry(`${hostname}:${port === "" ? protocol === "http:" ? "80" : "443" : port}`);
	return read.ok ? read.value : null;
}
/** The entries of what is configured, each once with the first that says so; what is no URL is left out. */
function membersOf(configured) {
	const byText = /* @__PURE__ */ new Map();
	for (const { url, from } of configured) {
		const entry = entryOfUrl(url);
		if (entry !== null && !byText.has(entry.text)) byText.set(entry.text, {
			entry,
			from
		});
	}
	return [...byText.values()];
}
/** The values with the entries of their groups after their own, and a problem for each group without any. */
function expandGroups(values, expansions) {
	const { groups = [], ...network } = values.network ?? {};
	if (groups.length === 0) return {
		values,
		problems: []
	};
	const entries = groups.flatMap((group) => entriesOf(group, expansions));
	return {
		values: {
			...values,
			network: {
				...network,
				allow: [...network.allow ?? [], ...entries]
			}
		},
		problems: groups.flatMap((group) => problemOf(group, expansions))
	};
}
function entriesOf({ value: name, source }, expansions) {
	return (expansions.get(name)?.members ?? []).map(({ entry, from }) => ({
		value: entry,
		source: {
			...source,
			group: {
				name,
				from
			}
		}
	}));
}
function problemOf({ value: name, source }, expansions) {
	const expansion = expansions.get(name);
	if (expansion !== void 0 && expansion.members.length > 0) return [];
	return [{
		place: placeOf(source),
		path: "network.allow",
		message: `the group \`${name}\` stands for nothing here: this machine does not say where ${name} fetches from`,
		expected: `${expansion?.expected ?? "a configuration"}; or the hosts themselves, which \`glovebox learn\` finds`
	}];
}
function placeOf({ name, line, column }) {
	return {
		origin: name,
		...line === void 0 ? {} : { line },
		...column === void 0 ? {} : { column }
	};
}

// src/policy/forbidden.ts
/**
* Variables that make a loader, shell, runtime or git run code that the step's command does not name.
* A search path is here when it is looked at before the program's own modules; NODE_PATH and CLASSPATH are not.
*/
const CODE = [
	{
		names: [
			"LD_*",
			"DYLD_*",
			"GLIBC_TUNABLES",
			"GCONV_PATH",
			"LOCPATH",
			"NLSPATH"
		],
		reason: "it steers the loader and the C library, which run before the program does"
	},
	{
		names: [
			"OPENSSL_CONF",
			"OPENSSL_ENGINES",
			"OPENSSL_MODULES"
		],
		reason: "it makes OpenSSL load a library"
	},
	{
		names: [...[
			"BASH_ENV",
			"ENV",
			"BASH_FUNC_*",
			"BASH_LOADABLES_PATH",
			"SHELLOPTS",
			"BASHOPTS",
			"PS4",
			"PROMPT_COMMAND"
		], ...["ZDOTDIR", "FPATH"]],
		reason: "it makes a shell run code before its script"
	},
	{
		names: [
			"NODE_OPTIONS",
			"NODE_REPL_EXTERNAL_MODULE",
			"BUN_OPTIONS",
			"BUN_INSPECT*"
		],
		reason: "it makes a JavaScript runtime load code before the program"
	},
	{
		names: [...[
			"PYTHONSTARTUP",
			"PYTHONHOME",
			"PYTHONPATH",
			"PYTHONPLATLIBDIR",
			"PYTHONUSERBASE"
		], ...[
			"PYTHONINSPECT",
			"PYTHONBREAKPOINT",
			"PYTHONWARNINGS"
		]],
		reason: "it makes Python load code before or inside the program"
	},
	{
		names: [
			"PERL5OPT",
			"PERL5DB",
			"PERL5LIB",
			"PERLLIB",
			"RUBYOPT",
			"RUBYLIB"
		],
		reason: "it makes Perl or Ruby load code before the program"
	},
	{
		names: [
			"JAVA_TOOL_OPTIONS",
			"_JAVA_OPTIONS",
			"JDK_JAVA_OPTIONS"
		],
		reason: "it makes Java load an agent before the program"
	},
	{
		names: [
			"DOTNET_STARTUP_HOOKS",
			"DOTNET_ADDITIONAL_DEPS",
			"DOTNET_SHARED_STORE",
			"CORECLR_*",
			"COR_PROFILER*"
		],
		reason: "it makes .NET load code before the program"
	},
	{
		names: [...[
			"PHPRC",
			"PHP_INI_SCAN_DIR",
			"LUA_INIT*",
			"ERL_FLAGS",
			"ERL_AFLAGS",
			"ERL_ZFLAGS",
			"ELIXIR_ERL_OPTIONS"
		], ...[
			"R_PROFILE",
			"R_PROFILE_USER",
			"R_ENVIRON",
			"R_ENVIRON_USER",
			"MAKEFILES",
			"VIMINIT",
			"EXINIT"
		]],
		reason: "it makes its program run code before the input it was given"
	},
	{
		names: [...[
			"GIT_SSH",
			"GIT_SSH_COMMAND",
			"GIT_SSH_VARIANT",
			"GIT_ASKPASS",
			"SSH_ASKPASS",
			"GIT_PROXY_COMMAND"
		], ...[
			"GIT_EXEC_PATH",
			"GIT_EDITOR",
			"GIT_SEQUENCE_EDITOR",
			"GIT_PAGER",
			"GIT_EXTERNAL_DIFF",
			"GIT_TEMPLATE_DIR"
		]],
		reason: "it makes git run a program"
	},
	{
		names: [...[
			"GIT_CONFIG*",
			"GIT_DIR",
			"GIT_WORK_TREE",
			"GIT_COMMON_DIR",
			"GIT_INDEX_FILE",
			"GIT_OBJECT_DIRECTORY"
		], ...[
			"GIT_ALTERNATE_OBJECT_DIRECTORIES",
			"GIT_ALLOW_PROTOCOL",
			"GIT_PROTOCOL_FROM_USER",
			"GIT_ATTR_SOURCE"
		]],
		reason: "it makes git use other settings or another repository"
	},
	{
		names: [
			"EDITOR",
			"VISUAL",
			"PAGER",
			"MANPAGER",
			"SYSTEMD_PAGER",
			"BROWSER",
			"LESSOPEN",
			"LESSCLOSE"
		],
		reason: "other programs run the program that it names"
	}
];
/** The runner's own credentials: a policy that writes one down hands the workflow itself over. */
const CREDENTIALS = [{
	names: ["ACTIONS_RUNTIME_*", "ACTIONS_ID_TOKEN_REQUEST_*"],
	reason: "with it the step could act as the workflow"
}];
const WORKFLOW = [
	{
		names: ["ACTIONS_*", "GITHUB_TOKEN"],
		reason: "with it the step could act as the workflow"
	},
	{
		names: [...[
			"GITHUB_ENV",
			"GITHUB_PATH",
			"GITHUB_OUTPUT",
			"GITHUB_STATE",
			"GITHUB_STEP_SUMMARY"
		], ...["GITHUB_ARTIFACTS", "GITHUB_ARTIFACTS_LIST"]],
		reason: "through the runner's command files the step could act as the workflow"
	},
	{
		names: ["INPUT_*", "STATE_*"],
		reason: "it carries what was given to an action, tokens among it"
	}
];
/** npm and pnpm read their settings from the environment in any case, `-` and `_` being the same. */
const PACKAGE_MANAGER = /^p?npm_config_(?:node_options|script_shell|shell|git|editor|viewer|browser|init_module|userconfig|globalconfig)$/;
const PACKAGE_MANAGER_REASON = "it makes npm run a program or read other settings";
/**
* Why a variable must not reach the step; null where nothing speaks against it.
* The workflow's token and files count for `pass` alone: a policy may set a harmless stand-in, or a token on purpose.
*/
function forbiddenReason(name, use = "pass") {
	if (PACKAGE_MANAGER.test(name.toLowerCase().replaceAll("-", "_"))) return PACKAGE_MANAGER_REASON;
	return [...CODE, ...use === "pass" ? WORKFLOW : CREDENTIALS].find((row) => row.names.some((pattern) => matches(pattern, name)))?.reason ?? null;
}
/** Whether a row's pattern means the name. */
function matches(pattern, name) {
	return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

// src/policy/readers.ts
const NAME_PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$";
const GLOB_PATTERN = "^[A-Za-z_*?][A-Za-z0-9_*?]*$";
const NAME$1 = new RegExp(NAME_PATTERN);
const GLOB = new RegExp(GLOB_PATTERN);
const NAME_EXPECTED = "a name of letters, digits and _ that does not start with a digit";
/** Without brackets, what follows the last colon of an IPv6 address belongs to it. */
const RESOLVER = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+))(?::(?<port>[1-9]\d{0,4}))?$/;
/** Narrower than the kernel's own rule; what else it would take nobody writes. */
const INTERFACE = /^[\w.@][\w.@-]{0,14}$/;
/** The kernel reads the highest number as "leave as it is". */
const LARGEST_ID = 2 ** 32 - 2;
/** One egress entry, or the word of a group. */
function readAllowed(raw) {
	const name = typeof raw === "string" ? groupNamed(raw) : null;
	return name === null ? readEntry(raw) : accept({
		kind: "group",
		name
	});
}
/** One egress entry, as text or in its long form; a list gets a word on the quotes that YAML needs. */
function readEntry(raw) {
	if (typeof raw === "string" && groupNamed(raw) !== null) return refuse(`${shown(raw)} is a group, and groups are for \`network.allow\``, `an entry; a host of that name is {host: ${raw}}`);
	if (typeof raw === "string") return parseEntry(raw);
	if (typeof raw === "object" && raw !== null && !Array.isArray(raw)) return readLongEntry(raw);
	return refuse(`${shown(raw)} is not an egress entry`, Array.isArray(raw) ? "an entry in quotes, like \"[2001:db8::/32]:443\"" : "a name, an address or a network, like api.example.com:443 or 203.0.113.0/24:443");
}
/** An address, with a port where it is not 53: `192.0.2.53`, `[2001:db8::53]:5353`. */
function readResolver(raw) {
	const text = typeof raw === "string" ? raw : "";
	const { bracketed, plain, port = "53" } = RESOLVER.exec(text)?.groups ?? {};
	const address = parseAddress(bracketed ?? plain ?? text);
	if (address === null || Number(port) > 65535) return refuse(`${shown(raw)} is not a resolver`, "an address like 192.0.2.53 or [2001:db8::53]:5353");
	const host = formatAddress(address);
	if (port === "53") return accept(host);
	return accept(`${address.family === 6 ? `[${host}]` : host}:${port}`);
}
/** A network interface's name, as the kernel takes it. */
function readInterface(raw) {
	return typeof raw === "string" && INTERFACE.test(raw) && raw !== "." && raw !== ".." ? accept(raw) : refuse(`${shown(raw)} is not the name of an interface`, "a name like eth1, of up to 15 characters");
}
/** An IPv4 address, or a netmask, in its dotted form. */
function readQuad(raw) {
	const address = typeof raw === "string" ? parseAddress(raw) : null;
	return address?.family === 4 ? accept(formatAddress(address)) : refuse(`${shown(raw)} is not an IPv4 address`, "four numbers like 192.0.2.7");
}
/** A path as written. Every character but NUL may be in one. */
function readPath(raw) {
	return typeof raw === "string" && raw !== "" && !raw.includes("\0") ? accept(raw) : refuse(`${shown(raw)} is not a path`, "a path that is not empty and has no NUL");
}
/** A user or group number other than root's. */
function readId(raw) {
	if (raw === 0) return refuse("`0` is root, whom the step must not be", `a whole number from 1 to ${LARGEST_ID}`);
	return typeof raw === "number" && Number.isInteger(raw) && raw >= 1 && raw <= LARGEST_ID ? accept(raw) : refuse(`${shown(raw)} is not a user or group number`, `a whole number from 1 to ${LARGEST_ID}`);
}
/** A variable's name, or a glob of names. What a glob may not bring is left out when the names are known. */
function readPass(raw) {
	if (typeof raw !== "string" || !GLOB.test(raw)) return refuse(`${shown(raw)} is not a variable name or glob`, `${NAME_EXPECTED}, or a glob like CARGO_*`);
	const reason = /[*?]/.test(raw) ? null : forbiddenReason(raw, "pass");
	return reason === null ? accept(raw) : refuse(`\`${raw}\` must not be passed: ${reason}`, instead(raw));
}
/** A variable that may be set can still come in, where somebody writes down that it is meant to. */
function instead(name) {
	return forbiddenReason(name, "set") === null ? `\`environment.set\` with a value for \`${name}\`, if the step is to have it` : "another variable";
}
/** The value of `name`; numbers and true or false become text. */
function readVariable(name, raw) {
	if (!NAME$1.test(name)) return refuse(`${shown(name)} is not a variable name`, NAME_EXPECTED);
	const reason = forbiddenReason(name, "set");
	if (reason !== null) return refuse(`\`${name}\` must not be set: ${reason}`, "another variable");
	if (typeof raw !== "string" && typeof raw !== "number" && typeof raw !== "boolean") return refuse(`${shown(raw)} is not a value for a variable`, "text, a number, true or false");
	const text = String(raw);
	return text.includes("\0") ? refuse(`the value of \`${name}\` has a NUL`, "text without NUL") : accept(text);
}

// src/policy/leaf.ts
/** A value that one of our own readers checks; `shape` says in JSON Schema what it accepts. */
function leaf(read, shape) {
	const reading = transform((raw, context) => {
		const result = read(raw);
		if (result.ok) return result.value;
		context.issues.push({
			code: "custom",
			input: raw,
			message: result.message,
			params: { expected: result.expected }
		});
		return NEVER;
	});
	return pipe(unknown(), reading).register(globalRegistry, shape);
}

// src/policy/steering.ts
/**
* Variables with which a step would steer the steps after it, without a word of theirs.
* Nobody can list all: here are those that widely used programs obey, and that no build needs to hand on.
*/
const STEERING = [
	{
		names: [
			"GITHUB_*",
			"RUNNER_*",
			"ACTIONS_*",
			"INPUT_*",
			"STATE_*",
			"CI"
		],
		reason: "it is the runner's own, and later steps trust it"
	},
	{
		names: [
			"PATH",
			"CDPATH",
			"SHELL",
			"HOME",
			"XDG_*"
		],
		reason: "it decides which programs and settings later steps find; for PATH there is runner.path"
	},
	{
		names: [
			...[
				"HTTP_PROXY",
				"HTTPS_PROXY",
				"ALL_PROXY",
				"FTP_PROXY",
				"NO_PROXY",
				"GOPROXY"
			],
			...[
				"DOCKER_HOST",
				"DOCKER_CONTEXT",
				"DOCKER_CONFIG",
				"KUBECONFIG",
				"AWS_CONFIG_FILE"
			],
			...["AWS_ENDPOINT_URL*", "SSH_AUTH_SOCK"]
		],
		reason: "it decides whom later steps talk to"
	},
	{
		names: [
			...[
				"SSL_CERT_FILE",
				"SSL_CERT_DIR",
				"SSLKEYLOGFILE",
				"NODE_EXTRA_CA_CERTS"
			],
			...[
				"NODE_TLS_REJECT_UNAUTHORIZED",
				"CURL_CA_BUNDLE",
				"CURL_HOME",
				"REQUESTS_CA_BUNDLE"
			],
			...[
				"PYTHONHTTPSVERIFY",
				"GIT_SSL_*",
				"GIT_TRACE*",
				"GONOSUMDB",
				"GONOSUMCHECK",
				"GOSUMDB"
			],
			...["GOINSECURE", "GOPRIVATE"]
		],
		reason: "it decides whom later steps trust, or lets others read along"
	},
	{
		names: [
			...[
				"NPM_CONFIG_*",
				"PNPM_CONFIG_*",
				"YARN_*",
				"BUN_CONFIG_*",
				"COREPACK_*",
				"PIP_*",
				"UV_*"
			],
			...[
				"POETRY_*",
				"CONDA_*",
				"BUNDLE_*",
				"GEM_*",
				"COMPOSER*",
				"CARGO_HOME",
				"CARGO_SOURCE_*"
			],
			...[
				"CARGO_REGISTR*",
				"NUGET_*",
				"RUSTUP_*",
				"HOMEBREW_*"
			]
		],
		reason: "it decides where later steps fetch packages and tools from"
	},
	{
		names: [
			...[
				"CC",
				"CXX",
				"LD",
				"AR",
				"AS",
				"CFLAGS",
				"CXXFLAGS",
				"LDFLAGS",
				"RUSTC*",
				"RUSTDOC*"
			],
			...[
				"RUSTFLAGS",
				"CARGO_BUILD_*",
				"CARGO_TARGET_*",
				"CARGO_ENCODED_*",
				"GOFLAGS",
				"GOENV"
			],
			...[
				"GOROOT",
				"GOPATH",
				"GOTOOLCHAIN",
				"CGO_*",
				"MAVEN_OPTS",
				"MAVEN_ARGS",
				"GRADLE_OPTS"
			],
			...[
				"GRADLE_USER_HOME",
				"ANT_OPTS",
				"ANT_ARGS",
				"SBT_OPTS",
				"JAVA_OPTS",
				"MAKEFLAGS"
			],
			...[
				"GNUMAKEFLAGS",
				"CMAKE_*",
				"NODE_PATH",
				"CLASSPATH",
				"MSBUILD*",
				"PYTEST_*",
				"TOX_*"
			]
		],
		reason: "it makes a build tool of a later step run other code"
	}
];
/**
* Why a sealed step must not hand a variable on to later steps; null where nothing speaks against it.
* In any case of letters: proxies are read in both, and no honest name differs from these by that alone.
*/
function steeringReason(name) {
	const upper = name.toUpperCase();
	return STEERING.find(({ names }) => names.some((pattern) => matches(pattern, upper)))?.reason ?? forbiddenReason(name) ?? forbiddenReason(upper);
}

// src/policy/runner-readers.ts
const OUTPUT_PATTERN = "^[A-Za-z_][A-Za-z0-9_-]*$";
/** What follows is read by hand: `..` may be no part of it, but `..a` may. */
const PREFIX_PATTERN = "^[^~:][^:]*$";
const OUTPUT = new RegExp(OUTPUT_PATTERN);
const NAME = new RegExp(NAME_PATTERN);
/** The name of a step's output. */
function readOutput(raw) {
	return typeof raw === "string" && OUTPUT.test(raw) ? accept(raw) : refuse(`${shown(raw)} is not the name of an output`, "a name of letters, digits, _ and - that starts with a letter or _");
}
/** The name of a variable that later steps may get from this one. */
function readExport(raw) {
	if (typeof raw !== "string" || !NAME.test(raw)) return refuse(`${shown(raw)} is not a variable name`, NAME_EXPECTED);
	const reason = steeringReason(raw);
	return reason === null ? accept(raw) : refuse(`\`${raw}\` must not be handed on: ${reason}`, "an output, which the workflow puts into the `env` of the step that needs it");
}
/** A directory in which entries of PATH may lie; it must be clear without a look at the machine. */
function readPrefix(raw) {
	const expected = "a directory, absolute or relative to the workspace, without `..` and `:`";
	if (typeof raw !== "string" || raw === "" || /[:\p{Cc}]/u.test(raw)) return refuse(`${shown(raw)} is not a directory for PATH`, expected);
	if (raw.startsWith("~")) return refuse(`${shown(raw)} leads to a home, and the step's is thrown away`, expected);
	return raw.split("/").includes("..") ? refuse(`${shown(raw)} leads upwards`, expected) : accept(raw);
}

// src/policy/schema-kinds.ts
function list(read, item, description) {
	return optional(array(leaf(read, item)).register(globalRegistry, {
		description,
		uniqueItems: true
	}));
}
function choice(values, description) {
	return optional(_enum(values).register(globalRegistry, { description }));
}
function section(shape, description) {
	return optional(strictObject(shape).register(globalRegistry, { description }));
}
/** A map of variables. It is read by hand because a record would lose a variable named `__proto__`. */
function variables(description) {
	const reading = transform((raw, context) => {
		if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
			context.issues.push({
				code: "invalid_type",
				expected: "object",
				input: raw
			});
			return NEVER;
		}
		const result = /* @__PURE__ */ new Map();
		for (const [name, value] of Object.entries(raw)) {
			const read = readVariable(name, value);
			if (read.ok) result.set(name, read.value);
			else {
				const { message, expected } = read;
				context.issues.push({
					code: "custom",
					path: [name],
					input: value,
					message,
					params: { expected }
				});
			}
		}
		return result;
	});
	const shape = {
		type: "object",
		propertyNames: { pattern: NAME_PATTERN },
		additionalProperties: { type: [
			"string",
			"number",
			"boolean"
		] }
	};
	return optional(pipe(unknown(), reading).register(globalRegistry, {
		description,
		...shape
	}));
}
const QUANTITY = { type: ["string", "number"] };
const NUMBER = String.raw`\d+(\.\d+)?`;
const DURATION_PATTERN = `^(none|${NUMBER}|(${NUMBER}(d|h|m|s|ms) ?)+)$`;
const SIZE_PATTERN = `^(none|\\d+|${NUMBER} ?(B|[kK]B|[MGT]B|[KMGT]iB))$`;
const duration = (description) => optional(leaf(readDuration, {
	description,
	...QUANTITY,
	pattern: DURATION_PATTERN
}));
const size = (description) => optional(leaf(readSize, {
	description,
	...QUANTITY,
	pattern: SIZE_PATTERN
}));
const count = (description) => optional(leaf(readCount, {
	description,
	type: ["string", "integer"],
	pattern: "^(none|[0-9]+)$",
	minimum: 1
}));
const paths = (description) => list(readPath, {
	description: "Absolute, `~/…`, or relative to the workspace.",
	type: "string",
	minLength: 1
}, description);
const entries = (read, item, description) => list(read, {
	description: `${item}.`,
	anyOf: [{
		type: "string",
		pattern: String.raw`^\S+$`
	}, {
		type: "object",
		required: ["host"],
		additionalProperties: false,
		properties: {
			host: {
				type: "string",
				description: "A name, or `*.` and a name."
			},
			port: {
				type: ["string", "integer"],
				description: "A port, or ports like `80,443` and `1024-2047`; 443 where left out."
			},
			protocol: { enum: [
				"tcp",
				"udp",
				"icmp"
			] },
			tls: {
				enum: [
					"on",
					"off",
					true,
					false
				],
				description: "`off` for protocols that start in the clear, such as ssh."
			},
			private: {
				type: "boolean",
				description: "The name may lead to an address of a private range."
			}
		}
	}]
}, description);
const syscalls = (description) => list(readSyscallName, {
	description: "The name of a system call.",
	type: "string",
	pattern: SYSCALL_PATTERN
}, description);
const toggle = (description) => optional(boolean().register(globalRegistry, { description }));
const quad = (description) => optional(leaf(readQuad, {
	description,
	type: "string",
	format: "ipv4"
}));
const id = (description) => optional(leaf(readId, {
	description,
	type: "integer",
	minimum: 1,
	maximum: 4294967294
}));

// src/policy/schema.ts
const ENTRY = "An address, network or name with ports: `10.1.0.0/16:5432`, `[2001:db8::/32]:443`, `*.example.com`";
const GROUP = `, or a group: ${GROUP_NAMES.map((name) => `\`${name}\``).join(", ")}`;
const WORKSPACE_GLOB = {
	description: "A path or glob relative to the workspace; with `!` in front an exclusion.",
	type: "string",
	pattern: OUTPUT_GLOB_PATTERN
};
/** A policy document as it is written, in kebab case; the readers turn units and entries into values. */
const policySchema = strictObject({
	version: literal(1).register(globalRegistry, { description: "The version of the policy language." }),
	"on-unavailable": choice(["fail", "degrade"], "What happens when this machine cannot enforce a layer: refuse to run, or run without it and say so."),
	network: section({
		mode: choice([
			"deny",
			"allowlist",
			"audit",
			"unrestricted"
		], "deny: no network. allowlist: only `allow`. audit: everything, written down. unrestricted: everything."),
		allow: entries(readAllowed, ENTRY + GROUP, "What the step may reach."),
		"block-metadata": toggle("Whether the metadata addresses of cloud machines stay out of reach even where the rest allows them."),
		resolver: optional(leaf(readResolver, {
			description: "The resolver that Glovebox asks for the addresses of allowed names: `192.0.2.53`, `192.0.2.53:5353`. The system's where left out.",
			type: "string"
		})),
		backend: choice([
			"auto",
			"slirp4netns",
			"pasta",
			"macvlan"
		], "What carries packets out of the sandbox. auto: slirp4netns, or else pasta. macvlan: a link of its own on an interface of the host, for root."),
		interface: optional(leaf(readInterface, {
			description: "For `backend: macvlan`: the interface of the host, such as `eth1`.",
			type: "string"
		})),
		address: quad("For `backend: macvlan`: the step's own IPv4 address on that network."),
		netmask: quad("For `backend: macvlan`: the netmask of that network: `255.255.255.0`."),
		gateway: quad("For `backend: macvlan`: that network's router."),
		"on-blocked": choice([
			"fail",
			"warn",
			"ignore"
		], "What a blocked attempt does to the result of the step."),
		"expect-blocked": entries(readEntry, ENTRY, "Attempts that are blocked without changing the result.")
	}, "What the step may reach over the network."),
	filesystem: section({
		mode: choice([
			"scratch-only",
			"scratch-plus-ro",
			"overlay",
			"workspace",
			"off"
		], "Where the step may write: scratch space, a copy over the workspace, or the workspace itself."),
		read: paths("Paths that may be read besides the built-in ones."),
		write: paths("Paths that may be written."),
		hide: paths("Paths that are out of sight."),
		outputs: list(readOutputGlob, WORKSPACE_GLOB, "What of a throwaway layer goes to the workspace when the step is over."),
		logs: list(readOutputGlob, WORKSPACE_GLOB, "Files of which is shown what the step writes to them."),
		"outputs-on": choice(["success", "always"], "Whether outputs also come from a step that failed."),
		"outputs-missing": choice(["fail", "warn"], "What an output that is not there does to the result of the step."),
		"max-output-size": size("Size of all outputs together, or none."),
		"max-output-files": count("Number of files, directories and links, or none.")
	}, "What the step may read and write."),
	resources: section({
		timeout: duration("Wall clock: 90s, 15m, 1h30m, a number of seconds, or none."),
		"cpu-time": duration("Processor time: 90s, 15m, 1h30m, a number of seconds, or none."),
		memory: size("Memory: 512MiB, 1.5GiB, a number of bytes, or none."),
		processes: count("Processes and threads at one time, or none."),
		"open-files": count("Open files of one process, or none."),
		"file-size": size("Size of any one file that the step writes, or none."),
		output: size("stdout and stderr together, or none.")
	}, "How much the step may use; `none` lifts a limit."),
	privilege: section({
		mode: choice(["drop", "inherit"], "Whether the step loses the privileges of the job."),
		uid: id("The user number the step runs as."),
		gid: id("The group number the step runs as.")
	}, "Who the step runs as."),
	syscalls: section({
		profile: optional(leaf(readProfile, {
			description: "Which system calls the step may make: default, strict, off, or a file in the shape of Docker and the OCI.",
			anyOf: [{ enum: [...PROFILE_NAMES] }, {
				type: "string",
				pattern: String.raw`[^/]$`,
				not: { enum: [...PROFILE_NAMES] }
			}]
		})),
		allow: syscalls("System calls that the profile would refuse."),
		block: syscalls("System calls that are refused whatever the profile says.")
	}, "Which system calls the step may make."),
	environment: section({
		pass: list(readPass, {
			description: "A variable name, or a glob like `CARGO_*`.",
			type: "string",
			pattern: GLOB_PATTERN
		}, "Variables of the job that the step sees besides the built-in list."),
		set: variables("Variables that the step gets with these values.")
	}, "Which variables the step sees."),
	runner: section({
		outputs: list(readOutput, {
			description: "The name of an output.",
			type: "string",
			pattern: OUTPUT_PATTERN
		}, "Outputs of the step that later steps see."),
		env: list(readExport, {
			description: "The name of a variable.",
			type: "string",
			pattern: NAME_PATTERN
		}, "Variables that the step may set for later steps."),
		path: list(readPrefix, {
			description: "A directory, absolute or relative to the workspace.",
			type: "string",
			pattern: PREFIX_PATTERN
		}, "Directories in which the step may add to the PATH of later steps."),
		summary: toggle("Whether the job summary that the step writes is shown."),
		annotations: toggle("Whether the errors, warnings and notices of the step are shown.")
	}, "What of a workflow step goes on to the rest of its job.")
}).register(globalRegistry, {
	title: "Glovebox policy",
	description: "What a sealed CI step may reach, read, write and use."
});

export { forbiddenReason as a, shortEntry as c, readEntry as i, PROFILE_NAMES as l, steeringReason as n, expandGroups as o, leaf as r, membersOf as s, policySchema as t, profileText as u };