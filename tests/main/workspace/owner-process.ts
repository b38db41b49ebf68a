import { openWorkspace } from '../../../src/main/workspace/workspace.ts';

/**
 * A second process in the tests: owns the workspace of argv[2] for argv[3] ms (or until it is
 * killed), and writes one line when it has it and one before it lets go.
 */
const [, , folder, hold] = process.argv;
const workspace = await openWorkspace(folder ?? '', { write: true, log: console.error });
process.stdout.write(`has ${Date.now()}\n`);
setTimeout(
  () => {
    process.stdout.write(`leaves ${Date.now()}\n`);
    workspace.close();
  },
  Number(hold ?? 600_000),
);
