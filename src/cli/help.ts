const OVERVIEW = `glovebox: runs a command sealed off from the machine and the network, and says how well

  glovebox run [OPTIONS] -- COMMAND [ARGUMENT…]       run a command sealed
  glovebox learn -o FILE [OPTIONS] -- COMMAND [ARGUMENT…]
                                                      write the policy that a run needs
  glovebox explain [OPTIONS] -- COMMAND [ARGUMENT…]   show what run would do, without doing it
  glovebox doctor [--json] [--fix]                    what this machine can enforce, and what mends it
  glovebox validate FILE…                             check policy files
  glovebox schema policy|report|job-report            print a JSON Schema
  glovebox help COMMAND                               more about one command

Without a policy: no network, the workspace on a throwaway layer, and a refusal
when any of that cannot be enforced.`;

const POLICY_OPTIONS = `  -p, --policy FILE           a policy; several are merged in order
      --network MODE          deny, allowlist, audit or unrestricted
      --allow ENTRY           a name or address that may be reached, such as api.example.com
                              or 203.0.113.7:5432; repeatable
      --filesystem MODE       scratch-only, scratch-plus-ro, overlay, workspace or off
      --syscalls PROFILE      strict, default, off, or a file
      --on-unavailable WHAT   fail or degrade, when a layer cannot be enforced
      --env NAME[=VALUE]      hand a variable on, or set it; repeatable
  -C, --directory DIR         run there
      --timeout DURATION      such as 90s or 2h`;

const TOPICS: Readonly<Record<string, string>> = {
  run: `glovebox run [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
      --report FILE           write the EffectiveSandbox report as JSON
      --summary FILE          append a summary in Markdown
      --diff                  show what the command changed in text files
      --keep-layer DIR        keep what it changed there, if it succeeds
      --keep-changes          keep it also if it fails
      --layer DIR             run on what an earlier run kept; repeatable, in their order
      --locked                tell which entries of network.allow nothing used
  -q, --quiet                 no verdict at the end

Exits with the command's own code; 1 when it tried to leave its allowlist but
succeeded otherwise; 124 when its time ran out; 125 when Glovebox refused or
could not build the sandbox; 126 or 127 when the command cannot be run; 128+n
for signal n.`,
  learn: `glovebox learn -o FILE [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
  -o, --output FILE           the policy to write
  -q, --quiet                 no verdict at the end

Runs the command with the network open and everything written down (mode audit;
cloud metadata stays out of reach), and writes the smallest policy under which
the same run passes with nothing blocked. Everything else is sealed as ever.`,
  explain: `glovebox explain [OPTIONS] -- COMMAND [ARGUMENT…]

${POLICY_OPTIONS}
      --json                  the whole plan as JSON

Probes the machine and prints the plan: layers, downgrades, limits, the file
tree, the nftables ruleset and the command lines. Starts nothing of the command.`,
  doctor: `glovebox doctor [--json] [--fix] [--tools-mirror URL] [--yes] [--quiet]

Tries every layer on this machine and tells what can be enforced, what cannot,
why, and what mends it. Exits with 0 when the default policy can be enforced.

      --json                  the facts and verdicts as JSON
      --fix                   get missing tools: archives of the manifest, or the
                              system's packages, installed as root or with
                              passwordless sudo, and else unpacked into a cache;
                              and open what AppArmor, /dev/net/tun and modules
                              keep shut
      --tools-mirror URL      fetch the archives there, for --fix
  -y, --yes                   do not ask before root changes anything
  -q, --quiet                 print only what is wrong`,
  validate: `glovebox validate FILE…

Checks policy files, alone and merged in this order. Prints every problem with
its place and exits with 125 when there is one.`,
  schema: `glovebox schema policy|report|job-report

Prints the JSON Schema of a policy file, of the EffectiveSandbox report, or of the report of the
action, which has one of them for each step.`,
};

export function helpFor(topic: string | null): string {
  return topic !== null && Object.hasOwn(TOPICS, topic) ? (TOPICS[topic] ?? OVERVIEW) : OVERVIEW;
}
