import { watch } from 'vue';
import type { Settings } from '../../shared/api/app.ts';
import { api } from '../client/client.ts';
import { useLive } from '../data/use-live.ts';
import { useLanguage } from '../locales/use-language.ts';
import { type Theme, useTheme } from './use-theme.ts';

/**
 * Theme and language as the workspace keeps them. What this window had last is shown at once; the
 * workspace's own word follows, and another window's change is taken over.
 */
export function usePreferences(): void {
  const live = useLive();
  const theme = useTheme();
  const language = useLanguage();
  watch(
    () => [live.connection, live.changes.settings],
    async () => {
      if (live.connection !== 'open') return;
      try {
        const settings = await api.app.settings.get();
        theme.choice.value = toTheme(settings.theme);
        language.choice.value = settings.language;
      } catch {
        // The connection tells what is wrong; the window's last choice holds meanwhile.
      }
    },
    { immediate: true },
  );
}

function toTheme(theme: Settings['theme']): Theme {
  return theme === 'system' ? 'auto' : theme;
}

export function fromTheme(theme: Theme): Settings['theme'] {
  return theme === 'auto' ? 'system' : theme;
}
