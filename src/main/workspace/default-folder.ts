import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'fapt-studio';

/** Where a person's work goes unless they say otherwise: the data folder of the operating system. */
export function defaultWorkspaceFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = env.HOME || homedir();
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), NAME);
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME);
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), NAME);
}
