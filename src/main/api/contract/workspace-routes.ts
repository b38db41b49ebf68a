import type { AppHost } from '../app-host.ts';
import { chooseDataFolder, dataFolder } from '../data-folder.ts';
import { api } from './implementer.ts';

export function workspaceRoutes({ app, changes }: AppHost) {
  return {
    get: api.workspace.get.handler(() => dataFolder(app.workspace)),
    choose: api.workspace.choose.handler(async ({ input }) => {
      const chosen = await chooseDataFolder(app.workspace, input.folder);
      changes.touch('settings');
      return chosen;
    }),
  };
}
