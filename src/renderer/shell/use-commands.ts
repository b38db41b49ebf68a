import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import { allGroups } from '../compare/all-groups.ts';
import { compareLink } from '../compare/compare-state.ts';
import { suggestPair } from '../compare/sides.ts';
import { useAction } from '../data/use-action.ts';
import { LANGUAGES } from '../locales/languages.ts';
import { useLanguage } from '../locales/use-language.ts';
import { SCREENS } from './screens.ts';
import { setPreference } from './set-preference.ts';
import { fromTheme } from './use-preferences.ts';
import { THEMES, useTheme } from './use-theme.ts';

/** What the command palette offers: every screen, common actions, themes and languages. */
export function useCommands() {
  const { t } = useI18n();
  const router = useRouter();
  const theme = useTheme();
  const language = useLanguage();
  const { run } = useAction();
  const go = (path: string) => () => void router.push(path);

  async function compareNewest(): Promise<void> {
    const pair = suggestPair(await allGroups());
    await router.push(compareLink(pair ? { a: pair.a.runs, b: pair.b.runs } : {}));
  }

  return computed(() => [
    {
      id: 'screens',
      label: t('shell.palette.screens'),
      items: SCREENS.map((screen) => ({
        label: t(`shell.screens.${screen.name}`),
        icon: screen.icon,
        kbds: ['g', screen.key],
        onSelect: go(screen.path),
      })),
    },
    {
      id: 'actions',
      label: t('shell.palette.actions'),
      items: [
        { key: 'newRun', icon: 'i-lucide-play', path: '/train' },
        { key: 'importDataset', icon: 'i-lucide-folder-input', path: '/datasets?import=1' },
        { key: 'addModel', icon: 'i-lucide-package-plus', path: '/models?add=1' },
        { key: 'firstRun', icon: 'i-lucide-rocket', path: '/first-run' },
        { key: 'diagnostics', icon: 'i-lucide-stethoscope', path: '/settings?tab=diagnostics' },
      ]
        .map(({ key, icon, path }) => ({
          label: t(`shell.palette.${key}`),
          icon,
          onSelect: go(path),
        }))
        .concat({
          label: t('shell.palette.compareNewest'),
          icon: 'i-lucide-git-compare',
          onSelect: () => void run(compareNewest),
        }),
    },
    {
      id: 'appearance',
      label: t('shell.palette.appearance'),
      items: [
        ...THEMES.map((name) => ({
          label: t(`settings.theme.${name}`),
          icon: 'i-lucide-sun-moon',
          onSelect: () => {
            theme.choice.value = name;
            setPreference({ theme: fromTheme(name) });
          },
        })),
        ...LANGUAGES.map((name) => ({
          label: t(`settings.language.${name}`),
          icon: 'i-lucide-languages',
          onSelect: () => {
            language.choice.value = name;
            setPreference({ language: name });
          },
        })),
      ],
    },
  ]);
}
