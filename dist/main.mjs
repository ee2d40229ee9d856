#!/usr/bin/env node
import { t as closeInherited } from "./inherited.mjs";

// src/main.ts
closeInherited();
const { main } = await import("./action-main.mjs");
process.exit(await main());

export {  };