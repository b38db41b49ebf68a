/** An engine that says why it fails, as Node does, and then hangs until it is ended. */
process.stderr.write('RangeError: no memory is left\n    at step (engine.ts:1:2)\n');
process.once('disconnect', () => process.exit());
setInterval(() => {}, 60_000);
