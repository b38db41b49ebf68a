import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  addSlurmOptions,
  refuseStraySlurm,
  resourcesOf,
  type SlurmFlags,
} from '../../../src/main/hosts/cli/slurm-options.ts';

function parse(...words: string[]): SlurmFlags & { run: boolean } {
  const command = addSlurmOptions(new Command().option('--no-run'));
  command.parse(words, { from: 'user' });
  const flags = command.opts<SlurmFlags & { run: boolean }>();
  refuseStraySlurm(flags);
  return flags;
}

describe('the options of a Slurm array', () => {
  it('leaves to the cluster what is not said', () => {
    expect(resourcesOf(parse('--slurm'))).toEqual({
      partition: null,
      time: null,
      cpus: 4,
      memory: null,
      gpus: null,
    });
  });

  it.each(['90', '90:30', '8:00:00', '2-12', '2-12:30', '2-12:30:59'])(
    'takes --time %s',
    (time) => {
      expect(parse('--slurm', '--time', time).time).toBe(time);
    },
  );

  it.each([
    [['--slurm', '--time', 'tomorrow'], /such as 90, 8:00:00 or 2-12, not "tomorrow"/],
    [['--slurm', '--time', '1:00:00:00'], /--time/],
    [['--slurm', '--memory', 'lots'], /such as 16G, not "lots"/],
    [['--slurm', '--memory', '0'], /--memory/],
    [['--slurm', '--partition', 'a b'], /--partition/],
    [['--slurm', '--partition', 'a\n#SBATCH --wrap=x'], /--partition/],
    [['--slurm', '--gpus', 'a100:2'], /one GPU/],
    [['--slurm', '--cpus', '0'], /--cpus/],
    [['--slurm', '--no-run'], /leave out --no-run/],
    [['--cpus', '8'], /--cpus belongs to --slurm/],
    [['--out', 'x'], /--out belongs to --slurm/],
  ] as [string[], RegExp][])('refuses %j', (words, sentence) => {
    expect(() => parse(...words)).toThrow(sentence);
  });
});
