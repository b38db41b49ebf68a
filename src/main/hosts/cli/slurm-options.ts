import type { Command } from 'commander';
import type { SlurmResources } from '../../cluster/slurm-script.ts';
import { parseCount, usageError } from './options.ts';

export type SlurmFlags = {
  slurm?: boolean;
  out?: string;
  partition?: string;
  time?: string;
  cpus?: number;
  memory?: string;
  gpus?: string;
};

/** Processors of a task unless told otherwise. */
const USUAL_CPUS = 4;

/** `90`, `90:00`, `8:00:00`, `2-12`, `2-12:00`, `2-12:00:00`, as sbatch reads them. */
const TIME = /^(\d+(:[0-5]?\d){0,2}|\d+-\d+(:[0-5]?\d){0,2})$/;
const MEMORY = /^[1-9]\d*[KMGT]?$/i;
const PARTITION = /^[\w.+-]+(,[\w.+-]+)*$/;
const GPUS = /^([\w.-]+:)?1$/;

/** Adds the options of a Slurm array. */
export function addSlurmOptions(command: Command): Command {
  return command
    .option('--slurm', 'write a Slurm array, a task a run, instead of running; submits nothing')
    .option('--out <dir>', 'folder of the array (default: slurm-PROTOCOL)')
    .option(
      '--partition <names>',
      'partition of the cluster',
      like(PARTITION, '--partition', 'gpu or short,long'),
    )
    .option(
      '--time <limit>',
      'time limit of a task, as in 8:00:00',
      like(TIME, '--time', '90, 8:00:00 or 2-12'),
    )
    .option(
      '--cpus <n>',
      `processors, and threads, of a task (default: ${USUAL_CPUS})`,
      parseCount('--cpus'),
    )
    .option('--memory <size>', 'memory of a task, as in 16G', like(MEMORY, '--memory', '16G'))
    .option(
      '--gpus <gpu>',
      'a GPU a task: 1, or a type as in a100:1',
      like(GPUS, '--gpus', '1 or a100:1 (a run computes on one GPU)'),
    );
}

function like(pattern: RegExp, name: string, example: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw usageError(`${name} must be a value such as ${example}, not "${text}".`);
  };
}

/** @throws FaptError `usage` where an option of the array is given without `--slurm`, or `--no-run` with it */
export function refuseStraySlurm(flags: SlurmFlags & { run: boolean }): void {
  if (flags.slurm) {
    if (flags.run) return;
    throw usageError('--slurm writes what is to be run: leave out --no-run.');
  }
  const names = ['out', 'partition', 'time', 'cpus', 'memory', 'gpus'] as const;
  const stray = names.find((name) => flags[name] !== undefined);
  if (stray) throw usageError(`--${stray} belongs to --slurm: add it, or leave out --${stray}.`);
}

export function resourcesOf(flags: SlurmFlags): SlurmResources {
  const { partition = null, time = null, cpus = USUAL_CPUS, memory = null, gpus = null } = flags;
  return { partition, time, cpus, memory, gpus };
}
