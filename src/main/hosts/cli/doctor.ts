import type { Command } from 'commander';
import type { WorkspaceOrigin } from '../../../shared/api/workspace.ts';
import { doctorReportSchema } from '../../../shared/api-results.ts';
import { applicationVersion } from '../../api/version.ts';
import { addCommand, withCli } from './common.ts';

const ORIGINS: Record<WorkspaceOrigin, string> = {
  option: '--workspace',
  variable: 'FAPT_WORKSPACE',
  chosen: 'chosen in Settings',
  default: 'the default',
};

/** `fapt doctor`: what computes here, and how fast. */
export function registerDoctor(program: Command): void {
  addCommand(program, 'doctor', 'backend, device, speed, versions and workspace').action(
    withCli(async (cli) => {
      await cli.withApp({ write: false }, async (app) => {
        const report = {
          ...(await app.engine().doctor()),
          version: applicationVersion(),
          workspace: app.workspace.folder,
          workspaceOrigin: app.workspace.origin,
          platform: `${process.platform} ${process.arch}`,
        };
        const library = report.tensorflow ? `TensorFlow ${report.tensorflow}` : 'WebAssembly';
        cli.print(`FAPT Studio ${report.version}, Node ${report.node}, ${report.platform}`);
        cli.print(`engine     ${library} on ${report.device}, ${report.threads} threads`);
        if (report.reason) cli.print(`           ${report.reason}`);
        cli.print(`speed      ${report.gflops.toFixed(0)} GFLOP/s (1024 x 1024 float32 product)`);
        cli.print(
          `self-test  largest logit error ${report.selfTest.maxLogitError.toExponential(1)}`,
        );
        cli.print(`workspace  ${report.workspace} (${ORIGINS[report.workspaceOrigin]})`);
        cli.emit(doctorReportSchema, report);
      });
    }),
  );
}
