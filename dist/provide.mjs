import { n as messageOf, t as GloveboxError } from "./errors.mjs";
import { A as findProgram, B as execute, F as knownArchives, G as PACKAGE_OF, I as recordsDirectory, L as entryOf, P as cacheRoots, R as startOf, j as locateTools } from "./environment.mjs";
import { c as TOOL_NAMES, i as readMirror, o as SPARE_TOOLS, s as SUPPLIED_TOOLS, t as MIRROR_FORM } from "./supply.mjs";
import { a as privilegePrefix, i as installPackages, r as installLine } from "./mend.mjs";
import { i as settle, n as inSomeCache, r as makePublic, t as Unobtainable } from "./staging.mjs";
import { n as settleModes, r as sha256, t as describeTree } from "./trees.mjs";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// src/tools/mirror.ts
const FETCHER = join(import.meta.dirname, import.meta.filename.endsWith(".ts") ? "../fetch.ts" : "fetch.mjs");
const FETCH_MS = 12e4;
/** What a download needs of our environment, and nothing that names a program. */
const HANDED_ON = [...[
	"http_proxy",
	"https_proxy",
	"no_proxy",
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"NO_PROXY"
], ...[
	"NODE_EXTRA_CA_CERTS",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR"
]];
/** Puts an archive of the manifest into a tool cache. Returns null, or why that was not possible. */
async function fetchTool(archive, base, environment, patience = FETCH_MS) {
	const url = `${base}/${archive.path}`;
	return await inSomeCache(cacheRoots(environment), async (root, staging) => {
		const cache = join(staging, "cache");
		const [tool = "", version = "", arch = ""] = entryOf(archive).split("/");
		const order = {
			url,
			directory: staging,
			archive,
			entry: [
				tool,
				version,
				arch
			]
		};
		const fetched = await execute([
			process.execPath,
			FETCHER,
			JSON.stringify(order)
		], {
			timeout: patience,
			environment: {
				...Object.fromEntries(HANDED_ON.map((name) => [name, environment[name] ?? ""])),
				PATH: "/usr/bin:/bin",
				LC_ALL: "C",
				RUNNER_TEMP: staging,
				RUNNER_TOOL_CACHE: cache
			}
		});
		if (fetched.code !== 0) throw failure(fetched, url, patience);
		settle(join(cache, entryOf(archive)), join(root, entryOf(archive)), archive.files, staging);
	});
}
/** What the toolkit, or the tar that it starts, says of a cache in which nothing can be written. */
const ABOUT_THE_CACHE = /ENOSPC|EDQUOT|EROFS|EACCES|No space left|Wrote only|quota exceeded|Read-only/i;
function failure({ code, stdout, stderr }, url, patience) {
	const lines = `${stdout}\n${stderr}`.trim().split("\n");
	const last = lines.at(-1) ?? "";
	if (code === null) return new Unobtainable(`${url}: it was not there after ${patience / 1e3} s (${last})`);
	const full = lines.find((line) => ABOUT_THE_CACHE.test(line));
	return full === void 0 ? new Unobtainable(`${url}: ${last}`) : /* @__PURE__ */ new Error(`${url}: ${full}`);
}

