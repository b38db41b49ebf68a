import type { Engine } from '../engine/start-engine.ts';
import type { ReportProgress } from '../jobs/progress.ts';
import type { Database } from '../store/database.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace.ts';
import { createEngineHolder, type RunEnvironment } from './engine-holder.ts';

/** An open workspace and the engine that works for it: what every host has one of. */
export type App = {
  workspace: Workspace;
  db: Database;
  /** Raised when the person asks to stop, or the workspace's lock was taken from us. */
  signal: AbortSignal;
  /** A sentence for the person. */
  note(sentence: string): void;
  report: ReportProgress;
  /** Whether somebody watches, so that a training is probed after each epoch. */
  probes?: boolean;
  /** The engine, started when first asked for. */
  engine(): Engine;
  /** What this machine and engine are, stored with everything that is measured. */
  environment(): Promise<RunEnvironment>;
  /** Ends the engine at once, as a second Ctrl-C asks. */
  killEngine(): void;
  close(): Promise<void>;
};

export type AppOptions = {
  /** Absolute folder, or null for the user's own workspace. */
  workspace: string | null;
  write: boolean;
  signal: AbortSignal;
  note(sentence: string): void;
  /** Receives the engine's own lines. */
  log?: (line: string) => void;
  report: ReportProgress;
};

/** Opens a workspace; the engine is started only when it is needed. */
export async function openApp(options: AppOptions): Promise<App> {
  const { note, signal, write } = options;
  const workspace = await openWorkspace(options.workspace, { write, log: note, signal });
  const holder = createEngineHolder(note, options.log);
  return {
    workspace,
    db: workspace.db,
    signal: AbortSignal.any([signal, workspace.lost]),
    note,
    report: options.report,
    engine: holder.engine,
    environment: holder.environment,
    killEngine: holder.kill,
    async close() {
      await holder.stop();
      workspace.close();
    },
  };
}
