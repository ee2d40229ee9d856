import { messageOf } from '../base/errors.ts';
import { harmless } from '../base/text.ts';
import { styleFor } from '../console/style.ts';
import type { Capabilities, Capability } from '../capabilities/capability.ts';
import { evaluate } from '../capabilities/evaluate.ts';
import type { Facts } from '../capabilities/facts.ts';
import { type Mend, mendsFor } from '../capabilities/mends.ts';
import { makePlan } from '../plan/plan.ts';
import { shedIds } from '../plan/privilege.ts';
import type { Site } from '../plan/site.ts';
import type { Plan } from '../plan/types.ts';
import { backendsOf } from '../plan/uplink.ts';
import { mergePolicies } from '../policy/merge.ts';
import { probeHost } from '../probe/host.ts';
import { profilesFor } from '../probe/profiles.ts';
import { currentEnvironment } from '../tools/environment.ts';
import { privilegePrefix } from '../tools/install.ts';
import { mendAll } from '../tools/mend.ts';
import { provideTools } from '../tools/provide.ts';
import type { Arguments } from './arguments.ts';
import { consents } from './consent.ts';
import { doctorScreen } from './doctor-screen.ts';

const EVERYTHING = {
  ...{ rules: true, doors: true, overlay: true, memoryCgroup: true },
  ...{ egress: backendsOf('auto'), interface: null },
};

interface Findings {
  readonly facts: Facts;
  readonly capabilities: Capabilities;
  /** Of a run under the default policy. */
  readonly plan: Plan;
}

/** Tries everything, tells what can be enforced, and with `--fix` mends what it may. */
export async function doctorCommand({
  json,
  fix,
  quiet,
  yes,
  toolsMirror,
}: Extract<Arguments, { command: 'doctor' }>): Promise<number> {
  const problems = fix ? await installMissing(toolsMirror, yes) : [];
  let found = await examine();
  if (fix) {
    const tried = await mendMachine(found, yes);
    problems.push(...tried.problems);
    if (tried.changed) found = await examine();
  }
  const { facts, capabilities, plan } = found;
  const healthy = plan.downgrades.length === 0;
  if (json) {
    const { downgrades } = plan;
    const text = JSON.stringify({ healthy, facts, capabilities, downgrades, problems }, null, 2);
    process.stdout.write(`${text}\n`);
  } else {
    for (const problem of problems) tell(problem);
    if (!quiet || !healthy)
      process.stdout.write(
        doctorScreen(facts, capabilities, plan.downgrades, styleFor(process.stdout)),
      );
  }
  return healthy ? 0 : 1;
}

async function examine(): Promise<Findings> {
  const policy = mergePolicies([]);
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const facts = await probeHost({
    needs: EVERYTHING,
    environment: currentEnvironment(),
    writable: [],
    shed: (identity) => shedIds(policy, identity, owner),
    scratchBase: null,
  });
  const capabilities = evaluate(facts);
  const site: Site = { ...NOWHERE, workspaceOwner: owner };
  const scratch = `${facts.scratchBase}/glovebox`;
  const profiles = await profilesFor(policy, new Map());
  const plan = makePlan({
    policy,
    facts,
    capabilities,
    site,
    profiles,
    command: ['true'],
    scratch,
  });
  return { facts, capabilities, plan };
}

/** A workspace with nothing in it: what is missed is the machine's. */
const NOWHERE: Omit<Site, 'workspaceOwner'> = {
  cwd: '/workspace',
  workspace: '/workspace',
  workspaceMode: 0o755,
  git: { files: [], cutShort: false, system: '', repositories: [] },
  ...{ base: [], etc: [], toolDirectories: [], read: [], write: [], hide: [], guarded: [] },
  toolRecords: '/var/lib/glovebox',
  ...{ nested: [], strangers: { named: [], more: false, all: true }, layerOwners: [] },
  ...{ procCovered: [], nameservers: [], resolverOptions: [], environment: {} },
};

function tell(text: string): void {
  process.stderr.write(`glovebox: ${harmless(text)}\n`);
}

async function installMissing(mirror: string | null, yes: boolean): Promise<string[]> {
  try {
    const { unmet } = await provideTools({
      ...{ mirror, environment: currentEnvironment() },
      agrees: async (aim) => await agreed([aim], yes),
      tell,
    });
    return [...unmet];
  } catch (error) {
    return [messageOf(error)];
  }
}

async function mendMachine(
  { facts, capabilities }: Findings,
  yes: boolean,
): Promise<{ readonly changed: boolean; readonly problems: readonly string[] }> {
  const verdicts = Object.values(capabilities).filter(
    (value): value is Capability => value !== null && 'available' in value,
  );
  const mends = mendsFor(verdicts, facts, { sysctl: 'if-needed' });
  if (mends.length === 0) return { changed: false, problems: [] };
  // Where root cannot be had, nobody need be asked to be told so.
  const may = (await privilegePrefix()) !== null;
  if (may && !(await agreed(mends.map(asLine), yes)))
    return { changed: false, problems: mends.map(({ aim }) => `not done: ${aim}`) };
  const { done, problems } = await mendAll(mends, tell);
  return { changed: done.length > 0, problems };
}

function asLine({ aim, commands, anyOf }: Mend): string {
  const written = commands.map(({ argv }) => argv.join(' '));
  return `${aim}: sudo ${written.join(anyOf === true ? ', or else: sudo ' : '; sudo ')}`;
}

/** Asks a person before root is. Where nobody can be asked, or root asks itself, `--fix` was the answer. */
async function agreed(what: readonly string[], yes: boolean): Promise<boolean> {
  const asks = process.stdin.isTTY && process.stderr.isTTY && process.getuid?.() !== 0;
  return yes || !asks || (await consents(what, process.stdin, process.stderr));
}