// src/tools/packages.ts
const APT_MS = 3e5;
const DIRECTORIES = ["/usr/bin", "/bin"];
/** Fetches a tool's package with what it needs, and unpacks them. Throws `Unobtainable`. */
async function unpackPackages(request) {
	const { tool, directory, options = [] } = request;
	const [apt = null, unpacker = null] = await Promise.all(["apt-get", "dpkg-deb"].map(async (name) => await findProgram(name, DIRECTORIES)));
	if (apt === null || unpacker === null) throw new Unobtainable("only packages of apt can be unpacked without root");
	for (const name of [
		"lists/partial",
		"cache/archives/partial",
		"packages",
		"root"
	]) mkdirSync(join(directory, name), { recursive: true });
	const ours = [
		...[
			"-o",
			`Dir::State::lists=${directory}/lists`,
			"-o",
			`Dir::Cache=${directory}/cache`
		],
		...[
			"-o",
			"Debug::NoLocking=true",
			"-o",
			"APT::Sandbox::User=root",
			"-o",
			"Acquire::Retries=2"
		],
		...[
			"-o",
			"Acquire::http::Timeout=30",
			"-o",
			"Acquire::https::Timeout=30",
			...options
		]
	];
	const aptGet = async (...args) => await must([
		apt,
		...ours,
		...args
	], request, join(directory, "packages"));
	await aptGet("--quiet", "update");
	const packages = packagesIn(await aptGet(...[
		"--simulate",
		"--no-install-recommends",
		"--reinstall"
	], "install", PACKAGE_OF[tool]));
	if (packages.length === 0) throw new Unobtainable(`apt names no package for ${tool}`);
	await aptGet("--quiet", "download", ...packages);
	const root = join(directory, "root");
	for (const name of readdirSync(join(directory, "packages")).sort()) await must([
		unpacker,
		"--extract",
		name,
		root
	], request, join(directory, "packages"));
	return {
		root,
		packages
	};
}
/** What `apt-get --simulate` would install, as `name=version`. */
function packagesIn(simulated) {
	return [...simulated.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)].map(({ 1: name = "", 2: version = "" }) => `${name}=${version}`);
}
/** Copies a tool and the libraries of its packages to `bin/` and `lib/` of a directory. */
function gather(root, tool, to) {
	const program = [
		"usr/bin",
		"usr/sbin",
		"bin",
		"sbin"
	].map((directory) => join(root, directory, tool)).find((file) => existsSync(file));
	if (program === void 0) throw new Unobtainable(`there is no ${tool} in its package`);
	for (const name of ["bin", "lib"]) mkdirSync(join(to, name), {
		recursive: true,
		mode: 493
	});
	copyFileSync(program, join(to, "bin", tool));
	for (const [name, file] of librariesIn(root)) {
		copyFileSync(file, join(to, "lib", name));
		chmodSync(join(to, "lib", name), statSync(file).mode & 493);
	}
}
/** By the name under which a program asks for it. */
function librariesIn(root) {
	const found = ["lib", "usr/lib"].map((name) => join(root, name)).flatMap((top) => existsSync(top) ? [top, ...directoriesIn(top).map((name) => join(top, name))] : []).flatMap((directory) => readdirSync(directory).filter((name) => /\.so(?:\.|$)/.test(name)).map((name) => [name, join(directory, name)]));
	return new Map(found.filter(([, file]) => existsSync(file) && realpathSync(file).startsWith(realpathSync(root))));
}
/** Of the architecture: others, such as `systemd`, hold no libraries for all. */
function directoriesIn(top) {
	return readdirSync(top).filter((name) => name.endsWith("-linux-gnu") && statSync(join(top, name)).isDirectory());
}
async function must(argv, { environment }, directory) {
	const { code, stdout, stderr } = await execute(argv, {
		timeout: APT_MS,
		directory,
		environment: {
			...environment,
			LC_ALL: "C",
			DEBIAN_FRONTEND: "noninteractive"
		}
	});
	if (code === 0) return stdout;
	const said = stderr.trim().split("\n").at(-1) ?? "";
	throw new Unobtainable(`${argv[0]?.split("/").at(-1)}: ${said || `exit code ${code}`}`);
}

