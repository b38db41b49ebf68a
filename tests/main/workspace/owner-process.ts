import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { openWorkspace } from '../../../src/main/workspace/workspace.ts';

/**
 * A second process in the tests: owns the workspace of argv[2] for argv[3] ms, or until its stdin ends
 * (or it is killed), and writes one line when it has it and one before it lets go.
 */
const [, , folder, hold] = process.argv;
const workspace = await openWorkspace(folder ?? '', { write: true, log: console.error });
process.stdout.write(`has ${Date.now()}\n`);
if (hold) await setTimeout(Number(hold));
else await once(process.stdin.resume(), 'end');
process.stdout.write(`leaves ${Date.now()}\n`);
workspace.close();
