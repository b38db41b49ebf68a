import { join } from 'node:path';
import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import type { UserConfig } from 'vite';
import packageJson from './package.json' with { type: 'json' };

/** Absolute paths below: `fapt serve` builds from wherever a person stands. */
const project = import.meta.dirname;

/**
 * The page of the window, the same for Electron and for a browser. On its own it is built by
 * `vite build -c renderer.vite.config.ts`; electron-vite builds it with the other two parts.
 */
export const rendererConfig: UserConfig = {
  root: join(project, 'src/renderer'),
  // Electron and the web host both serve the folder as it is, at whatever address.
  base: './',
  plugins: [
    vue(),
    ui({
      // Where the generated theme goes, below node_modules, and where icons are looked for: an
      // absolute path, or no icon is found.
      root: project,
      colorMode: false,
      autoImport: false,
      dts: false,
      // Every icon is in the bundle: the window asks no icon service, whatever is shown.
      icon: { clientBundle: { scan: { globInclude: ['src/renderer/**/*.{vue,ts}'] } } },
      ui: {
        colors: {
          primary: 'teal',
          secondary: 'violet',
          success: 'green',
          info: 'sky',
          warning: 'amber',
          error: 'red',
          neutral: 'slate',
        },
        // In a narrow window tabs keep their words and scroll; the library cuts the words.
        tabs: {
          slots: {
            list: 'overflow-x-auto overflow-y-hidden [scrollbar-width:thin]',
            trigger: 'shrink-0',
          },
          compoundVariants: [
            { orientation: 'horizontal', variant: 'link', class: { indicator: 'bottom-0' } },
          ],
        },
        // The library thins a hovered button's colour, which costs its words their contrast.
        button: {
          compoundVariants: (['primary', 'error'] as const).map((color) => ({
            color,
            variant: 'solid' as const,
            class: `hover:bg-${color} hover:brightness-90 active:bg-${color} active:brightness-90`,
          })),
        },
      },
    }),
  ],
  // How the component library hides the page behind what is open: see there.
  resolve: { alias: { 'aria-hidden': join(project, 'src/renderer/shell/hide-others.ts') } },
  define: { __APPLICATION_VERSION__: JSON.stringify(packageJson.version) },
  build: {
    outDir: join(project, 'out/renderer'),
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
    rollupOptions: { input: join(project, 'src/renderer/index.html') },
  },
};

export default rendererConfig;
