import { GloveboxError, messageOf } from '../base/errors.ts';
import { PACKAGE_OF } from '../capabilities/missing-tool.ts';
import {
  type Facts,
  SPARE_TOOLS,
  SUPPLIED_TOOLS,
  type SuppliedTool,
  TOOL_NAMES,
  type ToolName,
} from '../capabilities/facts.ts';
import { MIRROR_FORM, readMirror } from '../capabilities/supply.ts';
import { installLine, installPackages, privilegePrefix } from './install.ts';
import { fetchTool } from './mirror.ts';
import { locateTools } from './programs.ts';
import { knownArchives } from './tool-cache.ts';
import { unpackTool } from './unpack.ts';

/** Names a mirror where no option does. */
const MIRROR_VARIABLE = 'GLOVEBOX_TOOLS_MIRROR';

export interface ProvideRequest {
  readonly environment: Readonly<Record<string, string>>;
  /** Where archives are fetched; null: where the environment says, or the project releases them. */
  readonly mirror: string | null;
  /** Gets one line before whatever takes long, and for each source that is passed over. */
  readonly tell: (line: string) => void;
  /** Asked before root installs anything; where it is not given, the request was the answer. */
  readonly agrees?: (aim: string) => Promise<boolean>;
}

type Tools = Facts['tools'];

export interface Provided {
  readonly tools: Tools;
  /** Why another one stays missing. */
  readonly unmet: readonly string[];
}

/**
 * Sees to it that all tools are there: what neither a cache nor the system has comes from an archive of
 * the manifest, or else from the distribution's packages. Throws where one of these three stays missing;
 * what a run cannot do for want of another is its plan's to say.
 */
export async function provideTools(request: ProvideRequest): Promise<Provided> {
  const { environment } = request;
  let tools = await locateTools(environment);
  if (missing(tools).length === 0) return { tools, unmet: [] };
  const reasons = await fromArchives(tools, request);
  tools = await locateTools(environment);
  if (missing(tools).length === 0) return { tools, unmet: [] };
  const unmet = await fromPackages(tools, request);
  reasons.push(...unmet);
  tools = await locateTools(environment);
  const [first] = missingSupplies(tools);
  if (first === undefined) return { tools, unmet: missing(tools).length === 0 ? [] : unmet };
  const found = tools[first].passedOver ?? [];
  throw new GloveboxError(
    'setup-failed',
    [`${first} could not be had`, ...found, ...new Set(reasons)].join('; '),
    { remedy: `install the package ${PACKAGE_OF[first]} by hand` },
  );
}

function missing(tools: Tools): ToolName[] {
  return TOOL_NAMES.filter((name) => tools[name].path === null && !SPARE_TOOLS.includes(name));
}

function missingSupplies(tools: Tools): SuppliedTool[] {
  return SUPPLIED_TOOLS.filter((name) => tools[name].path === null);
}

async function fromArchives(tools: Tools, request: ProvideRequest): Promise<string[]> {
  const { environment, tell } = request;
  const { archives, release, problem } = knownArchives();
  const base = mirrorOf(request) ?? release;
  const reasons: string[] = [];
  for (const tool of missingSupplies(tools)) {
    const archive = archives.find((one) => one.tool === tool && one.arch === process.arch);
    const why =
      problem !== null
        ? `the manifest of archives cannot be used: ${problem}`
        : archive === undefined
          ? `the manifest has no archive for ${process.arch}`
          : base === null
            ? 'no archives are released yet, and no mirror is named'
            : null;
    if (why === null) tell(`fetching ${tool} from ${base}`);
    const reason =
      archive === undefined || base === null || why !== null
        ? why
        : await fetchTool(archive, base, environment);
    if (reason === null) continue;
    tell(`${tool}: no archive: ${reason}`);
    reasons.push(`no archive: ${reason}`);
  }
  return reasons;
}

function mirrorOf({ mirror, environment }: ProvideRequest): string | null {
  const given = environment[MIRROR_VARIABLE] ?? '';
  if (mirror !== null || given === '') return mirror;
  const read = readMirror(given);
  if (read !== null) return read;
  throw new GloveboxError('input-invalid', `${MIRROR_VARIABLE} is no address of a mirror`, {
    remedy: `give ${MIRROR_FORM}`,
  });
}

/** What is done with packages; other ones in tests. */
export interface PackageWays {
  readonly mayInstall: () => Promise<boolean>;
  readonly describe: typeof installLine;
  readonly install: typeof installPackages;
  readonly unpack: typeof unpackTool;
}

const WAYS: PackageWays = {
  mayInstall: async () => (await privilegePrefix()) !== null,
  describe: installLine,
  install: installPackages,
  unpack: unpackTool,
};

/**
 * Who may install does: the system then keeps the tools up to date. Returns why what is missing could not
 * be had. Exported for tests.
 */
export async function fromPackages(
  tools: Tools,
  { environment, tell, agrees = async () => true }: Omit<ProvideRequest, 'mirror'>,
  { mayInstall, describe, install, unpack }: PackageWays = WAYS,
): Promise<string[]> {
  const packages = [...new Set(missing(tools).map((name) => PACKAGE_OF[name]))];
  const aim = `install ${packages.join(', ')}`;
  const reasons: string[] = [];
  if (!(await mayInstall())) reasons.push(`neither root nor passwordless sudo to ${aim}`);
  else if (!(await agrees(`${aim}: ${await describe(packages)}`))) reasons.push(`not done: ${aim}`);
  else
    try {
      await install(packages, tell);
      return [];
    } catch (error) {
      // As when another process has the lock of the package manager.
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