// src/tools/unpack.ts
/** Where each architecture's programs expect their loader, and what it is called among the libraries. */
const LOADERS = {
	x64: {
		file: "/lib64/ld-linux-x86-64.so.2",
		name: "ld-linux-x86-64.so.2"
	},
	arm64: {
		file: "/lib/ld-linux-aarch64.so.1",
		name: "ld-linux-aarch64.so.1"
	}
};
/**
* Puts the distribution's own package of a tool into a tool cache, with the libraries that the system
* lacks, and writes down what it has to be from now on. Needs no root. Returns null, or why it could not.
*/
async function unpackTool(tool, environment, options = []) {
	return await inSomeCache(cacheRoots(environment), async (root, staging) => {
		const work = join(staging, "apt");
		mkdirSync(work);
		const unpacked = await unpackPackages({
			tool,
			directory: work,
			options,
			environment
		});
		const made = join(staging, "made");
		gather(unpacked.root, tool, made);
		chmodSync(join(made, "bin", tool), 493);
		const tree = treeOf(tool, made);
		settleModes(made, tree.files);
		const key = sha256(Buffer.from(JSON.stringify(tree))).slice(0, 12);
		const directory = join(root, `glovebox-${tool}`, `${await versionOf(tree, made)}-p${key}`, process.arch);
		settle(made, directory, tree.files, staging);
		const { packages } = unpacked;
		writeRecord({
			version: 1,
			tool,
			directory,
			packages: [...packages],
			...tree
		}, environment);
	});
}
function treeOf(tool, directory) {
	const loader = LOADERS[process.arch];
	if (loader === void 0) throw new Unobtainable(`${process.arch} is not known`);
	const own = `lib/${loader.name}`;
	if (existsSync(join(directory, own))) chmodSync(join(directory, own), 493);
	const files = describeTree(directory);
	const libraries = files.some(({ path }) => path.startsWith("lib/"));
	const brought = files.some(({ path }) => path === own);
	return {
		program: `bin/${tool}`,
		loader: libraries ? brought ? own : loader.file : null,
		files
	};
}
async function versionOf(tree, directory) {
	const { stdout, stderr } = await execute([...startOf(tree, directory), "--version"]);
	const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0];
	if (version === void 0) throw new Unobtainable(`unpacked, it does not work (${stderr.trim().split("\n")[0]})`);
	return version;
}
function writeRecord(record, environment) {
	const directory = recordsDirectory(environment);
	makePublic(directory);
	const file = join(directory, `${record.tool}.json`);
	const fresh = `${file}.${process.pid}`;
	writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`);
	chmodSync(fresh, 420);
	renameSync(fresh, file);
}

// src/tools/provide.ts
/** Names a mirror where no option does. */
const MIRROR_VARIABLE = "GLOVEBOX_TOOLS_MIRROR";
/**
* Sees to it that all tools are there: what neither a cache nor the system has comes from an archive of
* the manifest, or else from the distribution's packages. Throws where one of these three stays missing;
* what a run cannot do for want of another is its plan's to say.
*/
async function provideTools(request) {
	const { environment } = request;
	let tools = await locateTools(environment);
	if (missing(tools).length === 0) return {
		tools,
		unmet: []
	};
	const reasons = await fromArchives(tools, request);
	tools = await locateTools(environment);
	if (missing(tools).length === 0) return {
		tools,
		unmet: []
	};
	const unmet = await fromPackages(tools, request);
	reasons.push(...unmet);
	tools = await locateTools(environment);
	const [first] = missingSupplies(tools);
	if (first === void 0) return {
		tools,
		unmet: missing(tools).length === 0 ? [] : unmet
	};
	const found = tools[first].passedOver ?? [];
	throw new GloveboxError("setup-failed", [
		`${first} could not be had`,
		...found,
		...new Set(reasons)
	].join("; "), { remedy: `install the package ${PACKAGE_OF[first]} by hand` });
}
function missing(tools) {
	return TOOL_NAMES.filter((name) => tools[name].path === null && !SPARE_TOOLS.includes(name));
}
function missingSupplies(tools) {
	return SUPPLIED_TOOLS.filter((name) => tools[name].path === null);
}
async function fromArchives(tools, request) {
	const { environment, tell } = request;
	const { archives, release, problem } = knownArchives();
	const base = mirrorOf(request) ?? release;
	const reasons = [];
	for (const tool of missingSupplies(tools)) {
		const archive = archives.find((one) => one.tool === tool && one.arch === process.arch);
		const why = problem !== null ? `the manifest of archives cannot be used: ${problem}` : archive === void 0 ? `the manifest has no archive for ${process.arch}` : base === null ? "no archives are released yet, and no mirror is named" : null;
		if (why === null) tell(`fetching ${tool} from ${base}`);
		const reason = archive === void 0 || base === null || why !== null ? why : await fetchTool(archive, base, environment);
		if (reason === null) continue;
		tell(`${tool}: no archive: ${reason}`);
		reasons.push(`no archive: ${reason}`);
	}
	return reasons;
}
function mirrorOf({ mirror, environment }) {
	const given = environment[MIRROR_VARIABLE] ?? "";
	if (mirror !== null || given === "") return mirror;
	const read = readMirror(given);
	if (read !== null) return read;
	throw new GloveboxError("input-invalid", `${MIRROR_VARIABLE} is no address of a mirror`, { remedy: `give ${MIRROR_FORM}` });
}
const WAYS = {
	mayInstall: async () => await privilegePrefix() !== null,
	describe: installLine,
	install: installPackages,
	unpack: unpackTool
};
/**
* Who may install does: the system then keeps the tools up to date. Returns why what is missing could not
* be had. Exported for tests.
*/
async function fromPackages(tools, { environment, tell, agrees = async () => true }, { mayInstall, describe, install, unpack } = WAYS) {
	const packages = [...new Set(missing(tools).map((name) => PACKAGE_OF[name]))];
	const aim = `install ${packages.join(", ")}`;
	const reasons = [];
	if (!await mayInstall()) reasons.push(`neither root nor passwordless sudo to ${aim}`);
	else if (!await agrees(`${aim}: ${await describe(packages)}`)) reasons.push(`not done: ${aim}`);
	else try {
		await install(packages, tell);
		return [];
	} catch (error) {
		reasons.push(messageOf(error));
	}
	tell(reasons.join());
	for (const tool of missingSupplies(tools)) {
		tell(`unpacking the package ${PACKAGE_OF[tool]}, without root`);
		const reason = await unpack(tool, environment);
		if (reason === null) continue;
		tell(`${tool}: no package: ${reason}`);
		reasons.push(`no package: ${reason}`);
	}
	return reasons;
}

export { provideTools as t };