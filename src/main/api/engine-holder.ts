import { engineEnvironment } from '../../engine/backend/engine-environment.ts';
import { nodeBinary } from '../../engine/backend/node-binary.ts';
import type { EngineEnvironment } from '../../shared/engine-rpc.ts';
import { type Engine, startEngine } from '../engine/start-engine.ts';
import { applicationVersion } from './version.ts';

/** What a run is stored with: bits agree only where these do. */
export type RunEnvironment = EngineEnvironment & { version: string };

/** One engine process, started when first asked for. */
export type EngineHolder = {
  engine(): Engine;
  environment(): Promise<RunEnvironment>;
  /** Ends the engine at once, as a second Ctrl-C asks. */
  kill(): void;
  stop(): Promise<void>;
};

/** The engine marks what a person should read with this prefix; the rest is for the log. */
const NOTICE = 'notice: ';

/** @param log receives the engine's own lines, where somebody wants them */
export function createEngineHolder(
  note: (sentence: string) => void,
  log?: (line: string) => void,
): EngineHolder {
  let running: Engine | null = null;
  let environment: Promise<RunEnvironment> | null = null;
  const engine = () => {
    running ??= startEngine({
      nodePath: nodeBinary(),
      environment: engineEnvironment(threadsAsked()),
      log: (line) => {
        if (line.startsWith(NOTICE)) note(line.slice(NOTICE.length));
        else log?.(line);
      },
    });
    return running;
  };
  return {
    engine,
    environment() {
      environment ??= engine()
        .environment()
        .then((found) => ({ version: applicationVersion(), ...found }));
      return environment;
    },
    kill: () => running?.kill(),
    stop: async () => running?.stop(),
  };
}

/** FAPT_THREADS limits the engine's threads; all processors otherwise. */
function threadsAsked(): number | undefined {
  const asked = Number(process.env.FAPT_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : undefined;
}
