import { describe, expect, it } from 'vitest';
import { runAbilities } from '../../../src/renderer/runs/run-abilities.ts';
import type { CurrentJob } from '../../../src/shared/api/app.ts';
import type { RunDetail } from '../../../src/shared/api/runs.ts';
import type { RunStatus } from '../../../src/shared/results.ts';

function detail(status: RunStatus, more: Partial<RunDetail> = {}): RunDetail {
  return {
    item: { id: 'r1', method: 'fap', status },
    job: null,
    usable: status === 'finished',
    ...more,
  } as RunDetail;
}
const current = { run: 'r1', asked: null } as CurrentJob;

describe('what can be done with a run', () => {
  it('is steered while it has its turn, and nothing else then', () => {
    expect(runAbilities(detail('running'), current)).toMatchObject({
      steer: true,
      resume: false,
      discard: false,
    });
  });

  it('goes on after a pause, an interruption, a stop and a failure, unless it waits already', () => {
    for (const status of ['paused', 'interrupted', 'stopped', 'failed'] as const) {
      expect(runAbilities(detail(status), null).resume).toBe(true);
      const job = { status: 'queued' } as RunDetail['job'];
      expect(runAbilities(detail(status, { job }), null).resume).toBe(false);
    }
    expect(runAbilities(detail('finished'), null).resume).toBe(false);
  });

  it('takes more epochs and evaluations when it is finished; zero-shot has no epochs', () => {
    expect(runAbilities(detail('finished'), null)).toMatchObject({
      moreEpochs: true,
      evaluate: true,
    });
    const zeroShot = detail('finished');
    zeroShot.item.method = 'zero-shot';
    expect(runAbilities(zeroShot, null)).toMatchObject({ moreEpochs: false, evaluate: true });
  });
});
