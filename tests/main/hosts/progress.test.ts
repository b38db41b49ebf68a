import { describe, expect, it } from 'vitest';
import { formatDuration, ProgressDisplay } from '../../../src/main/hosts/cli/progress.ts';

function display(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  let now = 0;
  const output = { write: (text: string) => written.push(text), isTTY, columns };
  const progress = new ProgressDisplay(output, () => now);
  return { written, progress, wait: (ms: number) => (now += ms) };
}

describe('ProgressDisplay', () => {
  it('writes a plain line every five seconds where there is no terminal', () => {
    const { written, progress, wait } = display(false);
    for (let done = 1; done <= 12; done++) {
      progress.update({ stage: 'train', done, total: 20, detail: 'loss 1' });
      wait(1000);
    }
    expect(written).toEqual([
      'train: 6/20, 14 s left, loss 1\n',
      'train: 11/20, 9 s left, loss 1\n',
    ]);
  });

  it('draws a bar over itself on a terminal, at most ten times a second, and the last one', () => {
    const { written, progress, wait } = display(true);
    progress.update({ stage: 'train', done: 0, total: 10 });
    wait(50);
    progress.update({ stage: 'train', done: 1, total: 10 });
    wait(60);
    progress.update({ stage: 'train', done: 5, total: 10 });
    progress.update({ stage: 'train', done: 10, total: 10 });
    expect(written).toHaveLength(3);
    expect(written[1]).toContain('[############............] 5/10');
    expect(written[2]).toContain('10/10, 0 s left');
    progress.clear();
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('never draws past the width of the terminal', () => {
    const { written, progress } = display(true, 20);
    progress.update({ stage: 'a very long name of a stage', done: 1, total: 2 });
    expect(written[0]?.replace('\r\u001b[2K', '')).toHaveLength(19);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [65_000, '1 min 05 s'],
    [3_720_000, '1 h 02 min'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
