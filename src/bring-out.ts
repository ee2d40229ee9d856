import { bringOut } from './run/outputs/worker.ts';

bringOut(process.argv[2] ?? '');
