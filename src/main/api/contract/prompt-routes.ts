import type { AppHost } from '../app-host.ts';
import { inspectRunPrompts } from '../inspect-prompts.ts';
import { api } from './implementer.ts';

export function promptRoutes({ app }: AppHost) {
  return {
    inspect: api.prompts.inspect.handler(({ input: { run, ...options } }) =>
      inspectRunPrompts(app, run, options),
    ),
  };
}
