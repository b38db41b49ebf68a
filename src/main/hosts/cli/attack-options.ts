import { type Command, Option } from 'commander';
import {
  ATTACK_LOSSES,
  ATTACK_NAMES,
  type AttackLoss,
  type AttackName,
  type EvaluationAttack,
} from '../../../shared/attack.ts';
import { type AttackOptions, refuseLargeSize } from '../../api/create-run.ts';
import { parseCount, parseSize, usageError } from './options.ts';

export type AttackFlags = {
  attack?: AttackName;
  norm?: EvaluationAttack['norm'];
  loss?: AttackLoss;
  steps?: number;
  eps?: number;
  stepSize?: number;
  restarts?: number;
  randomStart?: boolean;
  iterate?: EvaluationAttack['iterate'];
  targetClasses?: number;
  stopWhenFooled?: boolean;
  subset?: number | 'all';
};

/** Adds the options that say how a run is attacked. */
export function addAttackOptions(command: Command): Command {
  return command
    .addOption(new Option('--attack <name>', 'attack (default: pgd)').choices(ATTACK_NAMES))
    .addOption(new Option('--norm <norm>', 'ball (default: linf)').choices(['linf', 'l2']))
    .addOption(
      new Option('--loss <loss>', 'what pgd and apgd climb (default: ce)').choices(ATTACK_LOSSES),
    )
    .option(
      '--steps <n>',
      'steps, or queries of square (default: 100; square 5000)',
      parseCount('--steps', 0),
    )
    .option('--eps <k/255>', "size (default: the training attack's)", parseSize('--eps'))
    .option('--step-size <k/255>', 'step of pgd (default: --eps)', parseSize('--step-size'))
    .option('--restarts <r>', 'random starts an image (default: 1)', parseCount('--restarts'))
    .option('--no-random-start', 'pgd starts at the image itself')
    .addOption(
      new Option('--iterate <which>', 'iterate of pgd that counts (default: last)').choices([
        'last',
        'best',
      ]),
    )
    .option(
      '--target-classes <n>',
      'targets of dlr-targeted and fab (default: 9)',
      parseCount('--target-classes'),
    )
    .option('--stop-when-fooled', 'any-step accuracy: the first step that fools an image counts')
    .option('--subset <n|all>', 'test images, balanced over classes (default: 100)', (text) =>
      text === 'all' ? text : parseCount('--subset')(text),
    );
}

/** Which of an attack's settings mean something to it. */
const SETTINGS: Record<AttackName, (keyof AttackOptions)[]> = {
  none: [],
  noise: ['norm', 'epsilon', 'restarts'],
  pgd: [
    'norm',
    'loss',
    'steps',
    'epsilon',
    'stepSize',
    'restarts',
    'randomStart',
    'iterate',
    'stopWhenFooled',
  ],
  apgd: ['norm', 'loss', 'steps', 'epsilon', 'restarts', 'targetClasses', 'stopWhenFooled'],
  fab: ['norm', 'steps', 'epsilon', 'restarts', 'targetClasses'],
  square: ['norm', 'steps', 'epsilon', 'restarts', 'stopWhenFooled'],
  autoattack: ['norm', 'steps', 'epsilon', 'restarts'],
};

const FLAGS: Partial<Record<keyof AttackOptions, string>> = {
  norm: '--norm',
  loss: '--loss',
  steps: '--steps',
  epsilon: '--eps',
  stepSize: '--step-size',
  restarts: '--restarts',
  randomStart: '--no-random-start',
  iterate: '--iterate',
  targetClasses: '--target-classes',
  stopWhenFooled: '--stop-when-fooled',
};

/** The words that give these options on a command line, the name of the attack among them. */
export function attackWords({ name, subset, ...settings }: AttackOptions): string[] {
  const words = name === undefined ? [] : ['--attack', name];
  for (const [key, flag] of Object.entries(FLAGS) as [keyof typeof settings, string][]) {
    const value = settings[key];
    if (value === undefined) continue;
    words.push(...(typeof value === 'boolean' ? [flag] : [flag, String(value)]));
  }
  if (subset !== undefined) words.push('--subset', subset === null ? 'all' : String(subset));
  return words;
}

/** @throws FaptError `usage` where an option has no meaning for the attack */
export function attackOptionsOf(flags: AttackFlags): AttackOptions {
  const name = flags.attack ?? 'pgd';
  const settings: AttackOptions = {
    norm: flags.norm,
    loss: flags.loss,
    steps: flags.steps,
    epsilon: flags.eps,
    stepSize: flags.stepSize,
    restarts: flags.restarts,
    // Commander sets the positive form wherever the negative one is not given.
    randomStart: flags.randomStart === false ? false : undefined,
    iterate: flags.iterate,
    targetClasses: flags.targetClasses,
    stopWhenFooled: flags.stopWhenFooled,
  };
  for (const [key, value] of Object.entries(settings) as [keyof AttackOptions, unknown][]) {
    if (value === undefined || SETTINGS[name].includes(key)) continue;
    throw usageError(`--attack ${name} takes no ${FLAGS[key]}.`);
  }
  if (name === 'pgd' && flags.loss === 'dlr-targeted') {
    throw usageError(
      '--loss dlr-targeted belongs to --attack apgd: pgd takes ce, kl, margin or dlr.',
    );
  }
  if (name === 'apgd' && flags.loss === 'kl') {
    throw usageError(
      '--loss kl belongs to --attack pgd: apgd takes ce, margin, dlr or dlr-targeted.',
    );
  }
  refuseLargeSize(flags.norm, flags.eps ?? 0);
  const subset = flags.subset === 'all' ? null : flags.subset;
  return { name, subset, ...settings };
}
