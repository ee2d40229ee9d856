#!/usr/bin/env node
import { t as closeInherited } from "./inherited.mjs";

// src/cli.ts
closeInherited();
const { main } = await import("./cli-main.mjs");
process.exitCode = await main(process.argv.slice(2));

export {  };