import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { type Interrupt, listenForInterrupt } from '../../../src/main/hosts/cli/interrupt.ts';

let interrupt: Interrupt;
afterEach(() => interrupt.dispose());

describe('listenForInterrupt', () => {
  it('asks for a stop once, ignores the echo of npm, and ends the work at the next one', () => {
    let now = 0;
    let ended = 0;
    const notes: string[] = [];
    interrupt = listenForInterrupt(
      (line) => notes.push(line),
      () => now,
    );
    interrupt.onSecond(() => ended++);
    process.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    now = 200;
    process.emit('SIGINT');
    expect(ended).toBe(0);
    now = 1500;
    process.emit('SIGINT');
    expect(ended).toBe(1);
    expect(notes).toHaveLength(1);
  });

  it('takes a closed terminal and SIGTERM for the same wish', () => {
    interrupt = listenForInterrupt(() => {});
    process.emit('SIGHUP');
    expect(interrupt.signal.aborted).toBe(true);
    interrupt.dispose();
    interrupt = listenForInterrupt(() => {});
    process.emit('SIGTERM');
    expect(interrupt.signal.aborted).toBe(true);
  });
});
