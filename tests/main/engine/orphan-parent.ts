import { startEngine } from '../../../src/main/engine/start-engine.ts';

// Started by a test: says the engine's pid, then waits to be killed.
const engine = startEngine({
  nodePath: process.execPath,
  environment: {},
  entry: new URL('./double-process.ts', import.meta.url).pathname,
});
await engine.memory();
console.log(engine.pid);
setInterval(() => {}, 1000);
