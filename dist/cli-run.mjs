import { r as markdownSummary } from "./summary.mjs";
import { i as listenForInterrupts, n as verdict, r as openOutlet, t as unusedLines } from "./verdict.mjs";
import { t as ownIo } from "./step-io.mjs";
import { n as session } from "./session.mjs";
import { o as currentEnvironment } from "./privilege.mjs";
import { n as styleFor } from "./style.mjs";

// src/cli/run.ts
const LAST_READ_MS = 500;
/** Runs the command sealed, writes what was asked for, and ends with a verdict. */
async function runCommand(parsed) {
	const { policyFiles, flags, directory, step, quiet } = parsed;
	const reportTo = parsed.report === null ? null : openOutlet(parsed.report, "fresh");
	const summaryTo = parsed.summary === null ? null : openOutlet(parsed.summary, "append");
	const interrupts = listenForInterrupts();
	const environment = currentEnvironment();
	const { report } = await session({
		policyFiles,
		flags,
		command: step,
		directory,
		environment
	}, ownIo(), interrupts).catch((error) => {
		reportTo?.abandon();
		summaryTo?.abandon();
		throw error;
	});
	interrupts.stop();
	const style = styleFor(process.stderr);
	if (!quiet) process.stderr.write(`${style.fresh}${verdict(report, style)}`);
	if (parsed.locked) process.stderr.write(unusedLines(report, style));
	reportTo?.write(`${JSON.stringify(report, null, 2)}\n`);
	summaryTo?.write(markdownSummary(report));
	setTimeout(() => process.exit(), LAST_READ_MS).unref();
	return report.outcome.exitCode;
}

export { runCommand };