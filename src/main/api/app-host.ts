import { join } from 'node:path';
import { engineEnvironment } from '../../engine/backend/engine-environment.ts';
import { nodeBinary } from '../../engine/backend/node-binary.ts';
import type { AppStatus, EngineStatus, Notice } from '../../shared/api/app.ts';
import { Thumbnails } from '../datasets/thumbnails.ts';
import { type Engine, startEngine } from '../engine/start-engine.ts';
import { superviseEngine } from '../engine/supervise-engine.ts';
import { engineThreads } from '../engine/threads-setting.ts';
import { DatasetChecks } from '../jobs/dataset-checks.ts';
import { JobQueue } from '../jobs/queue.ts';
import { one } from '../store/statement.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import type { App } from './app.ts';
import { type Changes, createChanges } from './changes.ts';
import { dropUnusedUploads } from './uploads.ts';
import { applicationVersion } from './version.ts';

/** The application as a window's host keeps it open: one workspace, one engine, one queue. */
export type AppHost = {
  app: App;
  engine: {
    status(): EngineStatus;
    /** Ends the engine, dead or alive, and starts another. */
    restart(): Promise<EngineStatus>;
    /** Resolves when it can compute. */
    ready(): Promise<void>;
  };
  queue: JobQueue;
  checks: DatasetChecks;
  thumbnails: Thumbnails;
  changes: Changes;
  /** What was said since the start, oldest first. */
  notices(): Notice[];
  status(): AppStatus;
  /** Holds the work in progress at its next step, ends the engine and closes the workspace. */
  close(): Promise<void>;
};

export type AppHostOptions = {
  /** Absolute folder, or null for the user's own workspace. */
  workspace: string | null;
  /** How long another owner of the workspace is waited for. */
  waitMs?: number;
  signal?: AbortSignal;
  /** Receives sentences for the person, besides the window. */
  note?: (sentence: string) => void;
  /** Receives the engine's own lines. */
  log?: (line: string) => void;
  /** The engine's entry, where it is not that of a checkout. */
  engineEntry?: string;
  /** Starts the engine; tests give another. */
  start?: (log: (line: string) => void) => Engine;
};

const NOTICES_KEPT = 200;
/** The engine marks what a person should read with this prefix. */
const NOTICE = 'notice: ';

/** @throws FaptError `workspace-busy` where another process owns the workspace, and those of opening it */
export async function openAppHost(options: AppHostOptions): Promise<AppHost> {
  const changes = createChanges();
  const notices: Notice[] = [];
  const note = (text: string) => {
    notices.push({ at: Date.now(), text });
    if (notices.length > NOTICES_KEPT) notices.shift();
    changes.touch('notices');
    options.note?.(text);
  };
  const { workspace: folder, waitMs, signal = new AbortController().signal } = options;
  const workspace = await openWorkspace(folder, { write: true, log: note, waitMs, signal });
  await dropUnusedUploads(workspace);
  const log = (line: string) =>
    line.startsWith(NOTICE) ? note(line.slice(NOTICE.length)) : options.log?.(line);
  const start = options.start ?? ((to) => startProcess(workspace.db, to, options.engineEntry));
  let queue: JobQueue | null = null;
  const supervisor = superviseEngine(
    () => start(log),
    () => {
      changes.touch('status');
      if (supervisor.status().state === 'down') note(`The engine is down. ${down()}`);
      else queue?.engineReady();
    },
  );
  const down = () => supervisor.status().reason;
  const app: App = {
    workspace,
    db: workspace.db,
    signal: AbortSignal.any([signal, workspace.lost]),
    note,
    report: () => {},
    probes: true,
    engine: supervisor.engine,
    environment: async () => ({
      version: applicationVersion(),
      ...(await supervisor.environment()),
    }),
    killEngine: supervisor.replace,
    close: async () => workspace.close(),
  };
  const jobs = new JobQueue({
    app,
    changes,
    engineDown: down,
    replaceEngine: supervisor.replace,
  });
  queue = jobs;
  const checks = new DatasetChecks(workspace.db, changes);
  const thumbnails = new Thumbnails(join(workspace.folder, 'thumbnails'));
  void thumbnails.prune();
  const engineStatus = (): EngineStatus => {
    const status = supervisor.status();
    return status.state === 'ready' && jobs.busy() ? { ...status, state: 'busy' } : status;
  };
  return {
    app,
    queue: jobs,
    checks,
    thumbnails,
    changes,
    engine: {
      status: engineStatus,
      async restart() {
        await supervisor.restart();
        return engineStatus();
      },
      async ready() {
        await supervisor.environment();
      },
    },
    notices: () => [...notices],
    status: () => ({
      sequence: changes.sequence,
      version: applicationVersion(),
      workspace: workspace.folder,
      engine: engineStatus(),
      current: jobs.current(),
      queued: jobs.waiting(),
      fresh: one(workspace.db, 'SELECT 1 FROM runs LIMIT 1') === undefined,
    }),
    async close() {
      await Promise.all([jobs.close(), checks.close()]);
      await supervisor.stop();
      workspace.close();
    },
  };
}

function startProcess(db: App['db'], log: (line: string) => void, entry?: string): Engine {
  const environment = engineEnvironment(engineThreads(db, process.env));
  return startEngine({ nodePath: nodeBinary(), environment, log, entry });
}
