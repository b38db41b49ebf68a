import type { Settings } from '../../shared/api/app.ts';
import { api } from '../client/client.ts';

/** Keeps a choice in the workspace; it comes back to every window by its change. */
export function setPreference(change: Partial<Settings>): void {
  // Without a connection the choice holds for this window, which shows it already.
  api.app.settings.set(change).catch(() => {});
}
