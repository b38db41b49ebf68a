import type { EngineStatus } from '../../shared/api/app.ts';
import type { EngineEnvironment } from '../../shared/engine-rpc.ts';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { Engine } from './start-engine.ts';

/** One engine process at a time, whose death is known and told. */
export type EngineSupervisor = {
  /**
   * The engine, started when first asked for.
   * @throws FaptError `engine-down` where it died, until `restart`
   */
  engine(): Engine;
  environment(): Promise<EngineEnvironment>;
  /** Never `busy`: that is known to the queue. */
  status(): EngineStatus;
  /** Ends the engine, dead or alive, and starts another. */
  restart(): Promise<void>;
  /** Ends the engine at once; another is started when one is needed. */
  replace(): void;
  stop(): Promise<void>;
};

type Life = {
  engine: Engine;
  environment: Promise<EngineEnvironment>;
  known: EngineEnvironment | null;
  /** Why it is of no use any more. */
  reason: string | null;
};

/**
 * @param start starts a process
 * @param changed called whenever `status` would answer otherwise
 */
export function superviseEngine(start: () => Engine, changed: () => void): EngineSupervisor {
  let life: Life | null = null;

  function begin(): Life {
    const engine = start();
    const mine: Life = { engine, environment: engine.environment(), known: null, reason: null };
    life = mine;
    const update = (change: Partial<Life>) => {
      Object.assign(mine, change);
      if (life === mine) changed();
    };
    mine.environment.then(
      (known) => update({ known }),
      (error) => update({ reason: mine.reason ?? messageOf(error) }),
    );
    engine.died.then((error) => update({ reason: error.message }));
    changed();
    return mine;
  }

  function current(): Life {
    const mine = life ?? begin();
    if (mine.reason === null) return mine;
    throw new FaptError('engine-down', `The engine is down and must be restarted: ${mine.reason}`);
  }

  /** Forgets the engine, so that its end is no news. */
  function leave(): Engine | null {
    const engine = life?.engine ?? null;
    life = null;
    return engine;
  }

  return {
    engine: () => current().engine,
    environment: async () => current().environment,
    status() {
      if (!life) return { state: 'idle', reason: null, environment: null, pid: null };
      const { known, reason, engine } = life;
      const state = reason !== null ? 'down' : known ? 'ready' : 'starting';
      return { state, reason, environment: known, pid: reason === null ? engine.pid : null };
    },
    async restart() {
      await leave()?.stop();
      if (!life) begin();
    },
    replace() {
      leave()?.kill();
      changed();
    },
    async stop() {
      await leave()?.stop();
    },
  };
}
