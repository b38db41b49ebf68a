import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import packageJson from './package.json' with { type: 'json' };

/**
 * The window's three parts. Everything in package.json's dependencies stays outside the bundles of
 * the main process (electron-vite's default), native modules and tfjs among them.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: { input: 'src/main/hosts/electron.ts' },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload can only be CommonJS.
      rollupOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [vue()],
    define: { __APPLICATION_VERSION__: JSON.stringify(packageJson.version) },
    build: {
      outDir: 'out/renderer',
      rollupOptions: { input: 'src/renderer/index.html' },
    },
  },
});
