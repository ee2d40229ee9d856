import { i as listenForInterrupts, n as verdict, r as openOutlet } from "./verdict.mjs";
import { n as styleFor } from "./style.mjs";
import { t as GloveboxError } from "./errors.mjs";
import { t as learnedPolicy } from "./learned.mjs";
import { t as ownIo } from "./step-io.mjs";
import { n as session } from "./session.mjs";
import { t as currentEnvironment } from "./environment.mjs";

// src/cli/learn.ts
/** Runs the command with everything open and written down, and writes the policy that allows just that. */
async function learnCommand(parsed) {
	const { policyFiles, flags, directory, step, output, quiet } = parsed;
	const policyTo = openOutlet(output, "fresh", directory);
	const interrupts = listenForInterrupts();
	const { report } = await session({
		policyFiles,
		command: step,
		directory,
		environment: currentEnvironment(),
		flags: {
			...flags,
			network: "audit"
		}
	}, ownIo(), interrupts).catch((error) => {
		policyTo.abandon();
		throw error;
	});
	interrupts.stop();
	const style = styleFor(process.stderr);
	if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
	const policy = learnedPolicy(report);
	if (policy === null) {
		policyTo.abandon();
		throw new GloveboxError("setup-failed", "nothing was recorded, so there is nothing to learn", { remedy: "see the verdict above, and `glovebox doctor`" });
	}
	policyTo.write(policy);
	if (!quiet) process.stderr.write(`  ${style.good("learned")} ${output}\n`);
	return report.outcome.exitCode;
}

export { learnCommand };