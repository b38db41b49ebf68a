import { type Command, Option } from 'commander';
import type { AttackOptions } from '../../api/create-run.ts';
import { parseCount, parseFraction, usageError } from './options.ts';

export type AttackFlags = {
  attack?: 'pgd' | 'none';
  steps?: number;
  eps?: number;
  stepSize?: number;
  restarts?: number;
  subset?: number | 'all';
};

/** Adds the options that say how a run is attacked. */
export function addAttackOptions(command: Command): Command {
  return command
    .addOption(new Option('--attack <name>', 'attack (default: pgd)').choices(['pgd', 'none']))
    .option('--steps <n>', 'steps of the attack (default: 100)', parseCount('--steps', 0))
    .option('--eps <k/255>', "size (default: the training attack's)", parseFraction('--eps'))
    .option('--step-size <k/255>', 'step (default: --eps)', parseFraction('--step-size'))
    .option('--restarts <r>', 'random starts an image (default: 1)', parseCount('--restarts'))
    .option('--subset <n|all>', 'test images, balanced over classes (default: 100)', (text) =>
      text === 'all' ? text : parseCount('--subset')(text),
    );
}

/** @throws FaptError `usage` where an option has no meaning without an attack */
export function attackOptionsOf(flags: AttackFlags): AttackOptions {
  const settings = {
    steps: flags.steps,
    epsilon: flags.eps,
    stepSize: flags.stepSize,
    restarts: flags.restarts,
  };
  if (flags.attack === 'none' && Object.values(settings).some((value) => value !== undefined)) {
    throw usageError('--attack none takes no --steps, --eps, --step-size or --restarts.');
  }
  const subset = flags.subset === 'all' ? null : flags.subset;
  return { name: flags.attack ?? 'pgd', subset, ...settings };
}
