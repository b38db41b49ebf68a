import process from 'node:process';
import type { DoctorReport } from '../shared/engine-contract.ts';
import { FaptError } from '../shared/errors.ts';
import { measureGflops } from './backend/measure.ts';
import { selfTest } from './backend/self-test.ts';
import type { BackendInfo } from './backend/start-backend.ts';
import { maxLogitError } from './check/logit-self-test.ts';

/**
 * What the engine runs on, how fast it is, and whether it computes right.
 *
 * @throws FaptError `self-test-failed` naming the operation
 */
export async function doctor(info: BackendInfo): Promise<DoctorReport> {
  const { passed, failures } = await selfTest();
  if (!passed) {
    throw new FaptError(
      'self-test-failed',
      `The ${info.backend} backend computes wrongly (${failures.join('; ')}): run "npm run setup:engine" again.`,
    );
  }
  return {
    backend: info.backend,
    tensorflow: info.tensorflow,
    device: info.device,
    threads: info.threads,
    gflops: await measureGflops(),
    node: process.versions.node,
    reason: info.reason,
    selfTest: { maxLogitError: maxLogitError() },
  };
}
