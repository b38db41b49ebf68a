import type { LabInput, LabSanity } from '../../shared/api/lab.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import type { AttackProbe } from '../../shared/attack-sanity.ts';
import type { ProbeJob } from '../../shared/engine-contract.ts';
import type { Trace } from '../../shared/engine-trace.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Outcome } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import { ResultCache } from '../explain/result-cache.ts';
import type { Subject } from '../explain/subject.ts';
import { tracedAttack, tracedNumbers } from '../explain/traced-attack.ts';
import { attackSanity } from '../statistics/attack-sanity.ts';
import type { App } from './app.ts';
import { openLab, partOf } from './lab.ts';

/** Twice the steps, for attacks that have such. */
const LONGER = 2;

/** The checks of an evaluation's badge, for one image: a run with more steps, larger balls, a black box. */
export async function labSanity(app: App, input: LabInput): Promise<LabSanity> {
  const { subject, attack, about } = await openLab(app, input);
  const stage = say('stage.sanity');
  const { trace } = await tracedAttack(partOf(app, stage, 0, 3), subject, attack);
  const longer = attack.name === 'noise' ? null : { ...attack, steps: LONGER * attack.steps };
  const more = longer && (await tracedNumbers(partOf(app, stage, 1, 3), subject, longer));
  const probe = await probeOne(partOf(app, stage, 2, 3), subject, attack, trace);
  const outcome = outcomeOf(subject, trace);
  const sanity = attackSanity({
    ...{ attack, outcomes: [outcome], observed: trace.observed, probe },
    sample: trace.clean.fooled ? [] : [outcome.id],
    other: longer && more ? { attack: longer, outcomes: [outcomeOf(subject, more)] } : null,
  });
  return { ...about, sanity };
}

function outcomeOf({ example: { id, label } }: Subject, trace: Trace): Outcome {
  return {
    ...{ id, label, clean: trace.clean.predicted, adversarial: trace.answer.predicted },
    margin: trace.answer.margin,
    fellAt: trace.clean.fooled ? 0 : trace.fooledAt,
    perturbation: null,
  };
}

async function probeOne(
  app: App,
  { tuned, example, image, key }: Subject,
  attack: EvaluationAttack,
  trace: Trace,
): Promise<AttackProbe> {
  const job: ProbeJob = {
    ...{ tuned, attack },
    survivors: trace.answer.fooled ? [] : [example],
    sample: trace.clean.fooled ? [] : [example],
  };
  const asked = { ...attack, subset: null };
  const name = ResultCache.key('probe', key, image.sha256, example, asked, trace.answer.fooled);
  const { value } = await new ResultCache(app.workspace).remember(name, async () => {
    let probe: AttackProbe | null = null;
    for await (const event of app.engine().probe(job, app.signal)) {
      if (event.type === 'probe') probe = event.probe;
      if (event.type === 'progress')
        app.report({ stage: '', done: event.done, total: event.total });
    }
    if (probe) return probe as AttackProbe;
    throw new FaptError('stopped', 'Stopped before the checks were done.');
  });
  return value;
}
