import { expect, it } from 'vitest';
import { createProgram } from '../../src/main/hosts/cli/main.ts';
import { commands } from '../../src/renderer/commands.ts';

it('lists the commands that the command line has, in its order', () => {
  const registered = createProgram().commands.map((command) => command.name());
  expect(commands.map((command) => command.name)).toEqual(registered);
});
